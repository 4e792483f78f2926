"""What time alone brings about: approvers are reminded, and what nobody answered expires."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from bot.domain.invocation import Invocation, State
from bot.usecases.control import expire, remind
from bot.usecases.desk import Desk
from bot.workers.looper import Job

_STATES = (State.AWAITING_APPROVAL,)


class Sweeper:
    """One job per invocation whose time for approval is over, or half over."""

    name = "sweeper"

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def jobs(self, now: datetime) -> Sequence[Job]:
        """Those whose time has come."""
        due = await self._desk.store.claim_due(_STATES, now, limit=100)
        return [Job(inv.id, partial(self._sweep, inv, now)) for inv in due]

    async def next_at(self, now: datetime) -> datetime | None:
        """The next to be reminded of, or to expire."""
        return await self._desk.store.next_due(_STATES)

    async def _sweep(self, inv: Invocation, now: datetime) -> None:
        assert inv.ask is not None
        await (expire if now >= inv.ask.until else remind)(self._desk, inv.id)
