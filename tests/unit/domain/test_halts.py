"""Stopping it on some machines: theirs alone is stopped, sent or not, and the count of machines stays whole."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from bot.domain import events as ev
from bot.domain import stops
from bot.domain.change import Change
from bot.domain.decide import Ignored, decide
from bot.domain.invocation import BatchState, Invocation, State
from bot.domain.plan import BATCH_SIZE
from bot.domain.result import Outcome
from tests.unit.domain.given import LATER, NOW, a_plan, after, asked, ended, sent
from tests.unit.domain.rules import change_is_sound, invocation_is_sound


def test_what_ecs_has_is_told_to_it() -> None:
    """One machine of three, until it is known to have ended there; then nothing more is sent."""
    inv = after(asked(), ev.Planned(a_plan(3)), *sent(1), ev.HaltAsked("U9", ("i-0-1",)))
    batch = inv.batches[0]
    assert (inv.state, batch.state) == (State.RUNNING, BatchState.RUNNING)
    assert stops.wanted(batch) == ("i-0-1",)
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


# ── stopped while it is being sent ─────────────────────────────────────────────

HALT = ev.HaltAsked("U9", ("i-0-1",))
THROTTLED = ev.SendingAgain(1, "throttled", LATER)
CUT_OFF = ev.SendingAgain(1, "cut off", LATER, doubt=True)


def claimed() -> Invocation:
    """One batch of three, the call under way."""
    return after(asked(), ev.Planned(a_plan(3)), ev.Dispatching(1, "token-1", LATER))


def test_what_ecs_turned_away_is_left_out() -> None:
    """Its token goes with it, as ECS takes that for no other machines; the rest is another batch, sent when it is
    its time."""
    one = after(claimed(), THROTTLED, HALT)
    gone, rest = one.batches
    assert (gone.no, gone.state, gone.instances, gone.client_token) == (1, BatchState.DONE, ("i-0-1",), "token-1")
    assert (rest.no, rest.state, rest.client_token) == (2, BatchState.WAITING, "")
    assert (rest.instances, rest.next_at) == (("i-0-0", "i-0-2"), LATER)
    assert (one.state, one.tally) == (State.RUNNING, {Outcome.CANCELLED: 1})
    closed = after(one, *sent(2))
    assert after(closed, ended(closed, 2, Outcome.SUCCEEDED)).state is State.PARTLY_FAILED


def test_halted_on_all_that_ecs_turned_away() -> None:
    """Nothing of it ran, and nothing will."""
    assert after(claimed(), THROTTLED, ev.HaltAsked("U9", ("i-0-0", "i-0-1", "i-0-2"))).state is State.CANCELLED


def test_halted_while_the_call_is_under_way() -> None:
    """Its answer decides: turned away it is left out, and taken it is stopped."""
    halted = after(claimed(), HALT)
    assert [b.state for b in halted.batches] == [BatchState.DISPATCHING]
    decision = decide(halted, THROTTLED, NOW)
    assert isinstance(decision, Change)
    assert [(r.instance, r.outcome) for r in decision.results] == [("i-0-1", Outcome.CANCELLED)]
    gone, rest = decision.after.batches
    assert (gone.state, rest.state, rest.halts) == (BatchState.DONE, BatchState.WAITING, ())
    assert stops.wanted(after(halted, ev.Submitted(1, "t-1", LATER)).batches[0]) == ("i-0-1",)


def test_no_token_goes_out_again_once_it_is_stopped_somewhere() -> None:
    """Not for the others either: it may not have arrived, and would then start it there."""
    for stopped in (after(claimed(), CUT_OFF, HALT), after(claimed(), CUT_OFF, ev.StopAsked("U9"))):
        assert isinstance(decide(stopped, ev.SendingAgain(1, "", LATER, doubt=True), NOW), Ignored)
        assert isinstance(decide(stopped, ev.SendingAgain(1, "not found yet", LATER, doubt=True), NOW), Change)


STEPS = (
    *(step for no in (1, 2, 3) for step in (ev.Dispatching(no, f"token-{no}", LATER), ev.Submitted(no, "t", LATER))),
    *(ev.SendingAgain(no, note, LATER) for no in (1, 2, 3) for note in ("", "throttled")),
    *(ev.HaltAsked("U9", (f"i-0-{n}",)) for n in range(3)),
    CUT_OFF,
    ev.StopAsked("U9"),
)


@given(st.lists(st.sampled_from(STEPS), max_size=30))
def test_nothing_starts_where_somebody_was_told_that_it_is_stopped(steps: list[ev.Event]) -> None:
    """Whatever came of the calls before, and in whatever order: no call names such a machine again."""
    inv, stopped = after(asked(), ev.Planned(a_plan(3))), set[str]()
    for event in steps:
        decision = decide(inv, event, NOW)
        if isinstance(decision, Ignored):
            continue
        change_is_sound(decision, event)
        inv = decision.after
        invocation_is_sound(inv)
        if isinstance(event, ev.HaltAsked):
            stopped |= set(event.instances)
        elif isinstance(event, ev.StopAsked):
            stopped = {"i-0-0", "i-0-1", "i-0-2"}
        elif isinstance(event, ev.Dispatching) or (isinstance(event, ev.SendingAgain) and not event.note):
            batch = inv.batch(event.batch)
            assert batch is not None
            assert stopped.isdisjoint(batch.instances)
