"""`decide(invocation, event, now)`: the state machine. Pure and total; applying the result is the store's business."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain import events as ev
from bot.domain.change import Change, Event
from bot.domain.invocation import Approval, Ask, Batch, BatchState, Invocation, State
from bot.domain.message import MessageKind, Owed
from bot.domain.plan import cut
from bot.domain.refusal import Refusal, Why
from bot.domain.result import Outcome, Result

SETTLE = timedelta(seconds=1)
"""How long a message that only shows progress waits for a newer one: chat.update is scarce, a final state is not far."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """The event changes nothing here: it came twice, too late, or from the wrong person. *why* can be told."""

    why: Refusal


def decide(invocation: Invocation, event: ev.Event, now: datetime) -> Change | Ignored:
    """What *event* makes of *invocation* at *now*. Every pair of state and event has an answer; none raises."""
    return _HANDLERS[type(event)](invocation, event, now)


# ── the plan ───────────────────────────────────────────────────────────────────


def _planned(inv: Invocation, event: ev.Planned, now: datetime) -> Change | Ignored:
    if inv.state is not State.PLANNING:
        return _stale(inv)
    plan = event.plan
    batches = tuple(
        Batch(no=no, part=part, instances=ids, next_at=now) for no, (part, ids) in enumerate(cut(plan), start=1)
    )
    rule = event.approval
    if rule is None:
        after = replace(inv, state=State.QUEUED, plan=plan, batches=batches, next_at=now)
    else:
        ask = Ask(rule.needed, now + rule.expires, f"approval rule {rule.number}", rule.roles, event.approvers)
        after = replace(inv, state=State.AWAITING_APPROVAL, plan=plan, ask=ask, batches=batches, next_at=ask.until)
    facts = {"digest": plan.digest, "machines": plan.size, "unreachable": [u.instance for u in plan.unreachable]}
    owed = [Owed(MessageKind.CARD)]
    owed += [Owed(MessageKind.DIRECT, key=user) for user in event.approvers]
    return _change(inv, after, "planned", "", facts, tuple(owed))


def _voided(inv: Invocation, event: ev.Voided, now: datetime) -> Change | Ignored:
    if inv.state not in {State.AWAITING_APPROVAL, State.QUEUED}:
        return _stale(inv)
    after = replace(_over(inv, State.REFUSED, now), refusal=event.refusal)
    told = Owed(MessageKind.PRIVATE, key=inv.requester, final=True, payload={"notice": "refused"})
    return _change(
        inv, after, "voided", "", {"why": event.refusal.why.value}, (*_card_and_directs(inv, final=True), told)
    )


def _not_planned(inv: Invocation, event: ev.NotPlanned, now: datetime) -> Change | Ignored:
    if inv.state is not State.PLANNING:
        return _stale(inv)
    after = replace(inv, state=State.REFUSED, refusal=event.refusal, finished_at=now, next_at=None)
    owed = Owed(MessageKind.PRIVATE, key=inv.requester, final=True, payload={"notice": "refused"})
    return _change(inv, after, "refused", "", {"why": event.refusal.why.value, "hint": event.refusal.hint}, (owed,))


def _plan_later(inv: Invocation, event: ev.PlanLater, now: datetime) -> Change | Ignored:
    if inv.state is not State.PLANNING:
        return _stale(inv)
    after = replace(inv, next_at=event.at, note=event.note)
    owed = () if inv.note else (Owed(MessageKind.PRIVATE, key=inv.requester, payload={"notice": "planning_delayed"}),)
    return _change(inv, after, "planning_delayed", "", {"note": event.note}, owed)


# ── approval ───────────────────────────────────────────────────────────────────


def _approved(inv: Invocation, event: ev.Approved, now: datetime) -> Change | Ignored:
    if (no := _not_decidable(inv, event.by, event.digest, now)) is not None:
        return no
    assert inv.ask is not None
    approvals = (*inv.approvals, Approval(event.by, now, event.digest))
    enough = sum(a.yes for a in approvals) >= inv.ask.needed
    after = replace(inv, approvals=approvals)
    if enough:
        batches = tuple(replace(b, next_at=now) for b in inv.batches)
        after = replace(after, state=State.QUEUED, batches=batches, next_at=now)
    return _change(inv, after, "approved", event.by, {"digest": event.digest}, _card_and_directs(inv, final=enough))


def _denied(inv: Invocation, event: ev.Denied, now: datetime) -> Change | Ignored:
    if (no := _not_decidable(inv, event.by, event.digest, now)) is not None:
        return no
    approvals = (*inv.approvals, Approval(event.by, now, event.digest, yes=False, reason=event.reason))
    after = _over(replace(inv, approvals=approvals), State.DENIED, now)
    return _change(inv, after, "denied", event.by, {"reason": event.reason}, _card_and_directs(inv, final=True))


def _expired(inv: Invocation, event: ev.Expired, now: datetime) -> Change | Ignored:
    if inv.state is not State.AWAITING_APPROVAL or inv.ask is None or now < inv.ask.until:
        return _stale(inv)
    after = _over(inv, State.EXPIRED, now)
    told = Owed(MessageKind.PRIVATE, key=inv.requester, payload={"notice": "expired"})
    return _change(inv, after, "expired", "", {}, (*_card_and_directs(inv, final=True), told))


def _not_decidable(inv: Invocation, by: str, digest: str, now: datetime) -> Ignored | None:
    """Why *by*'s yes or no does not count here; None if it does. Whether *by* is entitled was asked before."""
    if inv.state is not State.AWAITING_APPROVAL or inv.ask is None or inv.plan is None:
        return _stale(inv)
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
    if inv.state is State.CANCELLING:
        return Ignored(Refusal(Why.CHANGED_SINCE, subject=inv.id, hint=inv.state.value))
    asked = replace(inv, stop_by=event.by)
    if all(b.state is BatchState.WAITING for b in inv.batches):  # nothing was sent: nothing to stop
        owed = _card_and_directs(inv, final=True)
        if inv.plan is None:
            owed = (Owed(MessageKind.PRIVATE, key=inv.requester, final=True, payload={"notice": "cancelled"}),)
        return _change(inv, _over(asked, State.CANCELLED, now), "stop_asked", event.by, {}, owed)
    results: list[Result] = []
    for batch in inv.batches:
        if batch.state is BatchState.WAITING:
            gone = _cancelled(inv, batch)
            results += gone
            asked = asked.with_batch(_done(batch, gone))
        elif batch.state is BatchState.RUNNING:
            asked = asked.with_batch(replace(batch, state=BatchState.STOPPING, next_at=now))
    return _settle(inv, replace(asked, state=State.CANCELLING), now, "stop_asked", event.by, {}, tuple(results))


