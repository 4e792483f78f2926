"""Every way from one state to another, found by giving every event to every invocation that can come about."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

from bot.domain import events as ev
from bot.domain.catalog import ApprovalRule, Risk, Shell
from bot.domain.change import Change
from bot.domain.decide import decide
from bot.domain.invocation import BatchState, Invocation, Share, State
from bot.domain.plan import Part, Plan
from bot.domain.refusal import Refusal, Why
from bot.domain.result import Outcome, Result
from bot.domain.settle import unsent

Way = tuple[str, str]

_NOW = datetime(2026, 3, 1, 3, 10, tzinfo=UTC)
_MUCH_LATER = _NOW + timedelta(days=1)
_RULE = ApprovalRule(number=1, risk=(Risk.HIGH,), targets=("*",), needed=2, expires=timedelta(minutes=15))
_PLAN = Plan(
    snippet="restart",
    target="web-prod",
    env="prod",
    account="default",
    region="cn-hangzhou",
    params=(),
    parts=(Part(Shell.BASH, "true", (("i-1", "web-1"),)), Part(Shell.POWERSHELL, "true", (("i-2", "web-2"),))),
    timeout=60,
)


def ways() -> tuple[set[Way], set[Way]]:
    """All changes of an invocation's state, and of a batch's; a new one is before it all."""
    first = Invocation("i1", "key", "restart", "web-prod", (), "U1", "T1", "C1", _NOW)
    new, seen = [first, replace(first, break_glass=True)], set()
    invocations: set[Way] = {("[*]", State.PLANNING)}
    batches: set[Way] = {("[*]", BatchState.WAITING)}
    while new:
        inv = new.pop()
        for event in _events(inv):
            for now in (_NOW, _MUCH_LATER):
                change = decide(inv, event, now)
                if isinstance(change, Change):
                    invocations |= _moved([(inv.state, change.after.state)])
                    after = {batch.no: batch.state for batch in change.after.batches}
                    batches |= _moved([(batch.state, after[batch.no]) for batch in inv.batches])
                    if (key := _key(change.after)) not in seen:
                        seen.add(key)
                        new.append(change.after)
    return invocations, batches


def kinds() -> set[type]:
    """The kinds of events that are tried."""
    return {type(event) for event in _events(Invocation("i1", "k", "mem", "web", (), "U1", "T1", "C1", _NOW))}


def all_kinds() -> set[type]:
    """The kinds of events that there are."""
    return set(get_args(ev.Event))


def _moved(steps: list[tuple[str, str]]) -> set[Way]:
    return {(str(before), str(after)) for before, after in steps if before != after}


def _key(inv: Invocation) -> object:
    """All of it that decides about states."""
    parts = tuple((batch.state, batch.tally, batch.stop_sent, unsent(batch)) for batch in inv.batches)
    return inv.state, parts, bool(inv.stop_by), len(inv.approvals), inv.break_glass


def _events(_inv: Invocation) -> Iterator[ev.Event]:
    refusal, at = Refusal(Why.NO_MACHINES), _NOW + timedelta(seconds=1)
    yield ev.Planned(_PLAN)
    yield ev.Planned(_PLAN, _RULE, ("U2",))
    yield ev.NotPlanned(refusal)
    yield ev.Later(at, "throttled")
    yield ev.Voided(refusal)
    for person in ("U2", "U3"):
        yield ev.Approved(person, _PLAN.digest)
    yield ev.Denied("U2", _PLAN.digest)
    yield ev.Expired()
    yield ev.Reminded()
    yield ev.Reviewed("U2", "looked at")
    yield ev.Resolved("U2", State.SUCCEEDED, "looked at")
    yield ev.Resolved("U2", State.FAILED, "looked at")
    yield ev.StopAsked("U1")
    yield ev.HaltAsked("U1", ("i-1",))
    yield ev.Shared(Share("C9", "U4", at))
    yield ev.Unshared("C9", "is_archived")
    for no, instance in ((1, "i-1"), (2, "i-2")):
        yield ev.StopSent(no, at)
        yield ev.StopNotTaken(no, "Forbidden")
        yield ev.Dispatching(no, f"token-{no}", at)
        yield ev.SendingAgain(no, "no answer", at, doubt=True)
        yield ev.SendingAgain(no, "throttled", at)
        yield ev.Submitted(no, f"t-{no}", at)
        yield ev.BatchRefused(no, "Forbidden", "no")
        yield ev.Seen(no, 0, at, "throttled")
        yield ev.Lost(no, "nothing is known of it")
        for outcome in Outcome:
            yield ev.Finished(no, (Result(instance, outcome),))
