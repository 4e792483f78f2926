"""Turns recorded requests into plans."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from bot.domain.invocation import State
from bot.ports import Chat, Cloud
from bot.usecases.desk import Desk
from bot.usecases.plan import plan_it
from bot.workers.looper import Job

AHEAD = 32
"""Invocations that are claimed at once, twice as many as are planned at once: the rest is left to other replicas."""

_STATES = (State.PLANNING,)


class Planner:
    """One job per invocation in `planning`."""

    name = "planner"

    def __init__(self, desk: Desk, cloud: Cloud, chat: Chat) -> None:
        self._desk = desk
        self._cloud = cloud
        self._chat = chat

    async def jobs(self, now: datetime) -> Sequence[Job]:
        """Those whose time has come."""
        due = await self._desk.store.claim_due(_STATES, now, limit=AHEAD)
        return [Job(inv.id, partial(plan_it, self._desk, self._cloud, self._chat, inv)) for inv in due]

    async def next_at(self, now: datetime) -> datetime | None:
        """The next to be planned, or planned again."""
        return await self._desk.store.next_due(_STATES)
