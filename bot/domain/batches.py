"""What each event makes of a batch: dispatched, submitted, seen, finished, refused, lost."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.domain import events as ev
from bot.domain.change import Change
from bot.domain.halts import left_out, seen_ended
from bot.domain.invocation import About, Batch, BatchState, Invocation, State
from bot.domain.message import MessageKind, Owed
from bot.domain.plan import Plan
from bot.domain.result import Outcome, Result
from bot.domain.settle import SETTLE, Ignored, cancelled, change, done, name, settle, stale, turn, unsent
from bot.domain.stops import looked_at


def dispatching(inv: Invocation, event: ev.Dispatching, now: datetime) -> Change | Ignored:
    batch = inv.batch(event.batch)
    if batch is None or inv.state not in {State.QUEUED, State.RUNNING} or batch.state is not BatchState.WAITING:
        return stale(inv)
    sent = replace(
        batch,
        state=BatchState.DISPATCHING,
        client_token=event.client_token,
        sent_at=now,
        attempts=1,
        next_at=event.again_at,
        lane=event.lane,
    )
    claim = claim_of(inv.plan) if inv.plan else None
    after = replace(inv.with_batch(sent), state=State.RUNNING, started_at=inv.started_at or now, claim=claim)
    return settle(inv, after, now, "dispatching", facts={"batch": batch.no, "client_token": event.client_token})


def claim_of(plan: Plan) -> str | None:
    """What an exclusive plan has to itself from its first sending to its end; None for the others."""
    return claim_name(plan.account, plan.region, plan.target) if plan.exclusive else None


def claim_name(account: str, region: str, target: str) -> str:
    """The name of the claim on a target."""
    return f"{account}/{region}/{target}"


def sending_again(inv: Invocation, event: ev.SendingAgain, now: datetime) -> Change | Ignored:
    batch = inv.batch(event.batch)
    if batch is None or batch.state is not BatchState.DISPATCHING or _not_to_be_sent(inv, batch, event):
        return stale(inv)
    doubt = batch.doubt or event.doubt
    facts = {"batch": batch.no, "note": event.note}
    begins = event.about is About.SEEKING and batch.about is not About.SEEKING
    attempts = 1 if begins else batch.attempts + 1
    again = replace(batch, attempts=attempts, next_at=event.again_at, note=event.note, about=event.about, doubt=doubt)
    if inv.state is State.CANCELLING and unsent(again):  # what somebody stopped does not start now
        gone = cancelled(inv, batch)
        return settle(inv, inv.with_batch(done(batch, gone)), now, "never_sent", facts=facts, results=gone)
    if batch.halting and unsent(again):
        after, gone = left_out(inv, again)
        return settle(inv, after, now, "never_sent", facts=facts, results=gone)
    after = inv.with_batch(again)
    if event.about is About.SEEKING:
        return settle(inv, after, now, "looking_for", facts=facts)
    return settle(inv, after, now, "sending_again", facts=facts)


def _not_to_be_sent(inv: Invocation, batch: Batch, event: ev.SendingAgain) -> bool:
    """Its claim has ended, and somebody else sends it again; or it is to be sent, and was stopped since it was
    looked at."""
    if event.attempt is not None and event.attempt != batch.attempts:
        return True
    return not event.note and (inv.state is State.CANCELLING or bool(batch.halting))


def submitted(inv: Invocation, event: ev.Submitted, now: datetime) -> Change | Ignored:
    batch = inv.batch(event.batch)
    if batch is not None and batch.state.final and batch.client_token and not batch.invoke_id:
        return _too_late(inv, batch, event)
    if batch is None or batch.state is not BatchState.DISPATCHING:
        return stale(inv)
    state = BatchState.STOPPING if inv.state is State.CANCELLING else BatchState.RUNNING
    running = replace(
        batch,
        state=state,
        invoke_id=event.invoke_id,
        started_at=now,
        attempts=0,
        next_at=now if batch.halting else event.look_at,  # a stop that was asked for meanwhile waits for nothing
        note="",
        about=None,
    )
    return settle(
        inv, inv.with_batch(running), now, "submitted", facts={"batch": batch.no, "invoke_id": event.invoke_id}
    )


def _too_late(inv: Invocation, batch: Batch, event: ev.Submitted) -> Change:
    """It was given up before ECS's answer came. That stands, and whoever has to settle it knows what to look for."""
    after = inv.with_batch(replace(batch, invoke_id=event.invoke_id))
    owed = (Owed(MessageKind.ALERT, final=True),) if inv.state is State.UNKNOWN else ()
    return change(inv, after, "submitted_late", facts={"batch": batch.no, "invoke_id": event.invoke_id}, owed=owed)


