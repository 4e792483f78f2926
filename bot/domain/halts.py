"""Stopping it on some machines while it runs on elsewhere: no other machine's outcome is touched."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from bot.domain import events as ev
from bot.domain.change import Change
from bot.domain.invocation import Batch, BatchState, Halt, Invocation, State
from bot.domain.refusal import Refusal, Why
from bot.domain.result import Result
from bot.domain.settle import Ignored, cancelled, done, name, settle, stale


def halt_asked(inv: Invocation, event: ev.HaltAsked, now: datetime) -> Change | Ignored:
    """ECS is told of those that it has; those that it was not sent yet are left out, and count as stopped."""
    if inv.state.final:
        return Ignored(Refusal(Why.ALREADY_OVER, subject=inv.id, hint=inv.state.value))
    if inv.state is State.CANCELLING:
        return stale(inv)
    if all(batch.state is BatchState.WAITING for batch in inv.batches):  # what is approved, or planned, stays whole
        return Ignored(Refusal(Why.NOT_STARTED, subject=inv.id))
    after, results = inv, list[Result]()
    for batch in inv.batches:
        mine = tuple(i for i in batch.instances if i in event.instances)
        if not mine or batch.state.final:
            continue
        if batch.state is BatchState.WAITING:
            after, gone = _left_out(after, batch, mine)
            results += gone
        elif going := [i for i in mine if not _ended(batch, i)]:
            after = after.with_batch(_halting(batch, going, event.by, now))
    if after == inv:
        return Ignored(Refusal(Why.MACHINES_OVER, subject=inv.id, near=_names(inv, event.instances)))
    facts = {"machines": list(_names(inv, event.instances))}
    return settle(inv, after, now, "halt_asked", actor=event.by, facts=facts, results=tuple(results))


def seen_ended(batch: Batch, ended: Collection[str]) -> Batch:
    """*batch*, of whose machines *ended* run it no more: ECS is not told any longer to stop it there."""
    halts = tuple(replace(halt, ended=halt.ended or halt.instance in ended) for halt in batch.halts)
    if halts == batch.halts:
        return batch
    after = replace(batch, halts=halts)
    over = not after.halting and batch.state is not BatchState.STOPPING
    return replace(after, stop=None, stop_sent=False) if over else after


def _ended(batch: Batch, instance: str) -> bool:
    return any(halt.ended for halt in batch.halts if halt.instance == instance)


def _halting(batch: Batch, instances: Collection[str], by: str, now: datetime) -> Batch:
    """*batch* with a stop of *instances* that is due as soon as ECS has them, whatever came of one before."""
    known = {halt.instance for halt in batch.halts}
    halts = (*batch.halts, *(Halt(i, by) for i in instances if i not in known))
    at = now if batch.state is BatchState.RUNNING else batch.next_at
    return replace(batch, halts=halts, stop_sent=False, stop=None, next_at=at)


def _left_out(inv: Invocation, batch: Batch, mine: tuple[str, ...]) -> tuple[Invocation, tuple[Result, ...]]:
    """*batch*, which is not sent yet, without *mine*: they become a batch of their own, which is over."""
    rest = tuple(i for i in batch.instances if i not in mine)
    if not rest:
        gone = cancelled(inv, batch)
        return inv.with_batch(done(batch, gone)), gone
    apart = Batch(no=max(b.no for b in inv.batches) + 1, part=batch.part, instances=mine)
    gone = cancelled(inv, apart)
    after = inv.with_batch(replace(batch, instances=rest))
    return replace(after, batches=(*after.batches, done(apart, gone))), gone


def _names(inv: Invocation, instances: Collection[str]) -> tuple[str, ...]:
    return tuple(name(inv, i) or i for i in instances)
