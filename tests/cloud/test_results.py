"""What one row of DescribeInvocationResults comes to."""

import base64
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cloud.results import decode, moment, read
from bot.domain.result import Outcome


def row(**more: Any) -> Any:
    fields = {
        "instance_id": "i-1", "invocation_status": "Success", "exit_code": 0, "output": "", "dropped": 0,
        "error_code": "", "error_info": "", "start_time": "2026-11-23T09:11:05Z",
        "finished_time": "2026-11-23T09:11:06Z", "stop_time": "",
    }  # fmt: skip
    return SimpleNamespace(**{**fields, **more})


@given(st.text())
def test_any_text_comes_back(text: str) -> None:
    sent = text.encode("utf-8", "surrogatepass")
    assert decode(base64.b64encode(sent).decode()) == sent.decode("utf-8", "replace")


@given(st.binary())
def test_any_bytes_can_be_read(output: bytes) -> None:
    """ECS cuts at a byte; a script may print anything."""
    assert isinstance(decode(base64.b64encode(output).decode()), str)


@given(st.text())
def test_what_is_no_base64_is_shown_as_it_came(text: str) -> None:
    assert isinstance(decode(text), str)


def test_halves_of_surrogate_pairs_are_replaced() -> None:
    """JSON can bring them; no database takes them, and nothing can be looked for in them."""
    result = read(row(output="\ud800!", error_code="\ud800", error_info="\ud800"))
    assert result is not None
    assert (result.output, result.error_code, result.error_info) == ("?!", "?", "?")


@pytest.mark.parametrize("text", [None, "", "yesterday", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+23:59"])
def test_no_time(text: str | None) -> None:
    assert moment(text) is None


@pytest.mark.parametrize("text", ["2026-11-23T09:11:05Z", "2026-11-23T09:11:05", "2026-11-23T17:11:05+08:00"])
def test_a_time_is_in_utc(text: str) -> None:
    assert moment(text) == datetime(2026, 11, 23, 9, 11, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "sent", "kept"),
    [("Success", 0, 0), ("Failed", 7, 7), ("Success", None, None), ("Terminated", 0, None), ("Timeout", 1, None),
     ("Aborted", 0, None), ("Invalid", 0, None)],
)  # fmt: skip
def test_only_a_script_that_ended_by_itself_has_an_exit_code(status: str, sent: int | None, kept: int | None) -> None:
    result = read(row(invocation_status=status, exit_code=sent))
    assert result is not None
    assert result.exit_code == kept


def test_a_machine_that_went_down_halfway_was_reached() -> None:
    """The same code says unreachable of a machine that never began."""
    went_down = read(row(invocation_status="Error", error_code="InstanceNotRunning", exit_code=None))
    never_up = read(row(invocation_status="Error", error_code="InstanceNotRunning", exit_code=None, start_time=""))
    assert went_down is not None
    assert never_up is not None
    assert (went_down.outcome, never_up.outcome) == (Outcome.FAILED, Outcome.UNREACHABLE)


def test_a_row_of_nothing_is_not_final() -> None:
    assert read(row(invocation_status=None, exit_code=None, output=None, dropped=None, error_code=None)) is None
