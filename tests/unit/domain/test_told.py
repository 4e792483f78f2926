"""Whoever has to know of a change is told: the requester, the approvers."""

from datetime import timedelta

import pytest

from bot.domain import events as ev
from bot.domain.change import Change
from bot.domain.decide import decide
from bot.domain.invocation import Invocation
from bot.domain.message import MessageKind
from bot.domain.result import Outcome
from tests.unit.domain.given import NO, NOW, RULE, a_plan, after, asked, ended, sent

APPROVERS = {"U2", "U3"}


def waiting() -> Invocation:
    """U1 asked, U2 and U3 were written to; two of them are needed."""
    return after(asked(), ev.Planned(a_plan(1), RULE, ("U2", "U3")))


def told(inv: Invocation, event: ev.Event, after_minutes: int = 0) -> dict[MessageKind, set[str]]:
    """Kind of message → to whom, or "" for those in the channel."""
    change = decide(inv, event, NOW + timedelta(minutes=after_minutes))
    assert isinstance(change, Change)
    found: dict[MessageKind, set[str]] = {}
    for owed in change.owed:
        found.setdefault(owed.kind, set()).add(owed.key)
    return found


@pytest.mark.parametrize(
    ("event", "minutes"),
    [(ev.Denied("U2", a_plan(1).digest, "no"), 0), (ev.Expired(), 20), (ev.Voided(NO), 0), (ev.StopAsked("U9"), 0)],
)
def test_a_no_reaches_requester_approvers_and_channel(event: ev.Event, minutes: int) -> None:
    """From a person, from the clock, from what changed, from somebody else who stopped it."""
    assert told(waiting(), event, minutes) == {
        MessageKind.CARD: {""},
        MessageKind.DIRECT: APPROVERS,
        MessageKind.PRIVATE: {"U1"},
    }


def test_who_stops_their_own_request_is_not_told_of_it() -> None:
    """They did it."""
    assert MessageKind.PRIVATE not in told(waiting(), ev.StopAsked("U1"))


def test_the_end_reaches_the_approvers() -> None:
    """They let it run, and their message must not say for ever that it is about to."""
    yes = [ev.Approved(user, a_plan(1).digest) for user in ("U2", "U3")]
    running = after(waiting(), *yes, *sent(1))
    assert told(running, ended(running, 1, Outcome.SUCCEEDED))[MessageKind.DIRECT] == APPROVERS


def test_under_break_glass_the_approvers_follow_it() -> None:
    """At once, when it starts, when it ends, when it is reviewed."""
    planned = ev.Planned(a_plan(1), RULE, ("U2", "U3"))
    queued = after(asked(break_glass=True), planned)
    assert told(asked(break_glass=True), planned)[MessageKind.DIRECT] == APPROVERS
    assert told(queued, sent(1)[0])[MessageKind.DIRECT] == APPROVERS
    running = after(queued, *sent(1))
    assert told(running, ended(running, 1, Outcome.FAILED))[MessageKind.DIRECT] == APPROVERS
    assert told(running, ev.Reviewed("U2", "fine"))[MessageKind.DIRECT] == APPROVERS
