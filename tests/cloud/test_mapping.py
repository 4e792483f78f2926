"""Exceptions of the SDK, made by hand, where the emulator has no such fault."""

import pytest
from alibabacloud_credentials.exceptions import CredentialException
from alibabacloud_tea_openapi.exceptions import ClientException, ServerException, ThrottlingException
from darabonba.exceptions import RetryError, UnretryableException
from darabonba.policy.retry import RetryPolicyContext
from hypothesis import given
from hypothesis import strategies as st

from bot.cloud.mapping import translate
from bot.errors import CloudError, CloudNotKnown, CloudRefused, CloudTryAgain

SIGNED = "POST&%2F&CommandContent%3Dc2VjcmV0"


def wrapped(error: Exception) -> UnretryableException:
    return UnretryableException(RetryPolicyContext(retries_attempted=1, exception=error))


def refused(code: str, message: str, status: int = 400, **more: object) -> ClientException:
    return ClientException(status_code=status, code=code, message="x", data={"Message": message}, **more)


def test_a_refused_signature_does_not_repeat_what_was_signed() -> None:
    """ECS answers with the string that it signed: it holds the script."""
    for code in ("SignatureDoesNotMatch", "InvalidWhatever"):
        said = f"Specified signature is not matched with our calculation. server string to sign is:{SIGNED}"
        error = translate(refused(code, said), "RunCommand", read=False)
        assert isinstance(error, CloudRefused)
        assert "c2VjcmV0" not in str(error)
        assert code in str(error)


def test_a_denial_names_the_missing_right() -> None:
    denied = refused("Forbidden.RAM", "No.", 403, access_denied_detail={"AuthAction": "ecs:RunCommand"})
    assert "ecs:RunCommand" in str(translate(denied, "RunCommand", read=False))


def test_a_request_that_was_seen_before_may_have_happened() -> None:
    """A proxy sent it twice: the second is turned away, and what became of the first is not in the answer."""
    replayed = refused("SignatureNonceUsed", "Specified signature nonce was used already.")
    assert isinstance(translate(replayed, "RunCommand", read=False), CloudNotKnown)
    assert isinstance(translate(replayed, "StopInvocation", read=False), CloudNotKnown)
    assert isinstance(translate(replayed, "DescribeInvocations", read=True), CloudTryAgain)


@pytest.mark.parametrize("detail", [None, {}, {"AuthAction": "None"}, {"AuthAction": None}, "None"])
def test_a_denial_without_detail(detail: object) -> None:
    error = translate(refused("NoPermission", "No.", 403, access_denied_detail=detail), "RunCommand", read=False)
    assert str(error) == "RunCommand: NoPermission: No."


def test_no_credentials_now_means_that_nothing_was_sent() -> None:
    error = translate(wrapped(CredentialException("refresh failed: secret")), "RunCommand", read=False)
    assert isinstance(error, CloudTryAgain)
    assert error.sent is False
    assert "secret" not in str(error)


@pytest.mark.parametrize("kind", ["ConnectTimeout", "NewConnectionError", "NameResolutionError"])
def test_no_connection_means_that_nothing_was_sent(kind: str) -> None:
    """And an answer, whichever, that something was."""
    transport = RetryError("https://ecs")
    transport.__context__ = type(kind, (OSError,), {})()
    error = translate(wrapped(transport), "RunCommand", read=False)
    assert isinstance(error, CloudTryAgain)
    assert error.sent is False
    busy = translate(refused("ServiceUnavailable", "Later.", 503), "RunCommand", read=False)
    assert isinstance(busy, CloudTryAgain)
    assert busy.sent is True


def test_a_transport_error_does_not_pass_its_url_on() -> None:
    error = translate(wrapped(RetryError(f"https://ecs/?{SIGNED}")), "RunCommand", read=False)
    assert isinstance(error, CloudNotKnown)
    assert "CommandContent" not in str(error)


@given(
    status=st.integers(400, 599),
    code=st.sampled_from(["", "None", "Throttling", "Throttling.Api", "IdempotentProcessing", "Forbidden.RAM", "X"]),
    message=st.text(max_size=50),
    wait=st.none() | st.integers(0, 10**6),
    read=st.booleans(),
)
def test_every_answer_becomes_one_of_three(status: int, code: str, message: str, wait: int | None, read: bool) -> None:
    """4xx with a code is a no, unless it says wait; a 5xx is never a no; a read is never unknown."""
    kind = ServerException if status >= 500 else ClientException
    if wait:
        kind = ThrottlingException
    raised = kind(status_code=status, code=code, message=message, data={"Message": message}, retry_after=wait)
    error = translate(raised, "RunCommand", read=read)
    assert isinstance(error, CloudTryAgain | CloudNotKnown | CloudRefused)
    assert not (read and isinstance(error, CloudNotKnown))
    if code.startswith("Throttling"):
        assert isinstance(error, CloudTryAgain)
        assert error.throttled
        assert error.after == (wait / 1000 if wait else None)
    elif isinstance(error, CloudRefused):
        assert 400 <= status < 500
        assert code not in ("", "None", "IdempotentProcessing")


@given(error=st.sampled_from([ValueError("x"), KeyError("y"), OSError(), AttributeError()]), read=st.booleans())
def test_anything_else_may_have_happened(error: Exception, read: bool) -> None:
    for raised in (error, wrapped(error)):
        found: CloudError = translate(raised, "StopInvocation", read=read)
        assert isinstance(found, CloudTryAgain if read else CloudNotKnown)
