"""Every state meets every event: there is an answer, and it is sound."""

import pytest

from bot.domain import events as ev
from bot.domain.change import Change
from bot.domain.decide import Ignored, decide
from bot.domain.invocation import Invocation, State
from tests.unit.domain.given import LATER, NOW, in_every_state, one_of_each
from tests.unit.domain.rules import change_is_sound, invocation_is_sound

ALL = in_every_state()

MOVERS: dict[str, set[type[ev.Event]]] = {
    "planning": {ev.Planned, ev.NotPlanned, ev.Later, ev.StopAsked},
    "delayed": {ev.Planned, ev.NotPlanned, ev.Later, ev.StopAsked},
    "awaiting_approval": {ev.Approved, ev.Denied, ev.StopAsked, ev.Voided},
    "half approved": {ev.Approved, ev.Denied, ev.StopAsked, ev.Voided},
    "queued": {ev.Dispatching, ev.StopAsked, ev.Voided, ev.Later},
    "running: claimed": {
        ev.Dispatching,
        ev.Submitted,
        ev.SendingAgain,
        ev.BatchRefused,
        ev.Lost,
        ev.StopAsked,
        ev.HaltAsked,
    },
    "running": {ev.Seen, ev.Finished, ev.Lost, ev.StopAsked, ev.HaltAsked},
    "running under glass": {ev.Seen, ev.Finished, ev.Lost, ev.StopAsked, ev.HaltAsked, ev.Reviewed},
    "cancelling": {ev.Seen, ev.Finished, ev.Lost, ev.StopSent, ev.StopNotTaken, ev.StopAsked},
    "cancelling: claimed": {ev.Submitted, ev.SendingAgain, ev.BatchRefused, ev.Lost, ev.StopAsked},
    "stop sent": {ev.Seen, ev.Finished, ev.Lost, ev.StopSent, ev.StopNotTaken, ev.StopAsked},
    "stop not taken": {ev.Seen, ev.Finished, ev.Lost, ev.StopSent, ev.StopNotTaken, ev.StopAsked},
    "ended under glass": {ev.Reviewed},
    "unknown": {ev.Resolved},
    "unknown: no answer": {ev.Resolved, ev.Submitted},
}
"""What moves it on, or is at least taken note of. States that are final and not here: nothing.
Showing it in another channel changes none of its states, and can be asked for in each."""


@pytest.mark.parametrize("name", ALL)
def test_every_event(name: str) -> None:
    """None raises; what is not meant for the state changes nothing; what changes something is sound."""
    inv = ALL[name]
    invocation_is_sound(inv)
    moved = set()
    for event in one_of_each(inv):
        for now in (NOW, LATER):
            decision = decide(inv, event, now)
            if isinstance(decision, Ignored):
                continue
            moved.add(type(event))
            assert decision.before is inv
            change_is_sound(decision, event)
            invocation_is_sound(decision.after)
    if name in MOVERS or inv.state.final:
        assert moved == MOVERS.get(name, set()) | {ev.Shared}


def test_every_kind_of_event_is_among_them() -> None:
    """The table is of all events that there are."""
    assert {type(event) for event in one_of_each(ALL["running"])} == set(ev.Event.__args__)


@pytest.mark.parametrize("name", [name for name, inv in ALL.items() if inv.state.final])
def test_what_is_over_says_so(name: str) -> None:
    """Whoever presses a button too late is told what it came to."""
    inv = ALL[name]
    decision = decide(inv, ev.StopAsked("U1"), LATER)
    assert isinstance(decision, Ignored)
    assert (decision.why.subject, decision.why.hint) == (inv.id, inv.state.value)


@pytest.mark.parametrize("name", ALL)
def test_the_same_event_twice(name: str) -> None:
    """A second delivery of what closed it changes nothing."""
    inv = ALL[name]
    for event in one_of_each(inv):
        first = decide(inv, event, NOW)
        if isinstance(first, Change) and (first.after.state.final or isinstance(event, ev.Submitted | ev.Finished)):
            assert isinstance(decide(first.after, event, NOW), Ignored), event


def test_late_is_late() -> None:
    """A yes at the very end does not count, before the sweeper has been there; a reminder not before its time."""
    waits: Invocation = ALL["awaiting_approval"]
    assert waits.ask is not None
    assert waits.plan is not None
    yes = ev.Approved("U2", waits.plan.digest)
    assert isinstance(decide(waits, yes, waits.ask.until), Ignored)
    assert isinstance(decide(waits, ev.Expired(), waits.ask.until), Change)
    assert waits.ask.remind_at is not None
    assert isinstance(decide(waits, ev.Reminded(), LATER), Ignored)
    reminded = decide(waits, ev.Reminded(), waits.ask.remind_at)
    assert isinstance(reminded, Change)
    assert [owed.key for owed in reminded.owed] == ["U2", "U3"]
    assert isinstance(decide(reminded.after, ev.Reminded(), waits.ask.remind_at), Ignored)


def test_what_was_turned_away_is_cancelled_at_once() -> None:
    """And what is in doubt, or under way, is not."""
    for name, state in (
        ("running: turned away", State.CANCELLED),
        ("running: claimed", State.CANCELLING),
        ("running: in doubt", State.CANCELLING),
    ):
        decision = decide(ALL[name], ev.StopAsked("U1"), LATER)
        assert isinstance(decision, Change)
        assert decision.after.state is state, name
