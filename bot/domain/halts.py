"""Stopping it on some machines while it runs on elsewhere: no other machine's outcome is touched.

Once somebody was told yes nothing starts it there. Which it is, is known of each batch:

* ECS has it: it is told to stop those machines, until they run it no more.
* It is sure that nothing of it runs (`unsent`): they are left out, at once or as soon as that is sure, and the others
  are sent without them.
* A call is under way, or it is in doubt: its token is not sent again, for that could start it there. It is looked for
  by its name and tag. Found, ECS is told to stop those machines; not found in time, it is unknown on all of them.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from bot.domain import events as ev
from bot.domain.change import Change
from bot.domain.invocation import Batch, BatchState, Halt, Invocation, State
from bot.domain.refusal import Refusal, Why
from bot.domain.result import Result
from bot.domain.settle import Ignored, cancelled, done, name, settle, stale, unsent


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
        if unsent(batch):
            after, gone = left_out(after, batch, mine)
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


def left_out(inv: Invocation, batch: Batch, mine: Collection[str] = ()) -> tuple[Invocation, tuple[Result, ...]]:
    """*batch*, of which nothing runs, without *mine* and what was halted before: these are over, in one of their own.

    ECS may know the token of one that it turned away, and takes it for no other set of machines: that token goes with
    them, and the rest is a new batch.
    """
    out = {*mine, *batch.halting}
    go = tuple(i for i in batch.instances if i in out)
    stay = tuple(i for i in batch.instances if i not in out)
    new = Batch(no=max(b.no for b in inv.batches) + 1, part=batch.part, instances=go)
    halts = tuple(replace(halt, ended=True) for halt in batch.halts)
    apart, rest = replace(batch, instances=go, halts=halts), replace(new, instances=stay, next_at=batch.next_at)
    if stay and batch.state is BatchState.WAITING:
        apart, rest = new, replace(batch, instances=stay)
    gone = cancelled(inv, apart)
    others = (b for b in inv.batches if b.no != batch.no)
    parts = (*others, done(apart, gone), *((rest,) if stay else ()))
    return replace(inv, batches=tuple(sorted(parts, key=lambda b: b.no))), gone


def _names(inv: Invocation, instances: Collection[str]) -> tuple[str, ...]:
    return tuple(name(inv, i) or i for i in instances)
