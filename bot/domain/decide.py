"""`decide(invocation, event, now)`: the state machine. Pure and total; applying the result is the store's business."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.domain import batches, halts, sharing, stops
from bot.domain import events as ev
from bot.domain.change import Change
from bot.domain.guards import REMIND_AT_LEAST
from bot.domain.invocation import Approval, Ask, Batch, BatchState, Invocation, Review, State, Verdict
from bot.domain.message import MessageKind, Owed
from bot.domain.plan import cut
from bot.domain.refusal import Refusal, Why
from bot.domain.result import Result
from bot.domain.settle import Ignored, cancelled, card_and_directs, change, directs, done, over, settle, stale, unsent

__all__ = ["Ignored", "decide"]


def decide(invocation: Invocation, event: ev.Event, now: datetime) -> Change | Ignored:
    """What *event* makes of *invocation* at *now*. Every pair of state and event has an answer; none raises."""
    decision = _HANDLERS[type(event)](invocation, event, now)
    return decision if isinstance(decision, Ignored) else sharing.told_elsewhere(decision)


# ── the plan ───────────────────────────────────────────────────────────────────


def _planned(inv: Invocation, event: ev.Planned, now: datetime) -> Change | Ignored:
    if inv.state is not State.PLANNING:
        return stale(inv)
    plan = event.plan
    ask = _ask(event, now)
    waits = ask is not None and not inv.break_glass
    ready = None if waits else now  # batches that wait for approval are nobody's business yet
    parts = tuple(
        Batch(no=no, part=part, instances=ids, next_at=ready) for no, (part, ids) in enumerate(cut(plan), start=1)
    )
    after = replace(inv, state=State.QUEUED, plan=plan, ask=ask, batches=parts, next_at=now)
    if waits and ask is not None:
        after = replace(after, state=State.AWAITING_APPROVAL, next_at=ask.remind_at or ask.until)
    facts = {
        "digest": plan.digest,
        "machines": plan.size,
        "unreachable": [u.instance for u in plan.unreachable],
        "break_glass": inv.break_glass,
    }
    owed = (Owed(MessageKind.CARD), *(Owed(MessageKind.DIRECT, key=user) for user in event.approvers))
    return change(inv, after, "planned", facts=facts, owed=owed)


def _ask(event: ev.Planned, now: datetime) -> Ask | None:
    rule = event.approval
    if rule is None:
        return None
    remind = now + rule.expires / 2 if rule.expires >= 2 * REMIND_AT_LEAST else None
    return Ask(
        needed=rule.needed,
        until=now + rule.expires,
        rule=f"approval rule {rule.number}",
        roles=rule.roles,
        told=event.approvers,
        remind_at=remind,
        alarms=event.alarms,
    )


def _voided(inv: Invocation, event: ev.Voided, now: datetime) -> Change | Ignored:
    if inv.state not in {State.AWAITING_APPROVAL, State.QUEUED}:
        return stale(inv)
    after = replace(over(inv, State.REFUSED, now), refusal=event.refusal)
    told = Owed(MessageKind.PRIVATE, key=inv.requester, final=True, payload={"notice": "refused"})
    owed = (*card_and_directs(inv, final=True), told)
    return change(inv, after, "voided", facts=_why(event.refusal), owed=owed)


def _not_planned(inv: Invocation, event: ev.NotPlanned, now: datetime) -> Change | Ignored:
    if inv.state is not State.PLANNING:
        return stale(inv)
    after = replace(inv, state=State.REFUSED, refusal=event.refusal, finished_at=now, next_at=None)
    owed = Owed(MessageKind.PRIVATE, key=inv.requester, final=True, payload={"notice": "refused"})
    return change(inv, after, "refused", facts=_why(event.refusal), owed=(owed,))


def _why(refusal: Refusal) -> dict[str, Any]:
    """What the trail keeps of a refusal: which, what exactly, whose, by which rule."""
    facts = {"why": refusal.why.value, "hint": refusal.hint, "rule": refusal.rule, "who": list(refusal.who)}
    return {name: fact for name, fact in facts.items() if fact}


def _later(inv: Invocation, event: ev.Later, now: datetime) -> Change | Ignored:
    if inv.state not in {State.PLANNING, State.QUEUED}:
        return stale(inv)
    parts = tuple(replace(b, next_at=event.at) for b in inv.batches)
    after = replace(inv, batches=parts, next_at=event.at, note=event.note, about=event.about)
    if event.note == inv.note:  # the same as before: no news
        return Change(inv, after, ())
    first = Owed(MessageKind.PRIVATE, key=inv.requester, payload={"notice": "delayed"})
    return change(inv, after, "delayed", facts={"note": event.note}, owed=() if inv.note else (first,))


# ── approval ───────────────────────────────────────────────────────────────────


def _approved(inv: Invocation, event: ev.Approved, now: datetime) -> Change | Ignored:
    if (no := _not_decidable(inv, event.by, event.digest, now)) is not None:
        return no
    assert inv.ask is not None
    approvals = (*inv.approvals, Approval(event.by, now, event.digest))
    enough = sum(a.yes for a in approvals) >= inv.ask.needed
    after = replace(inv, approvals=approvals)
    if enough:
        parts = tuple(replace(b, next_at=now) for b in inv.batches)
        after = replace(after, state=State.QUEUED, batches=parts, next_at=now)
    return change(
        inv, after, "approved", actor=event.by, facts={"digest": event.digest}, owed=card_and_directs(inv, final=enough)
    )


def _denied(inv: Invocation, event: ev.Denied, now: datetime) -> Change | Ignored:
    if (no := _not_decidable(inv, event.by, event.digest, now)) is not None:
        return no
    approvals = (*inv.approvals, Approval(event.by, now, event.digest, yes=False, reason=event.reason))
    after = over(replace(inv, approvals=approvals), State.DENIED, now)
    told = Owed(MessageKind.PRIVATE, key=inv.requester, final=True, payload={"notice": "denied"})
    owed = (*card_and_directs(inv, final=True), told)
    return change(inv, after, "denied", actor=event.by, facts={"reason": event.reason}, owed=owed)


def _expired(inv: Invocation, event: ev.Expired, now: datetime) -> Change | Ignored:
    if inv.state is not State.AWAITING_APPROVAL or inv.ask is None or now < inv.ask.until:
        return stale(inv)
    after = over(inv, State.EXPIRED, now)
    told = Owed(MessageKind.PRIVATE, key=inv.requester, payload={"notice": "expired"})
    return change(inv, after, "expired", owed=(*card_and_directs(inv, final=True), told))


def _reminded(inv: Invocation, _: ev.Reminded, now: datetime) -> Change | Ignored:
    ask = inv.ask
    if inv.state is not State.AWAITING_APPROVAL or ask is None or ask.remind_at is None or now < ask.remind_at:
        return stale(inv)
    after = replace(inv, ask=replace(ask, remind_at=None), next_at=ask.until)
    silent = set(ask.told) - {a.by for a in inv.approvals}
    owed = tuple(Owed(MessageKind.REMINDER, key=user) for user in sorted(silent))
    return change(inv, after, "reminded", facts={"users": sorted(silent)}, owed=owed)


def _reviewed(inv: Invocation, event: ev.Reviewed, now: datetime) -> Change | Ignored:
    if not inv.to_be_reviewed:
        hint = "somebody has reviewed it" if inv.review is not None else "it did not run without approval"
        return Ignored(Refusal(Why.NOT_REVIEWABLE, subject=inv.id, hint=hint))
    if event.by == inv.requester:
        return Ignored(Refusal(Why.OWN_REQUEST, subject=inv.id))
    after = replace(inv, review=Review(event.by, now, event.note))
    owed = card_and_directs(inv, final=inv.state.final)
    return change(inv, after, "reviewed", actor=event.by, facts={"note": event.note}, owed=owed)


def _resolved(inv: Invocation, event: ev.Resolved, now: datetime) -> Change | Ignored:
    """The one way out of a final state, for the one that says that nobody knows."""
    if inv.state is not State.UNKNOWN:
        return stale(inv)
    after = replace(inv, state=event.verdict, verdict=Verdict(event.by, now, event.verdict, event.note), claim=None)
    owed = tuple(Owed(kind, final=True) for kind in (MessageKind.CARD, MessageKind.THREAD, MessageKind.ALERT))
    facts = {"note": event.note, "verdict": event.verdict.value}
    return change(inv, after, "resolved", actor=event.by, facts=facts, owed=(*owed, *directs(inv, final=True)))


def _not_decidable(inv: Invocation, by: str, digest: str, now: datetime) -> Ignored | None:
    """Why *by*'s yes or no does not count here; None if it does. Whether *by* is entitled was asked before."""
    if inv.state is not State.AWAITING_APPROVAL or inv.ask is None or inv.plan is None:
        return stale(inv)
    if now >= inv.ask.until:
        return Ignored(Refusal(Why.CHANGED_SINCE, subject=inv.id, hint=State.EXPIRED.value))
    if digest != inv.plan.digest:
        return Ignored(Refusal(Why.CHANGED_SINCE, subject=inv.id, hint="another plan"))
    if by == inv.requester:
        return Ignored(Refusal(Why.OWN_REQUEST, subject=inv.id))
    if any(a.by == by for a in inv.approvals):
        return Ignored(Refusal(Why.ALREADY_APPROVED, subject=inv.id))
    return None


