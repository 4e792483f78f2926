"""What machines printed, read once more from where it is stored. Nothing here runs anything."""

from dataclasses import replace

from bot.domain.access import UserId
from bot.domain.change import Change, Event
from bot.domain.invocation import Invocation
from bot.domain.message import MessageKind, Owed
from bot.domain.refusal import Refusal, Why
from bot.usecases.desk import Desk


async def take(desk: Desk, user: UserId, invocation: str) -> Invocation | Refusal:
    """Owe *user* the whole record as a file. Who may read it was asked before: they stand where it is shown.

    In the trail it is an event of its own: what leaves the channel is known to have left.
    """
    while True:
        inv = await desk.store.load(invocation)
        if inv is None:
            return Refusal(Why.UNKNOWN_INVOCATION, subject=invocation)
        if not await desk.store.results(inv.id):
            return Refusal(Why.NOTHING_PRINTED, subject=inv.id)
        event = Event("taken", user, inv.id)
        owed = Owed(MessageKind.RECORD, key=user, final=inv.state.final)
        if await desk.store.apply(Change(inv, replace(inv), (event,), (owed,)), desk.clock.now()):
            desk.wake()
            return inv
