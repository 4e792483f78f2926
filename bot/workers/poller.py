"""Follows what runs: one job per account and region, so that one that is down does not hold up the others.

A stop is a job of its own: somebody waits for it, and no look that hangs may hold it up.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from bot.domain import stops
from bot.domain.invocation import BatchState
from bot.ports import Cloud
from bot.usecases.desk import Desk
from bot.usecases.follow import Followed, follow, send_stop
from bot.workers.looper import Job

_STATES = (BatchState.RUNNING, BatchState.STOPPING)


class Poller:
    """Looks at all batches of a region that are due in as few calls as the cloud adapter can."""

    name = "poller"

    def __init__(self, desk: Desk, cloud: Cloud) -> None:
        self._desk = desk
        self._cloud = cloud

    async def jobs(self, now: datetime) -> Sequence[Job]:
        """Those whose time has come: the stops, then the looks by account and region."""
        due_stops: list[Job] = []
        regions: dict[tuple[str, str], list[Followed]] = {}
        for inv in await self._desk.store.claim_due_batches(_STATES, now, limit=500):
            assert inv.plan is not None
            due = [b for b in inv.batches if b.state in _STATES and b.next_at is not None and b.next_at <= now]
            regions.setdefault((inv.plan.account, inv.plan.region), []).extend(
                (inv, batch) for batch in due if not stops.is_first(batch)
            )
            due_stops += [
                Job((inv.id, batch.no, "stop"), partial(send_stop, self._desk, self._cloud, inv, batch))
                for batch in due
                if stops.is_due(batch, now)
            ]
        looks = [
            Job(place, partial(follow, self._desk, self._cloud, *place, items))
            for place, items in regions.items()
            if items
        ]
        return [*due_stops, *looks]

    async def next_at(self, now: datetime) -> datetime | None:
        """The next look."""
        return await self._desk.store.next_due_batch(_STATES)
