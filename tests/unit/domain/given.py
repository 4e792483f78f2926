"""Invocations in every state, each brought there by the events that lead to it, and one event of every kind."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain import events as ev
from bot.domain.catalog import ApprovalRule, Shell
from bot.domain.change import Change
from bot.domain.decide import decide
from bot.domain.invocation import Invocation, Share, State
from bot.domain.plan import Part, Plan, Unreachable
from bot.domain.refusal import Refusal, Why
from bot.domain.result import Outcome, Result

NOW = datetime(2026, 11, 23, 3, 10, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
NO = Refusal(Why.TOO_OLD, subject="i1")
RULE = ApprovalRule(1, needed=2, expires=timedelta(minutes=10))


def a_plan(*sizes: int, exclusive: bool = False, unreachable: int = 0) -> Plan:
    """A part of each of *sizes* instances."""
    parts = tuple(
        Part(Shell.BASH, f"script {n}", tuple((f"i-{n}-{i}", f"web-{n}-{i}") for i in range(size)))
        for n, size in enumerate(sizes or (1,))
    )
    left = tuple(Unreachable(f"i-x-{n}", f"gone-{n}", "Stopped") for n in range(unreachable))
    plan = Plan("mem", "web", "prod", "default", "cn-hangzhou", (("lines", "20"),), parts, 60, unreachable=left)
    return replace(plan, exclusive=exclusive)


def asked(**fields: object) -> Invocation:
    """Just recorded."""
    made = Invocation("i1", "key", "mem", "web", (), "U1", "T1", "C1", NOW, next_at=NOW)
    return replace(made, **fields)  # type: ignore[arg-type]


def after(inv: Invocation, *events: ev.Event, now: datetime = NOW) -> Invocation:
    """*inv* after these, each of which counts."""
    for event in events:
        decision = decide(inv, event, now)
        assert isinstance(decision, Change), (inv.state, event, decision)
        inv = replace(decision.after, version=inv.version + 1)
    return inv


def sent(no: int) -> tuple[ev.Event, ...]:
    """A batch claimed and submitted."""
    return ev.Dispatching(no, f"token-{no}", LATER), ev.Submitted(no, f"t-{no}", LATER)


def ended(inv: Invocation, no: int, outcome: Outcome) -> ev.Finished:
    """A batch over, all its instances alike."""
    batch = inv.batch(no)
    assert batch is not None
    return ev.Finished(no, tuple(Result(i, outcome) for i in batch.instances))


def in_every_state() -> dict[str, Invocation]:
    """At least one for each State; more where its batches differ."""
    waits = after(asked(), ev.Planned(a_plan(1, 1), RULE, ("U2", "U3")))
    digest = waits.plan.digest if waits.plan else ""
    queued = after(asked(), ev.Planned(a_plan(1, 1)))
    claimed = after(queued, sent(1)[0])
    turned_away = after(claimed, ev.SendingAgain(1, "throttled", LATER))
    doubtful = after(claimed, ev.SendingAgain(1, "no answer", LATER, doubt=True))
    running = after(queued, *sent(1), *sent(2))
    glass = after(asked(break_glass=True), ev.Planned(a_plan(1, 1), RULE), *sent(1), *sent(2))
    found = {
        "planning": asked(),
        "delayed": after(asked(), ev.Later(LATER, "down")),
        "awaiting_approval": waits,
        "half approved": after(waits, ev.Approved("U2", digest)),
        "queued": queued,
        "running: claimed": claimed,
        "running: turned away": turned_away,
        "running: in doubt": doubtful,
        "running: claimed, then halted": after(claimed, ev.HaltAsked("U1", ("i-0-0",))),
        "running: in doubt, then halted": after(doubtful, ev.HaltAsked("U1", ("i-0-0",))),
        "running": running,
        "running under glass": glass,
        "cancelling": after(running, ev.StopAsked("U1")),
        "cancelling: claimed": after(claimed, ev.StopAsked("U1")),
        "cancelling: in doubt": after(doubtful, ev.StopAsked("U1")),
        "stop sent": after(running, ev.StopAsked("U1"), ev.StopSent(1, LATER)),
        "stop not taken": after(running, ev.StopAsked("U1"), ev.StopNotTaken(1, "Forbidden")),
        "partly_failed": after(running, ended(running, 1, Outcome.SUCCEEDED), ended(running, 2, Outcome.FAILED)),
        "cancelled before it ran": after(queued, ev.StopAsked("U1")),
        "denied": after(waits, ev.Denied("U2", digest, "no")),
        "expired": after(waits, ev.Expired(), now=NOW + timedelta(minutes=10)),
        "refused": after(asked(), ev.NotPlanned(NO)),
        "voided": after(queued, ev.Voided(NO)),
        "unknown": after(running, ev.Lost(1, "gone"), ended(running, 2, Outcome.SUCCEEDED)),
        "unknown: no answer": after(doubtful, *sent(2), ev.Lost(1, "gone"), ended(running, 2, Outcome.SUCCEEDED)),
        "ended under glass": after(glass, ended(glass, 1, Outcome.SUCCEEDED), ended(glass, 2, Outcome.SUCCEEDED)),
    }
    for outcome, state in (
        (Outcome.SUCCEEDED, "succeeded"),
        (Outcome.FAILED, "failed"),
        (Outcome.TIMED_OUT, "timed_out"),
    ):
        found[state] = after(running, ended(running, 1, outcome), ended(running, 2, outcome))
    stopping = found["cancelling"]
    found["cancelled"] = after(stopping, *(ended(stopping, n, Outcome.CANCELLED) for n in (1, 2)))
    assert {inv.state for inv in found.values()} == set(State)
    return found


def one_of_each(inv: Invocation) -> Iterable[ev.Event]:
    """Every kind of event, as it could come to *inv*: for its batches and one that it has not, right and wrong."""
    digest = inv.plan.digest if inv.plan else ""
    yield from (ev.Planned(a_plan(2)), ev.Planned(a_plan(2), RULE, ("U2",)), ev.NotPlanned(NO), ev.Voided(NO))
    yield from (ev.Later(LATER, "down"), ev.Expired(), ev.Reminded(), ev.StopAsked("U1"), ev.StopAsked("U9"))
    yield from (ev.HaltAsked("U1", ("i-0-0",)), ev.HaltAsked("U1", ("stranger",)))
    yield from (
        ev.Shared(Share("C9", "U4", NOW)),
        ev.Shared(Share("C9", "U4", NOW, follow=True)),
        ev.Unshared("C9", ""),
    )
    for who in ("U1", "U2", "U3"):
        yield from (ev.Approved(who, digest), ev.Approved(who, "another"), ev.Denied(who, digest), ev.Reviewed(who, ""))
        yield ev.Resolved(who, State.FAILED, "looked")
    for no in (1, 2, 3):
        yield from (*sent(no), ev.SendingAgain(no, "", LATER), ev.SendingAgain(no, "cut off", LATER, doubt=True))
        yield from (ev.SendingAgain(no, "throttled", LATER), ev.BatchRefused(no, "Forbidden", "no"))
        yield from (ev.Seen(no, 0, LATER), ev.Seen(no, 1, LATER), ev.Seen(no, 0, LATER, "down"), ev.StopSent(no, LATER))
        yield from (ev.StopNotTaken(no, "Forbidden"), ev.StopNotTaken(no, "throttled", 3.0))
        yield from (ev.Finished(no, ()), ev.Lost(no, "gone"))
        yield ev.Lost(no, "gone", (Result("i-0-0", Outcome.SUCCEEDED), Result("stranger", Outcome.FAILED)))
        yield ev.Finished(no, (Result("i-0-0", Outcome.SUCCEEDED), Result("stranger", Outcome.FAILED)))
