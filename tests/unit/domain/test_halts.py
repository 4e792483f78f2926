"""Stopping it on some machines: theirs alone is stopped, sent or not, and the count of machines stays whole."""

from collections import Counter

from bot.domain import events as ev
from bot.domain import stops
from bot.domain.change import Change
from bot.domain.decide import decide
from bot.domain.invocation import BatchState, State
from bot.domain.plan import BATCH_SIZE
from bot.domain.result import Outcome
from tests.unit.domain.given import LATER, NOW, a_plan, after, asked, ended, sent


def test_what_ecs_has_is_told_to_it() -> None:
    """One machine of three, until it is known to have ended there; then nothing more is sent."""
    inv = after(asked(), ev.Planned(a_plan(3)), *sent(1), ev.HaltAsked("U9", ("i-0-1",)))
    batch = inv.batches[0]
    assert (inv.state, batch.state) == (State.RUNNING, BatchState.RUNNING)
    assert stops.wanted(batch) == ("i-0-1",)
    assert stops.is_first(batch)
    told = after(inv, ev.StopSent(1, LATER)).batches[0]
    assert not stops.is_due(told, NOW)
    over = after(inv, ev.StopSent(1, LATER), ev.Seen(1, 1, LATER, ended=frozenset({"i-0-1"})))
    assert stops.wanted(over.batches[0]) == ()
    assert over.batches[0].halts[0].ended


def test_what_was_not_sent_yet_is_left_out() -> None:
    """Of a second batch, which waits: it becomes one that is over, and each machine still has one result."""
    inv = after(asked(), ev.Planned(a_plan(BATCH_SIZE + 3)), *sent(1))
    last = f"i-0-{BATCH_SIZE + 2}"
    decision = decide(inv, ev.HaltAsked("U9", (last,)), NOW)
    assert isinstance(decision, Change)
    assert [(r.instance, r.outcome) for r in decision.results] == [(last, Outcome.CANCELLED)]
    assert decision.events[0].data["machines"] == [inv.plan.names[last] if inv.plan else ""]
    halted = decision.after
    assert last not in (halted.batches[1].instances)
    assert Counter(i for b in halted.batches for i in b.instances) == Counter(
        i for b in inv.batches for i in b.instances
    )
    assert halted.tally == {Outcome.CANCELLED: 1}
    rest = after(halted, *sent(2))
    closed = after(rest, ended(rest, 1, Outcome.SUCCEEDED), ended(rest, 2, Outcome.SUCCEEDED))
    assert closed.state is State.PARTLY_FAILED
    assert closed.tally == {Outcome.SUCCEEDED: BATCH_SIZE + 2, Outcome.CANCELLED: 1}
