"""Three replicas on one PostgreSQL against one: how many runs they carry out in a second.

Each is a process with the bot's planner, dispatcher, poller and store. ECS is within it, and answers after 50 ms. The
server writes to disk as it does by default.
"""

import asyncio
import os
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bench import past
from bench.past import SERVICE, Way
from bench.processes import Started, started
from bench.server import server
from bot.parts import SystemClock
from bot.store import open_store

RUNS = 300
MANY = 3
PATIENCE = 120.0

MEM = Way(RUNS, "logs", "web-prod", 3, params=SERVICE)


@dataclass(frozen=True)
class Work:
    """What so many *replicas* did: RUNS in so many *seconds*, with so much processor time of their own."""

    replicas: int
    seconds: float
    processor: float

    @property
    def rate(self) -> float:
        """Runs a second."""
        return RUNS / self.seconds


async def measure() -> tuple[Work, Work]:
    """One, then three, each on an empty database."""
    async with server() as running:
        one, many = [await _work(running.url(await asyncio.to_thread(running.create)), number) for number in (1, MANY)]
    return one, many


async def _work(url: str, number: int) -> Work:
    clock = SystemClock()
    async with await open_store(url) as store, AsyncExitStack() as stack:
        await past.people(store, clock.now())
        life = past.Life(store, clock, ends=False)
        for _ in range(RUNS):
            await life.asks(MEM)
        replicas = [await stack.enter_async_context(started(["-m", "bench.replica", url])) for _ in range(number)]
        before, began = _processor(replicas), time.perf_counter()
        for replica in replicas:
            replica.say("go")
        async with asyncio.timeout(PATIENCE):
            while await store.recent(1, open_only=True):
                await clock.sleep(timedelta(seconds=0.05))
        return Work(number, time.perf_counter() - began, _processor(replicas) - before)


def _processor(replicas: list[Started]) -> float:
    """Seconds that they have computed so far (utime and stime of /proc/PID/stat)."""
    ticks = 0
    for replica in replicas:
        fields = Path(f"/proc/{replica.pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
