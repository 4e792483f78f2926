"""Every status and ErrorCode that the documentation names has its meaning here."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.cloud import status
from bot.domain.result import Outcome

GOING, OVER = ("Pending", "Scheduled", "Running", "Stopping"), ("Success", "Failed", "PartialFailed", "Stopped")
NEVER_BEGAN = {Outcome.UNREACHABLE, Outcome.NOT_RUN}


@pytest.mark.parametrize("word", GOING)
def test_a_run_that_goes_on(word: str) -> None:
    assert not status.over(word)
    assert status.outcome(word) is None


@pytest.mark.parametrize("word", [*OVER, "Finished"])
def test_a_run_that_is_over(word: str) -> None:
    assert status.over(word)


@pytest.mark.parametrize(
    ("word", "outcome"),
    [
        ("Success", Outcome.SUCCEEDED),
        ("Failed", Outcome.FAILED),
        ("Error", Outcome.FAILED),
        ("Timeout", Outcome.TIMED_OUT),
        ("Aborted", Outcome.UNREACHABLE),
        ("Invalid", Outcome.NOT_RUN),
        ("Cancelled", Outcome.CANCELLED),
        ("Terminated", Outcome.CANCELLED),
        ("Stopped", Outcome.CANCELLED),
    ],
)
def test_how_it_ended_on_one_instance(word: str, outcome: Outcome) -> None:
    assert status.outcome(word) is outcome


@pytest.mark.parametrize(
    ("exit_code", "outcome"), [(0, Outcome.SUCCEEDED), (1, Outcome.FAILED), (None, Outcome.UNKNOWN)]
)
def test_the_old_word_finished_leaves_it_to_the_exit_code(exit_code: int | None, outcome: Outcome) -> None:
    assert status.outcome("Finished", exit_code=exit_code) is outcome


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("ExitCodeNonzero", Outcome.FAILED),
        ("ExecutionTimeout", Outcome.TIMED_OUT),
        ("ExecutionException", Outcome.FAILED),
        ("ExecutionInterrupted", Outcome.FAILED),
        ("DeliveryTimeout", Outcome.UNREACHABLE),
        ("ClientNotRunning", Outcome.UNREACHABLE),
        ("ClientNotOnline", Outcome.UNREACHABLE),
        ("ClientNotResponse", Outcome.UNREACHABLE),
        ("ClientNetworkBlocked", Outcome.UNREACHABLE),
        ("SecurityGroupRuleDenied", Outcome.UNREACHABLE),
        ("ClientIsUpgrading", Outcome.UNREACHABLE),
        ("ClientRestarted", Outcome.FAILED),
        ("ClientNeedUpgrade", Outcome.UNREACHABLE),
        ("InstanceNotExists", Outcome.UNREACHABLE),
        ("InstanceReleased", Outcome.UNREACHABLE),
        ("InstanceNotRunning", Outcome.UNREACHABLE),
        ("InstanceRestarted", Outcome.FAILED),
        ("InstanceDeregistered", Outcome.UNREACHABLE),
        ("AccountNotExists", Outcome.NOT_RUN),
        ("DirectoryNotExists", Outcome.NOT_RUN),
        ("DefaultWorkingDirectoryNotAvailable", Outcome.NOT_RUN),
        ("CommandNotApplicable", Outcome.NOT_RUN),
        ("InvalidCommandText", Outcome.NOT_RUN),
        ("CommandContentDecodeError", Outcome.NOT_RUN),
        ("InvalidSystemBuiltInParameter", Outcome.NOT_RUN),
        ("TaskConcurrencyLimit", Outcome.NOT_RUN),
        ("TerminationException", Outcome.FAILED),
        ("UserOrPasswordInvalid", Outcome.NOT_RUN),
        ("ContainerNotFound", Outcome.NOT_RUN),
        ("UnsupportedContainerRuntime", Outcome.NOT_RUN),
        ("SomethingNew", Outcome.FAILED),
    ],
)
def test_what_an_error_code_makes_of_failed(code: str, outcome: Outcome) -> None:
    assert status.outcome("Failed", code) is outcome


@given(
    word=st.sampled_from(sorted(status.PER_INSTANCE)),
    code=st.sampled_from(["", "New", *status.BY_ERROR_CODE]),
    exit_code=st.none() | st.integers(-1, 255),
)
def test_what_began_is_never_called_unreached(word: str, code: str, exit_code: int | None) -> None:
    """Aborted and Invalid say it outright; an ErrorCode alone does not outweigh an output or a start time."""
    if word not in ("Aborted", "Invalid"):
        assert status.outcome(word, code, exit_code, began=True) not in NEVER_BEGAN


@given(
    word=st.sampled_from(sorted(status.PER_INSTANCE)),
    code=st.sampled_from(["", "New", *status.BY_ERROR_CODE]),
    exit_code=st.none() | st.integers(-1, 255),
    began=st.booleans(),
)
def test_success_is_said_of_success_alone(word: str, code: str, exit_code: int | None, began: bool) -> None:
    """Never with another exit code than 0."""
    if status.outcome(word, code, exit_code, began=began) is Outcome.SUCCEEDED:
        assert word in ("Success", "Finished")
        assert exit_code in (0, None)


@given(st.text(max_size=20))
def test_an_unknown_word_is_still_running_and_is_logged(word: str) -> None:
    if word in status.OVERALL or word in status.PER_INSTANCE:
        return
    with capture_logs() as logs:
        assert not status.over(word)
        assert status.outcome(word) is None
    assert [line["status"] for line in logs] == [word, word]
