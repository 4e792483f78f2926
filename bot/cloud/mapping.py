"""Every exception of the SDK → one of the three errors that a caller of the cloud can meet.

| what came | write (RunCommand, StopInvocation) | read (Describe…) |
|---|---|---|
| Throttling…, 5xx, ServiceUnavailable, IdempotentProcessing | CloudTryAgain | CloudTryAgain |
| no connection, no credentials: nothing was sent | CloudTryAgain, not sent | CloudTryAgain, not sent |
| SignatureNonceUsed: something on the way sent it twice | CloudNotKnown | CloudTryAgain |
| any other 4xx | CloudRefused | CloudRefused |
| timeout, cut connection, an answer that is no JSON, anything else | CloudNotKnown | CloudTryAgain |

A read has no effect, so that "it may have happened" means nothing there: look again.

Texts are made here. An exception of the SDK's transport can hold the whole URL, with the
script and the signature in it, and ECS repeats the signed string when it refuses a
signature: neither is passed on, and what is raised has no cause or context.
"""

import re

from bot.errors import CloudError, CloudNotKnown, CloudRefused, CloudTryAgain

_AGAIN = frozenset({"IdempotentProcessing", "ServiceUnavailable"})
_REPLAYED = "SignatureNonceUsed"
_SIGNED_STRING = re.compile(r"[,.;]?\s*(the )?server string to sign.*", re.IGNORECASE | re.DOTALL)
_TEXT_LIMIT = 300


def translate(error: BaseException, action: str, *, read: bool) -> CloudError:
    """The error of the cloud that *error*, raised by a call of *action*, comes to."""
    if isinstance(error, CloudError):
        return error
    code, request_id = _text(error, "code"), _text(error, "request_id")
    http = getattr(error, "status_code", None)
    if code and isinstance(http, int):
        return _answered(error, action, code, request_id, http, read=read)
    if why := _not_sent(error):
        return CloudTryAgain(f"{action} was not sent: {why}", sent=False)
    kind = type(_inner(error)).__name__
    if read:
        return CloudTryAgain(f"{action}: no answer that can be read ({kind})")
    return CloudNotKnown(f"{action}: no answer that can be read ({kind}); it may have happened")


def _answered(error: BaseException, action: str, code: str, request_id: str, http: int, *, read: bool) -> CloudError:
    """ECS answered: an HTTP status of 400 or more, with a code."""
    text = f"{action}: {code}"
    if said := _said(error, code):
        text = f"{text}: {said}"
    if code.startswith("Throttling"):
        after = _after(error)
        return CloudTryAgain(text, code=code, request_id=request_id, after=after, throttled=True)
    if http >= 500 or code in _AGAIN or (code == _REPLAYED and read):
        return CloudTryAgain(text, code=code, request_id=request_id, after=_after(error))
    if code == _REPLAYED:
        return CloudNotKnown(f"{text}; it may have happened", code=code, request_id=request_id)
    return CloudRefused(text, code=code, request_id=request_id)


def _after(error: BaseException) -> float | None:
    """Seconds of x-acs-retry-after, which counts milliseconds."""
    wait = getattr(error, "retry_after", None)
    return wait / 1000 if isinstance(wait, int | float) and wait > 0 else None


def _said(error: BaseException, code: str) -> str:
    """ECS's own message, without what the SDK wraps round it and without any signed string."""
    data = getattr(error, "data", None)
    message = data.get("Message") if isinstance(data, dict) else None
    if not isinstance(message, str) or code.startswith(("SignatureDoesNotMatch", "IncompleteSignature")):
        return ""
    said = " ".join(_SIGNED_STRING.sub("", message).split())[:_TEXT_LIMIT]
    denied = getattr(error, "access_denied_detail", None)
    needed = denied.get("AuthAction") if isinstance(denied, dict) else None
    if isinstance(needed, str) and needed not in ("", "None"):
        said = f"{said} (missing: {needed[:80]})"
    return said


def _inner(error: BaseException) -> BaseException:
    """What the SDK wrapped into its UnretryableException."""
    inner = getattr(error, "inner_exception", None)
    return inner if isinstance(inner, BaseException) else error


def _not_sent(error: BaseException) -> str:
    """Why the request surely never left: no connection, or no credentials to sign it with; else empty.

    The SDK turns the exception of `requests` into its RetryError, which keeps the original as
    its context. A connection is the only thing that comes before any byte is sent.
    """
    inner = _inner(error)
    if type(inner).__name__ == "CredentialException":
        return "credentials can't be had now"
    at: BaseException | None = inner
    for _ in range(12):
        if at is None:
            break
        name = type(at).__name__
        if name in ("ConnectTimeout", "ConnectTimeoutError"):
            return "no connection in time"
        if name in ("NewConnectionError", "NameResolutionError"):
            return "no connection"
        if name == "SSLCertVerificationError":
            return "the certificate is not trusted"
        at = at.__cause__ or at.__context__
    return ""


def _text(error: BaseException, name: str) -> str:
    value = getattr(error, name, None)
    return value[:128] if isinstance(value, str) and value != "None" else ""
