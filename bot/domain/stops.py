"""Stopping a batch, or some of its machines: ECS is told, again and again, until it is over there."""

from dataclasses import replace
from datetime import datetime

from bot.domain import events as ev
from bot.domain.change import Change
from bot.domain.invocation import Batch, BatchState, Invocation, Stop
from bot.domain.pacing import SLOWEST_STOPPING, back_off, stop_again
from bot.domain.settle import Ignored, settle, stale, turn


def told(batch: Batch, now: datetime) -> Batch:
    """*batch* with a stop that is due at once, whatever came of one before."""
    return replace(batch, state=BatchState.STOPPING, stop_sent=False, stop=None, next_at=now)


def wanted(batch: Batch) -> tuple[str, ...]:
    """The instances of *batch* that ECS is to stop."""
    if batch.state is BatchState.STOPPING:
        return batch.instances
    return batch.halting if batch.state is BatchState.RUNNING else ()


def is_due(batch: Batch, now: datetime) -> bool:
    """Is ECS to be told to stop something of *batch* now?"""
    return bool(wanted(batch)) and (batch.stop is None or batch.stop.again_at <= now)


def looked_at(batch: Batch, look_at: datetime, now: datetime) -> datetime:
    """When somebody turns to *batch*, whose next look is at *look_at*: while it is stopping, in time for its stop."""
    if not wanted(batch):
        return look_at
    if batch.stop is None:  # the stop was asked for while this look was under way
        return now
    return min(
        look_at, max(batch.stop.again_at, now + SLOWEST_STOPPING)
    )  # a call under way is not waited for in a circle


def sent(inv: Invocation, event: ev.StopSent, now: datetime) -> Change | Ignored:
    """ECS took it. If it goes on all the same, ECS is told again: docs and agent disagree on what a stop does."""
    batch = inv.batch(event.batch)
    if batch is None or not wanted(batch):
        return stale(inv)
    tries = _tries(batch) + 1
    stop = Stop(now + stop_again(tries), tries)
    after = inv.with_batch(replace(batch, stop_sent=True, stop=stop, next_at=event.look_at))
    return settle(inv, after, now, "stop_sent", facts={"batch": batch.no})


def not_taken(inv: Invocation, event: ev.StopNotTaken, now: datetime) -> Change | Ignored:
    """It goes on, or is over: looked at now; people have to know it, and ECS is told again."""
    batch = inv.batch(event.batch)
    if batch is None or not wanted(batch):
        return stale(inv)
    tries = _tries(batch) + 1
    stop = Stop(now + back_off(tries, event.after), tries, event.note)
    after = inv.with_batch(replace(batch, stop_sent=False, stop=stop, next_at=now))
    if batch.stop is not None and batch.stop.note == event.note:  # only the time of the next try: no news
        return Change(inv, turn(after), ())
    return settle(inv, after, now, "stop_not_taken", facts={"batch": batch.no, "note": event.note})


def _tries(batch: Batch) -> int:
    return batch.stop.tries if batch.stop else 0
