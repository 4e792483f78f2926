"""Turns recorded requests into plans."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from bot.domain.invocation import State
from bot.ports import Chat, Cloud
from bot.usecases.desk import Desk
from bot.usecases.plan import plan_it
from bot.workers.looper import Job

_STATES = (State.PLANNING,)

_LOOK = 50
"""So many are read at a look: those under way, those left alone for a while, and as many as can be started."""


class Planner:
    """One job per invocation in `planning`."""

    name = "planner"

    def __init__(self, desk: Desk, cloud: Cloud, chat: Chat) -> None:
        self._desk = desk
        self._cloud = cloud
        self._chat = chat

    async def jobs(self, now: datetime) -> Sequence[Job]:
        """Those whose time has come."""
        due = await self._desk.store.claim_due(_STATES, now, limit=_LOOK)
        return [Job(inv.id, partial(plan_it, self._desk, self._cloud, self._chat, inv)) for inv in due]

    async def next_at(self, now: datetime) -> datetime | None:
        """The next to be planned, or planned again."""
        return await self._desk.store.next_due(_STATES)
