"""What time alone brings about: requests for approval that nobody answered expire."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from bot.domain.invocation import State
from bot.usecases.control import expire
from bot.usecases.desk import Desk
from bot.workers.looper import Job

_STATES = (State.AWAITING_APPROVAL,)


class Sweeper:
    """One job per invocation whose time for approval is over."""

    name = "sweeper"

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def jobs(self, now: datetime) -> Sequence[Job]:
        """Those whose time is over."""
        due = await self._desk.store.due(_STATES, now, limit=100)
        return [Job(inv.id, partial(self._expire, inv.id)) for inv in due]

    async def next_at(self, now: datetime) -> datetime | None:
        """The next to expire."""
        return await self._desk.store.next_due(_STATES)

    async def _expire(self, invocation: str) -> None:
        await expire(self._desk, invocation)