def _stop_sent(inv: Invocation, event: ev.StopSent, now: datetime) -> Change | Ignored:
    batch = inv.batch(event.batch)
    if batch is None or batch.state is not BatchState.STOPPING:
        return _stale(inv)
    return _settle(inv, inv.with_batch(replace(batch, stop_sent=True, next_at=event.look_at)), now, "stop_sent")


# ── batches ────────────────────────────────────────────────────────────────────


def _dispatching(inv: Invocation, event: ev.Dispatching, now: datetime) -> Change | Ignored:
    batch = inv.batch(event.batch)
    if batch is None or inv.state not in {State.QUEUED, State.RUNNING} or batch.state is not BatchState.WAITING:
        return _stale(inv)
    sent = replace(
        batch,
        state=BatchState.DISPATCHING,
        client_token=event.client_token,
        sent_at=now,
        attempts=1,
        next_at=event.again_at,
    )
    after = replace(inv.with_batch(sent), state=State.RUNNING, started_at=inv.started_at or now)
    return _settle(inv, after, now, "dispatching", facts={"batch": batch.no, "client_token": event.client_token})


def _sending_again(inv: Invocation, event: ev.SendingAgain, now: datetime) -> Change | Ignored:
    batch = inv.batch(event.batch)
    if batch is None or batch.state is not BatchState.DISPATCHING:
        return _stale(inv)
    doubt = batch.doubt or event.doubt
    again = replace(batch, attempts=batch.attempts + 1, next_at=event.again_at, note=event.note, doubt=doubt)
    after = inv.with_batch(again)
    return _settle(inv, after, now, "sending_again", facts={"batch": batch.no, "note": event.note})


