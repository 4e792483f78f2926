"""What every decision ends with: the change, its event, and the messages that it makes stale."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain.change import Change, Event
from bot.domain.invocation import Batch, BatchState, Invocation, State
from bot.domain.message import MessageKind, Owed
from bot.domain.refusal import Refusal, Why
from bot.domain.result import Outcome, Result

SETTLE = timedelta(seconds=1)
"""How long a message that only shows progress waits for a newer one: chat.update is scarce, the end often near."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """The event changes nothing here: it came twice, too late, or from the wrong person. *why* can be told."""

    why: Refusal


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


def settle(
    before: Invocation,
    after: Invocation,
    now: datetime,
    kind: str,
    *,
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
        news = (card, progress, *_glass_directs(after)) if moved else (progress,)
        return change(before, turn(after), kind, actor=actor, facts=facts, owed=news, results=results)
    assert after.plan is not None
    lost = tuple(
        Result(u.instance, Outcome.UNREACHABLE, u.name, error_code=u.why, error_info="left out before the run")
        for u in after.plan.unreachable
    )
    owed = tuple(Owed(kind, final=True) for kind in (MessageKind.CARD, MessageKind.THREAD, MessageKind.FILE))
    owed += directs(after, final=True)
    if state is State.UNKNOWN:
        owed += (Owed(MessageKind.ALERT, final=True),)
    closed = change(before, over(after, state, now), kind, actor=actor, facts=facts, owed=owed, results=results + lost)
    closing = Event("ended", "", before.id, {"state": state.value, **{o.value: n for o, n in after.tally.items()}})
    return replace(closed, events=(*closed.events, closing))


def change(
    before: Invocation,
    after: Invocation,
    kind: str,
    *,
    actor: str = "",
    facts: dict[str, Any] | None = None,
    owed: tuple[Owed, ...] = (),
    results: tuple[Result, ...] = (),
) -> Change:
    """*before* becomes *after*: with one event, the messages owed and the results to store."""
    event = Event(kind, actor, before.id, {**(facts or {}), "state": after.state.value})
    return Change(before, after, (event,), owed, results)


def turn(inv: Invocation) -> Invocation:
    """When a worker has to turn to *inv* next: the earliest of its batches."""
    times = [b.next_at for b in inv.batches if not b.state.final and b.next_at is not None]
    return replace(inv, next_at=min(times, default=None))


def over(inv: Invocation, state: State, now: datetime) -> Invocation:
    """Close it in *state*. What may still run keeps the target to itself until somebody has looked."""
    claim = inv.claim if state is State.UNKNOWN else None
    idle = tuple(replace(b, next_at=None) for b in inv.batches)
    return replace(inv, state=state, finished_at=now, next_at=None, batches=idle, claim=claim)


def done(batch: Batch, results: tuple[Result, ...]) -> Batch:
    """*batch* over, with these results."""
    tally = tuple(sorted(Counter(r.outcome for r in results).items()))
    return replace(
        batch,
        state=BatchState.DONE,
        finished=len(results),
        tally=tally,
        next_at=None,
        stop=None,
        note="",
        about=None,
        glimpse="",
    )


def unsent(batch: Batch) -> bool:
    """Is it sure that nothing of *batch* runs? Never sent, or turned away each time, and no call is under way."""
    turned_away = batch.state is BatchState.DISPATCHING and bool(batch.note) and not batch.doubt
    return batch.state is BatchState.WAITING or turned_away


def cancelled(inv: Invocation, batch: Batch) -> tuple[Result, ...]:
    """A result for each instance of a batch of which nothing ran."""
    return tuple(Result(i, Outcome.CANCELLED, name(inv, i), error_info="never sent") for i in batch.instances)


def name(inv: Invocation, instance: str) -> str:
    """The name of *instance*, as the plan knows it."""
    return inv.plan.names.get(instance, "") if inv.plan else ""


def card_and_directs(inv: Invocation, *, final: bool) -> tuple[Owed, ...]:
    """The card, and the approvers' direct messages, which all show the same decision."""
    return (Owed(MessageKind.CARD, final=final), *directs(inv, final=final))


def directs(inv: Invocation, *, final: bool) -> tuple[Owed, ...]:
    """The direct messages to those approvers who were written to: they, too, want to know what came of it."""
    told = inv.ask.told if inv.ask else ()
    return tuple(Owed(MessageKind.DIRECT, key=user, final=final) for user in told)


def _glass_directs(inv: Invocation) -> tuple[Owed, ...]:
    """Under break-glass approvers are told that it runs now, and can review it from then on."""
    return directs(inv, final=False) if inv.break_glass else ()


def stale(inv: Invocation) -> Ignored:
    """The event comes too late, or twice."""
    why = Why.ALREADY_OVER if inv.state.final else Why.CHANGED_SINCE
    return Ignored(Refusal(why, subject=inv.id, hint=inv.state.value))
