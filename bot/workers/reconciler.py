"""Finds runs in the bot's name that its database does not know, and tells of them. It never stops or runs anything."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from bot import metrics
from bot.ports import Cloud
from bot.usecases.desk import Desk
from bot.usecases.reconcile import Strays, Warnings, reconcile, tell
from bot.workers.looper import Job

FIRST = timedelta(minutes=1)
"""After a start: sends that were cut off are taken up before."""

_TELL = "tell"

Place = tuple[str, str]


class Reconciler:
    """One job per account and region that targets name, every so often; one that tells what was found."""

    name = "reconciler"

    def __init__(self, desk: Desk, cloud: Cloud, book: Strays, chat: Warnings, every: timedelta | None) -> None:
        self._desk = desk
        self._cloud = cloud
        self._book = book
        self._chat = chat
        self._every = every
        self._round_at = desk.clock.now() + min(every or FIRST, FIRST)

    async def jobs(self, now: datetime) -> Sequence[Job]:
        """A round where it is time for one; the telling, where there is something to tell."""
        jobs = []
        if self._every is not None and self._round_at <= now:
            self._round_at = now + self._every
            places = {(target.account, target.region) for target in self._desk.catalog().targets.values()}
            jobs = [Job(place, partial(self._reconcile, place)) for place in sorted(places)]
        if (at := await self._book.untold()) is not None and at <= now:
            jobs.append(Job(_TELL, partial(tell, self._desk, self._book, self._chat)))
        return jobs

    async def next_at(self, now: datetime) -> datetime | None:
        """The next round, or what is still to be told."""
        times = [await self._book.untold(), self._round_at if self._every is not None else None]
        return min((at for at in times if at is not None), default=None)

    async def _reconcile(self, place: Place) -> None:
        metrics.STRAYS.inc(await reconcile(self._desk, self._cloud, self._book, *place))
