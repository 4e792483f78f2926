"""Events in any order, twice, too late, from the wrong people, for the wrong batch: what must hold, holds."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.domain import events as ev
from bot.domain.batches import claim_of
from bot.domain.catalog import ApprovalRule
from bot.domain.change import Change
from bot.domain.decide import decide
from bot.domain.invocation import BatchState, Invocation, Share, State
from bot.domain.message import MessageKind
from bot.domain.plan import Plan
from bot.domain.result import Outcome, Result
from tests.unit.domain.given import NO, NOW, a_plan, asked
from tests.unit.domain.rules import change_is_sound, invocation_is_sound

PEOPLE = st.sampled_from(["U1", "U2", "U3", "U4"])
BATCHES = st.integers(0, 4)
SOON = st.integers(0, 30).map(lambda n: timedelta(seconds=n))
SECOND = timedelta(seconds=1)


class AnyOrder(RuleBasedStateMachine):
    """One invocation, and everything that can happen to it."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.inv: Invocation = asked()
        self.results: dict[str, Result] = {}
        self.dispatched: Counter[int] = Counter()
        self.stopped: set[str] = set()
        self.ended: Invocation | None = None

    @initialize(
        sizes=st.sampled_from([(1,), (2, 1), (101,), (150, 3)]),
        needed=st.integers(0, 2),
        flags=st.tuples(st.booleans(), st.booleans()),
        unreachable=st.integers(0, 2),
    )
    def asks(self, sizes: tuple[int, ...], needed: int, flags: tuple[bool, bool], unreachable: int) -> None:
        """With or without approval, break-glass, exclusive."""
        self.plan: Plan = a_plan(*sizes, exclusive=flags[0], unreachable=unreachable)
        self.rule = ApprovalRule(1, needed=needed, expires=timedelta(minutes=5)) if needed else None
        self.inv = asked(break_glass=flags[1] and bool(needed))

    def happens(self, event: ev.Event) -> None:
        """Decide, check, and go on from there as the store would."""
        decision = decide(self.inv, event, self.now)
        if not isinstance(decision, Change):
            assert decision.why.why
            return
        change_is_sound(decision, event)
        self._dispatches(decision)
        self._starts_nothing_that_was_stopped(decision, event)
        for result in decision.results:
            assert result.instance not in self.results, "a second result for one instance"
            self.results[result.instance] = result
        was, self.inv = self.inv, replace(decision.after, version=self.inv.version + 1)
        if self.inv.state.final and not was.state.final:
            self._closes()

    def _dispatches(self, change: Change) -> None:
        for batch in change.after.batches:
            was = change.before.batch(batch.no)
            if was and (was.state, batch.state) == (BatchState.WAITING, BatchState.DISPATCHING):
                self.dispatched[batch.no] += 1
                assert self.dispatched[batch.no] == 1
                assert change.before.state in {State.QUEUED, State.RUNNING}
                assert change.before.plan is not None
                assert change.after.claim == claim_of(change.before.plan)

    def _starts_nothing_that_was_stopped(self, change: Change, event: ev.Event) -> None:
        """Once somebody was told yes: neither a first sending nor another one names a machine that is to be stopped."""
        if isinstance(event, ev.StopAsked):
            self.stopped |= self.plan.names.keys()
        elif isinstance(event, ev.HaltAsked):
            self.stopped |= set(event.instances)
        elif isinstance(event, ev.Dispatching) or (isinstance(event, ev.SendingAgain) and not event.note):
            sent = change.after.batch(event.batch)
            assert sent is not None
            assert self.stopped.isdisjoint(sent.instances)

    def _closes(self) -> None:
        """At the end each instance of the plan has one result, if anything was sent; none, if nothing was."""
        inv = self.inv
        if inv.started_at is None:
            assert self.results == {}
            assert inv.state in {State.CANCELLED, State.DENIED, State.EXPIRED, State.REFUSED}
            return
        assert inv.plan is not None
        assert self.results.keys() == inv.plan.names.keys()
        assert dict(Counter(r.outcome for r in self.results.values())) == inv.tally
        assert all(r.name == inv.plan.names[i] for i, r in self.results.items())
        assert inv.state in {
            State.SUCCEEDED,
            State.PARTLY_FAILED,
            State.FAILED,
            State.TIMED_OUT,
            State.CANCELLED,
            State.UNKNOWN,
        }
        outcomes = {r.outcome for r in self.results.values()}
        assert (inv.state is State.SUCCEEDED) == (outcomes == {Outcome.SUCCEEDED})
        assert (inv.state is State.UNKNOWN) == (Outcome.UNKNOWN in outcomes)

    # ── what happens ───────────────────────────────────────────────────────────

    @rule(span=SOON)
    def time_passes(self, span: timedelta) -> None:
        self.now += span

    @precondition(lambda self: self.inv.state is State.AWAITING_APPROVAL)
    @rule()
    def much_time_passes(self) -> None:
        self.now += timedelta(minutes=2)

    @rule()
    def is_planned(self) -> None:
        self.happens(ev.Planned(self.plan, self.rule, ("U2", "U3")))

    @precondition(lambda self: self.now > NOW)
    @rule(event=st.sampled_from([ev.NotPlanned(NO), ev.Voided(NO), ev.Expired(), ev.Reminded()]))
    def a_minor_thing(self, event: ev.Event) -> None:
        self.happens(event)

    @rule(note=st.sampled_from(["down", "throttled"]), span=SOON)
    def is_put_off(self, note: str, span: timedelta) -> None:
        self.happens(ev.Later(self.now + span + SECOND, note))

    @rule(who=PEOPLE, right=st.sampled_from([True, True, True, False]))
    def is_approved(self, who: str, right: bool) -> None:
        self.happens(ev.Approved(who, self.plan.digest if right else "another"))

    @precondition(lambda self: self.now > NOW + timedelta(minutes=1))
    @rule(who=PEOPLE, right=st.booleans())
    def is_denied(self, who: str, right: bool) -> None:
        self.happens(ev.Denied(who, self.plan.digest if right else "another", "no"))

    @precondition(lambda self: self.now > NOW + timedelta(seconds=30))
    @rule(who=PEOPLE)
    def is_stopped(self, who: str) -> None:
        self.happens(ev.StopAsked(who))

    @rule(who=PEOPLE, which=st.integers(0, 5))
    def is_stopped_on_one(self, who: str, which: int) -> None:
        names = sorted(self.plan.names)
        self.happens(ev.HaltAsked(who, (names[which % len(names)],)))

    @rule(who=PEOPLE, follow=st.booleans())
    def is_shared(self, who: str, follow: bool) -> None:
        if not self.inv.state.final:
            self.happens(ev.Shared(Share("C9", who, self.now, follow=follow)))

    @rule(taken_away=st.booleans())
    def is_not_shared_any_more(self, taken_away: bool) -> None:
        if not self.inv.state.final:
            self.happens(ev.Unshared("C9", "is_archived", taken_away))

    @rule(who=PEOPLE)
    def is_reviewed(self, who: str) -> None:
        self.happens(ev.Reviewed(who, "fine"))

    @rule(no=BATCHES)
    def is_dispatched(self, no: int) -> None:
        self.happens(ev.Dispatching(no, f"token-{no}", self.now + SECOND))

    @rule(no=BATCHES, note=st.sampled_from(["", "throttled"]), doubt=st.booleans())
    def is_sent_again(self, no: int, note: str, doubt: bool) -> None:
        self.happens(ev.SendingAgain(no, note, self.now + SECOND, doubt))

    @rule(no=BATCHES)
    def is_submitted(self, no: int) -> None:
        self.happens(ev.Submitted(no, f"t-{no}", self.now + SECOND))

    @rule(no=BATCHES)
    def is_refused(self, no: int) -> None:
        self.happens(ev.BatchRefused(no, "Forbidden", "no"))

    @rule(no=BATCHES, count=st.integers(0, 3), note=st.sampled_from(["", "down"]), printed=st.sampled_from(["", "a"]))
    def is_seen(self, no: int, count: int, note: str, printed: str) -> None:
        self.happens(ev.Seen(no, count, self.now + SECOND, note, printed))

    @rule(no=BATCHES)
    def stop_is_sent(self, no: int) -> None:
        self.happens(ev.StopSent(no, self.now + SECOND))

    @rule(no=BATCHES, note=st.sampled_from(["down", "Forbidden"]), after=st.none() | st.floats(0, 500))
    def stop_is_not_taken(self, no: int, note: str, after: float | None) -> None:
        self.happens(ev.StopNotTaken(no, note, after))

    @rule(no=BATCHES, outcomes=st.lists(st.sampled_from(Outcome), min_size=1, max_size=3), missing=st.booleans())
    def is_finished(self, no: int, outcomes: list[Outcome], missing: bool) -> None:
        batch = self.inv.batch(no)
        ids = batch.instances if batch else ("stranger",)
        told = [Result(i, outcomes[n % len(outcomes)]) for n, i in enumerate(ids)]
        told = [*told[int(missing) :], told[-1], Result("stranger", Outcome.FAILED)]
        self.happens(ev.Finished(no, tuple(told)))

    @precondition(lambda self: self.now > NOW + timedelta(seconds=30))
    @rule(no=BATCHES, known=st.integers(0, 2))
    def is_lost(self, no: int, known: int) -> None:
        batch = self.inv.batch(no)
        ids = batch.instances[1 : 1 + known] if batch else ("stranger",)
        self.happens(ev.Lost(no, "gone", tuple(Result(i, Outcome.SUCCEEDED) for i in ids)))

    # ── what holds ─────────────────────────────────────────────────────────────

    @invariant()
    def it_is_sound(self) -> None:
        invocation_is_sound(self.inv)

    @invariant()
    def what_ended_stays_ended(self) -> None:
        if self.ended is not None:
            assert _but_for_what_comes_later(self.inv) == _but_for_what_comes_later(self.ended)
        elif self.inv.state.final:
            self.ended = self.inv


def _but_for_what_comes_later(inv: Invocation) -> Invocation:
    parts = tuple(replace(batch, invoke_id="") for batch in inv.batches)
    return replace(inv, review=None, version=0, batches=parts)


AnyOrder.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestAnyOrder = AnyOrder.TestCase


def test_the_last_message_is_final() -> None:
    """Of a batch's end and of everything that closes an invocation: card, thread and file, none of them progress."""
    inv = asked()
    for event in (ev.Planned(a_plan(1)), ev.Dispatching(1, "t", NOW), ev.Submitted(1, "t-1", NOW)):
        decision = decide(inv, event, NOW)
        assert isinstance(decision, Change)
        inv = decision.after
    last = decide(inv, ev.Finished(1, ()), NOW)
    assert isinstance(last, Change)
    wanted = {MessageKind.CARD, MessageKind.THREAD, MessageKind.FILE}
    assert {owed.kind for owed in last.owed if owed.final} >= wanted
    assert [event.kind for event in last.events] == ["finished", "ended"]
