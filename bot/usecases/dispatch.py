"""From a queued invocation to runs in the cloud: each batch once, whatever happens on the way."""

import hashlib
from datetime import timedelta

import structlog

from bot.domain import events as ev
from bot.domain.change import Change, Event
from bot.domain.cohorts import lanes
from bot.domain.decide import Ignored
from bot.domain.invocation import About, Batch, BatchState, Invocation, State
from bot.domain.pacing import CLAIM, SEEKS, TOKEN_BUDGET, back_off
from bot.domain.refusal import Refusal, Why
from bot.errors import ClaimTaken, CloudError, CloudRefused, CloudTryAgain
from bot.ports import Cloud, Order, Tag
from bot.usecases.about import about
from bot.usecases.desk import Desk, move
from bot.usecases.objection import authority_ended, objection
from bot.usecases.plan import PATIENCE, waited, words
from bot.usecases.spans import Spans

log = structlog.get_logger(__name__)

TAG = "ecs-chatops"
"""Every run of ours carries this tag with the value `run`, and `ecs-chatops-id` with the invocation's id.

`ecs-chatops-pace`, `-cohort`, `-half`, `-quarter` and `-eighth` are those by which it can be listed with some others
alone.
"""

_LANES = ("pace", "cohort", "half", "quarter", "eighth")


def tag_of(lane: str) -> Tag:
    """The tag of all runs of ours that are listed in *lane*; empty: of all."""
    if not lane:
        return (TAG, "run")
    return (f"{TAG}-{_LANES[lane.count('.')]}", lane)


def run_name(invocation: str, batch: int) -> str:
    """RunCommand's Name; the machine's agent puts it into a path, so it is [A-Za-z0-9_-] only."""
    return f"ecs-{invocation}-{batch}"


def client_token(inv: Invocation, batch: int) -> str:
    """The same for the same batch, always: at most 64 ASCII characters."""
    digest = hashlib.sha256(f"{inv.id}/{inv.request_key}/{batch}".encode()).hexdigest()
    return f"{inv.id}-{batch}-{digest[:32]}"


@about(lambda _desk, _cloud, _spans, invocation, _no: invocation)
async def dispatch(desk: Desk, cloud: Cloud, spans: Spans, invocation: str, no: int) -> None:
    """Send one batch, or send it again with its own token, or find out what became of it."""
    inv = await desk.store.load(invocation)
    batch = inv.batch(no) if inv else None
    if inv is None or batch is None:
        return
    if batch.state is BatchState.WAITING:
        sent = await _first(desk, cloud, spans, inv, no)
    elif batch.state is BatchState.DISPATCHING:
        sent = await _again(desk, cloud, inv, batch)
    else:
        return
    if sent is not None and (claimed := sent.after.batch(no)) is not None:
        await _call(desk, cloud, sent.after, claimed)


async def _first(desk: Desk, cloud: Cloud, spans: Spans, inv: Invocation, no: int) -> Change | None:
    """Claim a waiting batch: its token is stored before the call. The first of an invocation checks authority again."""
    if inv.state is State.QUEUED and (event := await objection(desk, cloud, inv)) is not None:
        await move(desk, inv.id, event)
        return None
    if inv.state is State.RUNNING and (ended := await authority_ended(desk, inv)) is not None:
        await move(desk, inv.id, ev.BatchRefused(no, ev.Unsent.NO_LONGER_ALLOWED, ended.why.value))
        return None
    assert inv.plan is not None
    its = await spans.lane(inv.snippet, inv.target, inv.plan.account, inv.plan.region, run_name(inv.id, no))
    claim = ev.Dispatching(no, client_token(inv, no), desk.clock.now() + CLAIM, its)
    try:
        decision = await move(desk, inv.id, claim)
    except ClaimTaken as taken:
        await move(desk, inv.id, _wait_for(desk, inv, taken.holder))
        return None
    return decision if isinstance(decision, Change) else None


def _wait_for(desk: Desk, inv: Invocation, holder: str) -> ev.Event:
    """Another invocation has the target to itself: wait for its end, but not for long."""
    if waited(inv, desk.clock.now()) > PATIENCE:
        return ev.Voided(Refusal(Why.EXCLUSIVE, subject=inv.snippet, target=inv.target, hint=holder))
    return ev.Later(desk.clock.now() + timedelta(seconds=2), f"{holder} has {inv.target} to itself", About.WAITING)