# ── stopping ───────────────────────────────────────────────────────────────────


def _stop_asked(inv: Invocation, event: ev.StopAsked, now: datetime) -> Change | Ignored:
    if inv.state.final:
        return Ignored(Refusal(Why.ALREADY_OVER, subject=inv.id, hint=inv.state.value))
    asked = replace(inv, stop_by=inv.stop_by or event.by)
    if all(b.state is BatchState.WAITING for b in inv.batches):  # nothing was sent: nothing to stop
        told = Owed(MessageKind.PRIVATE, key=inv.requester, final=True, payload={"notice": "cancelled"})
        owed = card_and_directs(inv, final=True) if inv.plan is not None else (told,)
        if inv.plan is not None and event.by != inv.requester:  # somebody else's doing, which they may not expect
            owed = (*owed, told)
        return change(inv, over(asked, State.CANCELLED, now), "stop_asked", actor=event.by, owed=owed)
    results: list[Result] = []
    for batch in inv.batches:
        if unsent(batch):
            gone = cancelled(inv, batch)
            results += gone
            asked = asked.with_batch(done(batch, gone))
        elif batch.state in {BatchState.RUNNING, BatchState.STOPPING}:
            asked = asked.with_batch(stops.told(batch, now))
    return settle(
        inv, replace(asked, state=State.CANCELLING), now, "stop_asked", actor=event.by, results=tuple(results)
    )


_HANDLERS: dict[type[ev.Event], Callable[[Invocation, Any, datetime], Change | Ignored]] = {
    ev.Planned: _planned,
    ev.NotPlanned: _not_planned,
    ev.Later: _later,
    ev.Voided: _voided,
    ev.Approved: _approved,
    ev.Denied: _denied,
    ev.Expired: _expired,
    ev.Reminded: _reminded,
    ev.Reviewed: _reviewed,
    ev.Resolved: _resolved,
    ev.StopAsked: _stop_asked,
    ev.HaltAsked: halts.halt_asked,
    ev.StopSent: stops.sent,
    ev.StopNotTaken: stops.not_taken,
    ev.Dispatching: batches.dispatching,
    ev.SendingAgain: batches.sending_again,
    ev.Submitted: batches.submitted,
    ev.BatchRefused: batches.batch_refused,
    ev.Seen: batches.seen,
    ev.Finished: batches.finished,
    ev.Lost: batches.lost,
    ev.Shared: sharing.shared,
    ev.Unshared: sharing.unshared,
}
