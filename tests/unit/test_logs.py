"""What stands in a line of the log, and what must not."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bot import logs

SECRET = 'xoxb-"canary"\\1'


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Other tests log as they did."""
    root, kept = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level
    logging.disable(logging.NOTSET)
    structlog.configure(**kept)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What was printed; a line that is no JSON raises."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_ours_and_a_librarys_look_alike(capsys: pytest.CaptureFixture[str]) -> None:
    """With who says it, how bad it is, and when; a library's below a warning are left out."""
    logs.configure("info")
    structlog.get_logger("bot.here").info("moved", state="running")
    structlog.get_logger("bot.here").debug("details")
    logging.getLogger("aiohttp.web").warning("slow %s", "client")
    logging.getLogger("aiohttp.web").info("every request")
    ours, theirs = lines(capsys)
    assert (ours["logger"], ours["level"], ours["event"], ours["state"]) == ("bot.here", "info", "moved", "running")
    assert (theirs["logger"], theirs["level"], theirs["event"]) == ("aiohttp.web", "warning", "slow client")
    assert {"timestamp"} <= ours.keys() & theirs.keys()


def test_an_error_brings_its_trace(capsys: pytest.CaptureFixture[str]) -> None:
    """In the same line."""
    logs.configure("error")
    try:
        int("no number")
    except ValueError:
        structlog.get_logger("bot.here").exception("broken")
    (line,) = lines(capsys)
    assert "ValueError: invalid literal" in line["exception"]


def test_no_secret_comes_out(capsys: pytest.CaptureFixture[str]) -> None:
    """However deep it stands, whatever is in it, and whoever says it."""
    logs.configure("info", [SECRET, "abc"])  # three characters are in many words, and no secret
    structlog.get_logger("bot.here").info("sent", to={"headers": [f"Bearer {SECRET}"]}, error=ValueError(SECRET))
    logging.getLogger("requests").error("refused %s", SECRET)
    try:
        int(SECRET)
    except ValueError:
        structlog.get_logger("bot.here").exception("abc")
    out = capsys.readouterr().out
    assert (out.count("‹secret›"), "canary" in out, "abc" in out) == (4, False, True)


def test_silence(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is said, by anybody."""
    logs.configure("info")
    logs.silence()
    structlog.get_logger("bot.here").error("broken")
    logging.getLogger("aiohttp.web").error("broken")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")
