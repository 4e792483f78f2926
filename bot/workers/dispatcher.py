"""Sends waiting batches, and those whose sending was not answered."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from bot.domain.invocation import BatchState
from bot.ports import Cloud
from bot.usecases.desk import Desk
from bot.usecases.dispatch import dispatch
from bot.usecases.spans import Spans
from bot.workers.looper import Job

AHEAD = 32
"""Invocations that are claimed at once, twice as many as are sent at once: the rest is left to other replicas."""

_STATES = (BatchState.WAITING, BatchState.DISPATCHING)


class Dispatcher:
    """One job per batch that waits to be sent; those of invocations that wait for approval are not due."""

    name = "dispatcher"

    def __init__(self, desk: Desk, cloud: Cloud, spans: Spans) -> None:
        self._desk = desk
        self._cloud = cloud
        self._spans = spans

    async def jobs(self, now: datetime) -> Sequence[Job]:
        """Those whose time has come."""
        due = await self._desk.store.claim_due_batches(_STATES, now, limit=AHEAD)
        return [
            Job((inv.id, batch.no), partial(dispatch, self._desk, self._cloud, self._spans, inv.id, batch.no))
            for inv in due
            for batch in inv.batches
            if batch.state in _STATES and batch.next_at is not None and batch.next_at <= now
        ]

    async def next_at(self, now: datetime) -> datetime | None:
        """The next to be sent, or sent again."""
        return await self._desk.store.next_due_batch(_STATES)
