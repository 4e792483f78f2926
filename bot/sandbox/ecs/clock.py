"""Time as the region sees it: the wall's, or a test's own."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What the region needs of time: *now* in UTC, and sleeps, so many seconds or until a moment."""

    def now(self) -> datetime: ...

    async def sleep(self, seconds: float) -> None: ...

    async def sleep_until(self, moment: datetime) -> None: ...


class SystemClock:
    """The time of this computer."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def sleep_until(self, moment: datetime) -> None:
        await self.sleep((moment - self.now()).total_seconds())


class ManualClock:
    """A clock that stands still until :meth:`advance` moves it.

    It starts at the real time unless told otherwise. Sleepers wake in the order of
    their deadlines, each seeing its own deadline as *now*.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self._now = start or datetime.now(UTC)
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        waker: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + timedelta(seconds=seconds), next(self._order), waker))
        await waker

    async def sleep_until(self, moment: datetime) -> None:
        await self.sleep((moment - self._now).total_seconds())

    @property
    def sleeping(self) -> int:
        """How many sleepers wait on this clock."""
        return sum(not waker.done() for _, _, waker in self._sleepers)

    async def advance(self, seconds: float) -> None:
        """Move *seconds* on, waking whoever is due on the way, and let them act."""
        end = self._now + timedelta(seconds=seconds)
        await _settle()
        while self._sleepers and self._sleepers[0][0] <= end:
            deadline, _, waker = heapq.heappop(self._sleepers)
            if waker.done():
                continue
            self._now = max(self._now, deadline)
            waker.set_result(None)
            await _settle()
        self._now = end
        await _settle()


async def _settle() -> None:
    """Give tasks that are ready a few turns of the loop: no time passes."""
    for _ in range(30):
        await asyncio.sleep(0)
