"""One message owed to Slack, delivered as the newest state makes it; and what to do where Slack says no."""

from datetime import timedelta
from enum import StrEnum

import structlog

from bot.domain import events as ev
from bot.domain.change import Event
from bot.domain.invocation import Invocation
from bot.domain.message import MessageKind, OutboxRow, Owed, Place
from bot.domain.pacing import back_off
from bot.domain.sharing import SEEN_BY_OTHERS
from bot.errors import ChatError, ChatMessageGone, ChatNotTaken, ChatPlaceClosed, ChatShut, ChatTryAgain, StoreError
from bot.ports import Chat
from bot.usecases.about import about
from bot.usecases.desk import Desk, move, since

log = structlog.get_logger(__name__)

GIVE_UP = timedelta(hours=24)
"""After this a message that Slack still does not take is given up, with an event."""

_TRIES = 10
"""So often in a row it must have failed, besides: what is said of an old invocation is not old itself."""

NOTING = 12
"""How often a delivery is noted before it is given up: some three minutes."""

_OF_RESULTS = frozenset({MessageKind.THREAD, MessageKind.FILE, MessageKind.RECORD, MessageKind.SHARE})

_ELSEWHERE = frozenset(
    {
        MessageKind.DIRECT,
        MessageKind.REMINDER,
        MessageKind.PRIVATE,
        MessageKind.RECORD,
        MessageKind.STALE,
        MessageKind.SHARE,
    }
)
"""To one person or another channel, or to be deleted: that it can't be done says nothing of where the invocation's
home is."""


class Fate(StrEnum):
    """What became of one delivery."""

    DELIVERED = "delivered"
    LIMITED = "limited"  # Slack said when to come back
    FAILED = "failed"  # tried again later
    MOVED = "moved"  # to the requester's direct messages
    GIVEN_UP = "given_up"
    SHUT = "shut"  # Slack refuses the bot itself


@about(lambda _desk, _chat, row: row.invocation)
async def notify(desk: Desk, chat: Chat, row: OutboxRow) -> tuple[Fate, timedelta]:
    """Deliver *row*; its fate, and for LIMITED how long Slack asked to wait."""
    inv = await desk.store.load(row.invocation)
    assert inv is not None, "an outbox row without its invocation: the schema forbids it"
    results = await desk.store.results(inv.id) if row.kind in _OF_RESULTS else ()
    try:
        place = await chat.deliver(row, inv, results, row.home)
    except ChatError as error:
        return await _fault(desk, inv, row, error)
    await _note(desk, row, place)
    return Fate.DELIVERED, timedelta(0)


async def void(desk: Desk, chat: Chat, row: OutboxRow) -> bool:
    """Is there nothing to send for *row*? Then it is owed no longer, and costs nothing of what Slack allows."""
    inv = await desk.store.load(row.invocation)
    assert inv is not None, "an outbox row without its invocation: the schema forbids it"
    if not await chat.void(row, inv, await desk.store.results(inv.id)):
        return False
    await _note(desk, row, None)
    return True


async def _note(desk: Desk, row: OutboxRow, place: Place | None) -> None:
    """Slack has it: a database that is away is waited for, as what is not noted would be said twice."""
    for attempt in range(1, NOTING):
        try:
            return await desk.store.delivered(row, place)
        except StoreError:
            log.warning("not_noted", invocation=row.invocation, message=row.kind.value, attempts=attempt)
            await desk.clock.sleep(back_off(attempt))
    return await desk.store.delivered(row, place)


async def _fault(desk: Desk, inv: Invocation, row: OutboxRow, error: ChatError) -> tuple[Fate, timedelta]:
    now = desk.clock.now()
    log.warning("not_delivered", invocation=inv.id, message=row.kind.value, code=error.code, attempts=row.attempts)
    asked = timedelta(0)
    match error:
        case ChatMessageGone() if row.kind is MessageKind.SHARE and error.code == "message_not_found":
            fate = await _give_up(desk, inv, row, error)  # they took it away: it is not put there again
        case ChatMessageGone():
            fate = Fate.FAILED
            await desk.store.postpone(row, now, forget_place=True)
        case ChatPlaceClosed():
            fate = await _closed(desk, inv, row, error)
        case ChatNotTaken():
            fate = await _give_up(desk, inv, row, error)
        case ChatShut():
            fate = Fate.SHUT
            await desk.store.postpone(row, now + timedelta(seconds=15))
        case ChatTryAgain(after=float(after)):
            fate, asked = Fate.LIMITED, timedelta(seconds=after)
            await desk.store.postpone(row, now)  # its budget is shut so long; results may go by another
        case _ if row.attempts >= _TRIES and since(inv.finished_at or inv.created_at, now) > GIVE_UP.total_seconds():
            fate = await _give_up(desk, inv, row, error)
        case _:
            fate = Fate.FAILED
            await desk.store.postpone(row, now + back_off(row.attempts + 1))
    return fate, asked


async def _closed(desk: Desk, inv: Invocation, row: OutboxRow, error: ChatError) -> Fate:
    """The bot can't write there: the card and all that follows go to the requester, who is told why."""
    if row.kind in _ELSEWHERE or inv.home == inv.requester:
        return await _give_up(desk, inv, row, error)
    event = Event("home_moved", "", inv.id, {"from": inv.home, "to": inv.requester, "code": error.code})
    told = {"notice": "not_in_channel", "channel": inv.home, "code": error.code}
    notice = Owed(MessageKind.PRIVATE, key=f"{inv.requester} {inv.home}", payload=told)
    owed = [Owed(MessageKind.CARD, final=inv.state.final), notice]
    if inv.state.final or inv.started_at is not None:
        owed.append(Owed(MessageKind.THREAD, final=inv.state.final))
    await desk.store.move_home(inv.id, inv.requester, event, owed, desk.clock.now())
    return Fate.MOVED


async def _give_up(desk: Desk, inv: Invocation, row: OutboxRow, error: ChatError) -> Fate:
    log.error("given_up", invocation=inv.id, message=row.kind.value, code=error.code)
    event = Event("not_told", "", inv.id, {"message": row.kind.value, "key": row.key, "code": error.code})
    gone = deleted = False
    if row.kind is MessageKind.SHARE:
        # First of all: a crash before the row is given up leaves a row that is owed for nothing, and so forgets its
        # place. The other way round the copy would be put there again.
        gone, deleted = isinstance(error, ChatMessageGone), error.code == SEEN_BY_OTHERS
        stands = "" if gone or row.place is None else row.place.ts or ""
        await move(desk, inv.id, ev.Unshared(row.key, error.code, taken_away=gone, stands=stands))
    await desk.store.abandon(row, event, desk.clock.now(), forget_place=gone or deleted)
    return Fate.GIVEN_UP