async def _again(desk: Desk, cloud: Cloud, inv: Invocation, batch: Batch) -> Change | None:
    """Claim a batch that was sent before. A claim that ended without a note was cut off: it may have run."""
    now = desk.clock.now()
    doubt = batch.doubt or not batch.note
    if batch.sent_at is not None and now - batch.sent_at > TOKEN_BUDGET:
        await _find(desk, cloud, inv, batch, doubt=doubt, last=True)
        return None
    sought = batch.about is About.SEEKING and batch.attempts >= SEEKS
    if inv.state is State.CANCELLING or batch.halting:  # to send it again could start what somebody stopped
        await _find(desk, cloud, inv, batch, doubt=doubt, last=sought, note="stopped while it was being sent")
        return None
    if await authority_ended(desk, inv) is not None:  # it is not sent any more, but it may have run
        last = sought or not doubt
        await _find(desk, cloud, inv, batch, doubt=doubt, last=last, note="no longer allowed")
        return None
    decision = await move(desk, inv.id, ev.SendingAgain(batch.no, "", now + CLAIM, doubt))
    return decision if isinstance(decision, Change) else None


async def _call(desk: Desk, cloud: Cloud, inv: Invocation, batch: Batch) -> None:
    try:
        invoke_id = await _send(desk, cloud, _order(inv, batch))
    except CloudRefused as error:
        if batch.doubt:  # this no may be to the second sending of a run that exists
            await _find(desk, cloud, inv, batch, doubt=True, note=words(error), about=None)
        else:
            await move(desk, inv.id, ev.BatchRefused(batch.no, error.code, str(error)))
    except CloudError as error:
        asked = error.after if isinstance(error, CloudTryAgain) else None
        doubt = not isinstance(error, CloudTryAgain) or (error.sent and not error.throttled)
        again_at = desk.clock.now() + back_off(batch.attempts, asked)
        note = words(error) or "no answer"
        await move(desk, inv.id, ev.SendingAgain(batch.no, note, again_at, doubt, batch.attempts))
    else:
        await _submitted(desk, inv, batch, invoke_id)


async def _submitted(desk: Desk, inv: Invocation, batch: Batch, invoke_id: str) -> None:
    """It runs as *invoke_id*. Where that comes too late to follow it, it is kept: somebody has to look at that run."""
    now = desk.clock.now()
    decision = await move(desk, inv.id, ev.Submitted(batch.no, invoke_id, now))
    known = await desk.store.load(inv.id) if isinstance(decision, Ignored) else decision.after
    there = known.batch(batch.no) if known else None
    if there is None or not (there.state.final or there.invoke_id != invoke_id):
        return
    log.error("submitted_late", invocation=inv.id, batch=batch.no, invoke_id=invoke_id)
    if there.invoke_id != invoke_id:
        event = Event("submitted_late", "", inv.id, {"batch": batch.no, "invoke_id": invoke_id})
        await desk.store.record(event, now)


async def _send(desk: Desk, cloud: Cloud, order: Order) -> str:
    """RunCommand, unless the claim is over: a process that stood still in between must not send an old token."""
    if order.not_after is not None and desk.clock.now() > order.not_after:
        raise CloudTryAgain("RunCommand was not sent: its time is over", sent=False)
    return await cloud.run(order)


async def _find(
    desk: Desk,
    cloud: Cloud,
    inv: Invocation,
    batch: Batch,
    *,
    doubt: bool,
    last: bool = False,
    note: str = "",
    about: About | None = About.SEEKING,
) -> None:
    """Look for a run by the name and tag that it would carry. Not found at *last*: unknown, never run again.

    *about* None: not found, it is sent again.
    """
    assert inv.plan is not None
    now = desk.clock.now()
    try:
        plan = inv.plan
        found = await cloud.find(plan.account, plan.region, run_name(inv.id, batch.no), (f"{TAG}-id", inv.id))
    except CloudError as error:
        found, note = None, note or words(error)
        last = last and batch.sent_at is not None and now - batch.sent_at > 2 * TOKEN_BUDGET
    if found:
        await move(desk, inv.id, ev.Submitted(batch.no, found, now))
    elif last and not doubt:
        await move(
            desk,
            inv.id,
            ev.BatchRefused(batch.no, ev.Unsent.NOT_SENT, note or batch.note or "ECS took no call in time"),
        )
    elif last:
        await move(desk, inv.id, ev.Lost(batch.no, note or "no answer to RunCommand, and no run with its name and tag"))
    else:
        again_at = now + back_off(batch.attempts)
        await move(desk, inv.id, ev.SendingAgain(batch.no, note or "not found yet", again_at, doubt, about=about))


def _order(inv: Invocation, batch: Batch) -> Order:
    assert inv.plan is not None
    part = inv.plan.parts[batch.part]
    return Order(
        account=inv.plan.account,
        region=inv.plan.region,
        name=run_name(inv.id, batch.no),
        shell=part.shell,
        content=part.content,
        instances=batch.instances,
        timeout=inv.plan.timeout,
        client_token=batch.client_token,
        user=inv.plan.user,
        tags=(tag_of(""), (f"{TAG}-id", inv.id), (f"{TAG}-by", inv.requester), *map(tag_of, lanes(batch.lane))),
        not_after=batch.next_at,
    )