def _submitted(inv: Invocation, event: ev.Submitted, now: datetime) -> Change | Ignored:
    batch = inv.batch(event.batch)
    if batch is None or batch.state is not BatchState.DISPATCHING:
        return _stale(inv)
    state = BatchState.STOPPING if inv.state is State.CANCELLING else BatchState.RUNNING
    running = replace(
        batch, state=state, invoke_id=event.invoke_id, started_at=now, attempts=0, next_at=event.look_at, note=""
    )
    return _settle(
        inv, inv.with_batch(running), now, "submitted", facts={"batch": batch.no, "invoke_id": event.invoke_id}
    )


def _batch_refused(inv: Invocation, event: ev.BatchRefused, now: datetime) -> Change | Ignored:
    batch = inv.batch(event.batch)
    if batch is None or batch.state is not BatchState.DISPATCHING:
        return _stale(inv)
    results = tuple(
        Result(i, Outcome.NOT_RUN, _name(inv, i), error_code=event.code, error_info=event.message)
        for i in batch.instances
    )
    refused = replace(_done(batch, results), state=BatchState.REFUSED, note=f"{event.code}: {event.message}")
    facts = {"batch": batch.no, "code": event.code}
    return _settle(inv, inv.with_batch(refused), now, "batch_refused", facts=facts, results=results)


def _seen(inv: Invocation, event: ev.Seen, now: datetime) -> Change | Ignored:
    batch = inv.batch(event.batch)
    if batch is None or batch.state not in {BatchState.RUNNING, BatchState.STOPPING}:
        return _stale(inv)
    attempts = batch.attempts + 1 if event.note else 0
    after = inv.with_batch(
        replace(batch, finished=event.finished, next_at=event.look_at, note=event.note, attempts=attempts)
    )
    if event.finished == batch.finished and event.note == batch.note:  # only the time of the next look: no news
        return Change(inv, _turn(after), (), ())
    return _settle(inv, after, now, "seen", facts={"batch": batch.no, "finished": event.finished})


def _finished(inv: Invocation, event: ev.Finished, now: datetime) -> Change | Ignored:
    batch = inv.batch(event.batch)
    if batch is None or batch.state not in {BatchState.RUNNING, BatchState.STOPPING}:
        return _stale(inv)
    told = {r.instance: replace(r, name=r.name or _name(inv, r.instance)) for r in event.results}
    results = tuple(
        told.get(i) or Result(i, Outcome.UNKNOWN, _name(inv, i), error_info="ECS gave no result for this instance")
        for i in batch.instances
    )
    tally = {o.value: n for o, n in Counter(r.outcome for r in results).items()}
    after = inv.with_batch(_done(batch, results))
    return _settle(inv, after, now, "finished", facts={"batch": batch.no, **tally}, results=results)


def _lost(inv: Invocation, event: ev.Lost, now: datetime) -> Change | Ignored:
    batch = inv.batch(event.batch)
    if batch is None or batch.state.final or batch.state is BatchState.WAITING:
        return _stale(inv)
    results = tuple(Result(i, Outcome.UNKNOWN, _name(inv, i), error_info=event.note) for i in batch.instances)
    unknown = replace(_done(batch, results), state=BatchState.UNKNOWN, note=event.note)
    facts = {"batch": batch.no, "note": event.note}
    return _settle(inv, inv.with_batch(unknown), now, "lost", facts=facts, results=results)


# ── what they share ────────────────────────────────────────────────────────────


def final_state(inv: Invocation) -> State | None:
    """What *inv* comes to once all its batches are final; None while one is not."""
    if not inv.batches or not all(b.state.final for b in inv.batches):
        return None
    tally = inv.tally
    if Outcome.UNKNOWN in tally:
        return State.UNKNOWN
    if inv.stop_by and Outcome.CANCELLED in tally:
        return State.CANCELLED
    kinds = set(tally)
    if kinds == {Outcome.SUCCEEDED}:
        return State.SUCCEEDED
    if Outcome.SUCCEEDED in kinds:
        return State.PARTLY_FAILED
    return {frozenset({Outcome.TIMED_OUT}): State.TIMED_OUT, frozenset({Outcome.CANCELLED}): State.CANCELLED}.get(
        frozenset(kinds), State.FAILED
    )


