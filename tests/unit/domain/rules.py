"""What must hold of every change that `decide` makes, and of every invocation between two of them."""

from dataclasses import replace

from bot.domain import events as ev
from bot.domain.change import Change
from bot.domain.invocation import BatchState, Invocation, State
from bot.domain.message import MessageKind

FIXED = (
    "id",
    "request_key",
    "snippet",
    "target",
    "params",
    "requester",
    "created_at",
    "version",
    "break_glass",
    "reason",
)


def change_is_sound(change: Change, event: ev.Event) -> None:
    """Whatever the event was."""
    before, after = change.before, change.after
    for name in FIXED:
        assert getattr(after, name) == getattr(before, name), name
    if before.state.final:
        settled = isinstance(event, ev.Resolved) and before.state is State.UNKNOWN
        assert after.state is before.state or settled, "a final state changes, and nobody settled it"
        assert isinstance(event, ev.Reviewed | ev.Resolved | ev.Submitted | ev.Shared | ev.Unshared)
    assert all(e.invocation == before.id for e in change.events)
    if not change.events:
        assert _but_for_times(after) == _but_for_times(before), "a change without an event"
        assert change.results == ()
        assert {owed.kind for owed in change.owed} <= {MessageKind.THREAD}, "what is printed meanwhile is no event"
    if after.state.final and not before.state.final:
        final = {owed.kind for owed in change.owed if owed.final}
        assert (MessageKind.CARD if after.plan else MessageKind.PRIVATE) in final
    if before.batches:
        assert sorted(i for b in after.batches for i in b.instances) == sorted(
            i for b in before.batches for i in b.instances
        )
    for was in before.batches:
        batch = after.batch(was.no)
        assert batch is not None
        if batch.instances != was.instances:  # what was not sent, or turned away, can be left out
            assert isinstance(event, ev.HaltAsked | ev.SendingAgain)
            assert set(batch.instances) < set(was.instances)
            token_goes_with_them = (was.state, batch.state) == (BatchState.DISPATCHING, BatchState.DONE)
            assert was.state is BatchState.WAITING or (token_goes_with_them and not was.doubt)
        late = replace(was, invoke_id=batch.invoke_id) if isinstance(event, ev.Submitted) and not was.invoke_id else was
        assert batch == late or not was.state.final or after.state.final
        if was.client_token:
            assert batch.client_token == was.client_token
        if batch.state is not was.state:
            assert (was.state, batch.state) in MOVES
    assert after.approvals[: len(before.approvals)] == before.approvals


MOVES = {
    (BatchState.WAITING, BatchState.DISPATCHING),
    (BatchState.WAITING, BatchState.DONE),  # cancelled
    (BatchState.WAITING, BatchState.REFUSED),  # no longer allowed
    (BatchState.DISPATCHING, BatchState.RUNNING),
    (BatchState.DISPATCHING, BatchState.STOPPING),
    (BatchState.DISPATCHING, BatchState.DONE),  # cancelled: ECS took nothing
    (BatchState.DISPATCHING, BatchState.REFUSED),
    (BatchState.DISPATCHING, BatchState.UNKNOWN),
    (BatchState.RUNNING, BatchState.STOPPING),
    (BatchState.RUNNING, BatchState.DONE),
    (BatchState.RUNNING, BatchState.UNKNOWN),
    (BatchState.STOPPING, BatchState.DONE),
    (BatchState.STOPPING, BatchState.UNKNOWN),
}
"""The table of batches in the design; nothing else ever happens to one."""


def invocation_is_sound(inv: Invocation) -> None:
    """Between two changes."""
    assert (inv.next_at is None) == inv.state.final, "somebody has to act exactly while it is open"
    for batch in inv.batches:
        moved_by = inv.state in {State.QUEUED, State.RUNNING, State.CANCELLING} and not batch.state.final
        assert (batch.next_at is not None) == moved_by
    assert (inv.finished_at is not None) == inv.state.final
    if inv.claim is not None:
        assert inv.state in {State.RUNNING, State.CANCELLING, State.UNKNOWN}
        assert inv.plan is not None
        assert inv.plan.exclusive
    states = {b.state for b in inv.batches}
    if inv.state in {State.QUEUED, State.AWAITING_APPROVAL, State.DENIED, State.EXPIRED, State.REFUSED}:
        assert states <= {BatchState.WAITING}
    if inv.state in {State.RUNNING, State.CANCELLING}:
        assert any(not state.final for state in states)
        assert BatchState.WAITING not in states or inv.state is State.RUNNING
    _approvals_are_sound(inv)


def _approvals_are_sound(inv: Invocation) -> None:
    people = [a.by for a in inv.approvals]
    assert len(people) == len(set(people))
    assert inv.requester not in people
    if inv.approvals:
        assert inv.ask is not None
        assert inv.plan is not None
        assert all(a.at < inv.ask.until and a.digest == inv.plan.digest for a in inv.approvals)
    sent = any(b.client_token for b in inv.batches)
    if inv.ask is not None and not inv.break_glass and (sent or inv.state is State.QUEUED):
        assert sum(a.yes for a in inv.approvals) >= inv.ask.needed
        assert all(a.yes for a in inv.approvals)


def _but_for_times(inv: Invocation) -> Invocation:
    stops = [b.stop and replace(b.stop, again_at=b.sent_at or inv.created_at, tries=0) for b in inv.batches]
    still = tuple(
        replace(b, next_at=None, attempts=0, stop=stop, glimpse="") for b, stop in zip(inv.batches, stops, strict=True)
    )
    return replace(inv, batches=still, next_at=None)
