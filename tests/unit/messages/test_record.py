"""The whole record of a run says who could read it."""

from bot.domain.invocation import Share
from bot.slack.messages.record import record
from tests.unit.messages.samples import NOW, invocation, results


def test_what_was_private_and_is_shared_is_not_said_to_be_private_still() -> None:
    """It names the channels, and who shared it there."""
    alone = record(invocation(asked_in="C1", home="U1"), results()).content.decode()
    assert "shown to      who asked, alone" in alone
    copy = Share("C9", "U1", NOW, "a note for C9")
    shared = record(invocation(asked_in="C1", home="U1", shares=(copy,)), results()).content.decode()
    assert "alone" not in shared
    assert "shared to     C9 by U1, 2026-" in shared
    assert "a note for C9" not in shared