def _settle(
    before: Invocation,
    after: Invocation,
    now: datetime,
    kind: str,
    actor: str = "",
    facts: dict[str, Any] | None = None,
    results: tuple[Result, ...] = (),
) -> Change:
    """Close *after* if all its batches are over, and say which messages that makes stale."""
    state = final_state(after)
    if state is None:
        progress = Owed(MessageKind.THREAD, delay=SETTLE)
        card = Owed(MessageKind.CARD, delay=SETTLE)
        moved = after.state is not before.state
        return _change(before, _turn(after), kind, actor, facts or {}, (card, progress) if moved else (progress,))
    assert after.plan is not None
    lost = tuple(
        Result(u.instance, Outcome.UNREACHABLE, u.name, error_code=u.why, error_info="left out before the run")
        for u in after.plan.unreachable
    )
    owed = tuple(Owed(kind, final=True) for kind in (MessageKind.CARD, MessageKind.THREAD, MessageKind.FILE))
    change = _change(before, _over(after, state, now), kind, actor, facts or {}, owed, results + lost)
    closing = Event("ended", "", before.id, {"state": state.value, **{o.value: n for o, n in after.tally.items()}})
    return replace(change, events=(*change.events, closing))


def _change(
    before: Invocation,
    after: Invocation,
    kind: str,
    actor: str,
    facts: dict[str, Any],
    owed: tuple[Owed, ...] = (),
    results: tuple[Result, ...] = (),
) -> Change:
    facts = {**facts, "state": after.state.value}
    return Change(before, after, (Event(kind, actor, before.id, facts),), owed, results)


def _turn(inv: Invocation) -> Invocation:
    """When a worker has to turn to *inv* next: the earliest of its batches."""
    times = [b.next_at for b in inv.batches if not b.state.final and b.next_at is not None]
    return replace(inv, next_at=min(times, default=None))


def _over(inv: Invocation, state: State, now: datetime) -> Invocation:
    return replace(inv, state=state, finished_at=now, next_at=None)


def _done(batch: Batch, results: tuple[Result, ...]) -> Batch:
    tally = tuple(sorted(Counter(r.outcome for r in results).items()))
    return replace(batch, state=BatchState.DONE, finished=len(results), tally=tally, next_at=None, note="")


def _cancelled(inv: Invocation, batch: Batch) -> tuple[Result, ...]:
    return tuple(Result(i, Outcome.CANCELLED, _name(inv, i), error_info="never sent") for i in batch.instances)


def _name(inv: Invocation, instance: str) -> str:
    return inv.plan.names.get(instance, "") if inv.plan else ""


def _card_and_directs(inv: Invocation, *, final: bool) -> tuple[Owed, ...]:
    """The card, and the approvers' direct messages, which all show the same decision."""
    directs = tuple(Owed(MessageKind.DIRECT, key=user, final=final) for user in (inv.ask.told if inv.ask else ()))
    return (Owed(MessageKind.CARD, final=final), *directs)


def _stale(inv: Invocation) -> Ignored:
    why = Why.ALREADY_OVER if inv.state.final else Why.CHANGED_SINCE
    return Ignored(Refusal(why, subject=inv.id, hint=inv.state.value))


_HANDLERS: dict[type[ev.Event], Callable[[Invocation, Any, datetime], Change | Ignored]] = {
    ev.Planned: _planned,
    ev.NotPlanned: _not_planned,
    ev.PlanLater: _plan_later,
    ev.Voided: _voided,
    ev.Approved: _approved,
    ev.Denied: _denied,
    ev.Expired: _expired,
    ev.StopAsked: _stop_asked,
    ev.StopSent: _stop_sent,
    ev.Dispatching: _dispatching,
    ev.SendingAgain: _sending_again,
    ev.Submitted: _submitted,
    ev.BatchRefused: _batch_refused,
    ev.Seen: _seen,
    ev.Finished: _finished,
    ev.Lost: _lost,
}