def batch_refused(inv: Invocation, event: ev.BatchRefused, now: datetime) -> Change | Ignored:
    batch = inv.batch(event.batch)
    if batch is None or batch.state not in {BatchState.WAITING, BatchState.DISPATCHING} or not inv.started_at:
        return stale(inv)
    results = tuple(
        Result(i, Outcome.NOT_RUN, name(inv, i), error_code=event.code, error_info=event.message)
        for i in batch.instances
    )
    refused = replace(done(batch, results), state=BatchState.REFUSED, note=f"{event.code}: {event.message}")
    facts = {"batch": batch.no, "code": event.code}
    return settle(inv, inv.with_batch(refused), now, "batch_refused", facts=facts, results=results)


def seen(inv: Invocation, event: ev.Seen, now: datetime) -> Change | Ignored:
    batch = inv.batch(event.batch)
    if batch is None or batch.state not in {BatchState.RUNNING, BatchState.STOPPING}:
        return stale(inv)
    attempts = batch.attempts + 1 if event.note else 0
    known = seen_ended(batch, event.ended)
    seen_so = replace(
        known,
        finished=event.finished,
        next_at=looked_at(known, event.look_at, now),
        note=event.note,
        attempts=attempts,
        glimpse=event.glimpse or batch.glimpse,
    )
    after = inv.with_batch(seen_so)
    same = event.finished == batch.finished and event.note == batch.note and known.halts == batch.halts
    if same:  # only the time of the next look, or what it prints: no event
        owed = (Owed(MessageKind.THREAD, delay=SETTLE),) if seen_so.glimpse != batch.glimpse else ()
        return Change(inv, turn(after), (), owed)
    return settle(inv, after, now, "seen", facts={"batch": batch.no, "finished": event.finished})


def finished(inv: Invocation, event: ev.Finished, now: datetime) -> Change | Ignored:
    batch = inv.batch(event.batch)
    if batch is None or batch.state not in {BatchState.RUNNING, BatchState.STOPPING}:
        return stale(inv)
    results = _told(inv, batch, event.results, "ECS gave no result for this instance")
    tally = {o.value: n for o, n in Counter(r.outcome for r in results).items()}
    after = inv.with_batch(done(batch, results))
    return settle(inv, after, now, "finished", facts={"batch": batch.no, **tally}, results=results)


def _told(inv: Invocation, batch: Batch, known: Iterable[Result], why: str) -> tuple[Result, ...]:
    """A result for each instance of *batch*: what is not *known* of one is unknown, and *why*."""
    told = {r.instance: replace(r, name=r.name or name(inv, r.instance)) for r in known}
    return tuple(told.get(i) or Result(i, Outcome.UNKNOWN, name(inv, i), error_info=why) for i in batch.instances)


def lost(inv: Invocation, event: ev.Lost, now: datetime) -> Change | Ignored:
    batch = inv.batch(event.batch)
    if batch is None or batch.state.final or batch.state is BatchState.WAITING:
        return stale(inv)
    results = _told(inv, batch, event.results, event.note)
    unknown = replace(done(batch, results), state=BatchState.UNKNOWN, note=event.note)
    facts = {"batch": batch.no, "note": event.note}
    return settle(inv, inv.with_batch(unknown), now, "lost", facts=facts, results=results)
