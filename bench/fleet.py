"""Ten to ten thousand runs in flight, in ten regions: what following them costs, and how late ends are seen.

The poller, its loop and the store are the bot's own, on the machine's clock. ECS is in this process and answers at
once; the poller keeps to 120 calls of each API in a region and minute. Each end brings 24 KB that fold with nothing,
and a new run begins in its place. The lengths are those of the mix, stretched so that ten thousand in flight end
twenty thousand times an hour.
"""

import asyncio
import json
import logging
import os
import random
import sys
import tempfile
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from typing import Any

import structlog

from bench.bound import at_best, hazard
from bench.lateness import PER_MINUTE, before
from bench.mix import LONG, MEAN, MIDDLING, SHORT, durations
from bench.past import desk_at
from bench.processes import resident, started
from bot import pauses
from bot.domain.catalog import Shell
from bot.domain.cohorts import lanes
from bot.domain.invocation import Batch, BatchState, Invocation, State
from bot.domain.plan import Part, Plan
from bot.domain.result import Outcome, Result
from bot.domain.runs import PAGE
from bot.domain.spans import REMEMBERED
from bot.parts import SystemClock
from bot.ports import Report, Running, Tag
from bot.store import SqlStore, open_store
from bot.usecases.dispatch import tag_of
from bot.usecases.spans import Spans
from bot.workers.looper import Looper
from bot.workers.poller import REST, Poller

SIZES = (10, 100, 1_000, 10_000)
REGIONS = tuple(f"cn-bench-{n}" for n in range(10))
STRETCH = 1_800.0 / MEAN
"""Half an hour on average: 10,000 of these in flight end 20,000 times an hour."""

WARM, MEASURED = 18.0, (20.0, 60.0)
"""Seconds: until what was saved up of calls is spent, and then for the smaller ones and the largest. Of ten thousand
some three hundred end in them."""

MOMENTS = 12
"""At which the bound is worked out, of those."""

OUTPUT = 24 * 1024


@dataclass(frozen=True)
class Fleet:
    """Of so many in flight: the share of one core, MB at most, how late ends were seen, calls a minute and region, and
    how late at best."""

    size: int
    cores: float
    megabytes: float
    late: tuple[float, ...]
    calls: float
    bound: float
    stall: float


@dataclass
class _Run:
    region: str
    invoke_id: str
    kind: str
    began: float
    ends: float
    tags: frozenset[Tag]


@dataclass
class FleetCloud:
    """ECS, in this process: by region and tag the last that began, over or not, and those that nobody was told the end
    of. *late* are the seconds from each end to the answer that told of it."""

    runs: dict[str, _Run] = field(default_factory=dict)
    rows: dict[tuple[str, Tag], deque[str]] = field(default_factory=dict)
    listed: dict[tuple[str, Tag], dict[str, _Run]] = field(default_factory=dict)
    late: list[float] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    calls: int = 0

    def begins(self, run: _Run) -> None:
        """A run that stands in the listings of its tags."""
        self.began(run.region, run.invoke_id, run.tags)
        self.runs[run.invoke_id] = run
        for tag in run.tags:
            self.listed.setdefault((run.region, tag), {})[run.invoke_id] = run

    def began(self, region: str, invoke_id: str, tags: frozenset[Tag]) -> None:
        """A row that stands there, and pushes older ones off."""
        for tag in tags:
            self.rows.setdefault((region, tag), deque(maxlen=PAGE)).appendleft(invoke_id)

    def forgets(self) -> None:
        """Lists of what is over alone, which nobody asks for."""
        self.rows = {key: rows for key, rows in self.rows.items() if key in self.listed}

    async def report(self, account: str, region: str, invoke_id: str) -> Report | None:
        """One run."""
        self.calls += 1
        return self._report(invoke_id)

    async def newest(self, account: str, region: str, tag: Tag) -> Mapping[str, Report]:
        """The fifty that began last, over or not."""
        self.calls += 1
        return {one: self._report(one) for one in self.rows.get((region, tag), ())}

    async def running(self, account: str, region: str, tag: Tag, token: str | None) -> Running:
        """A page of those that run."""
        self.calls += 1
        now, listed = time.time(), self.listed.get((region, tag), {})
        there = [one for one, run in reversed(listed.items()) if run.ends > now]
        start = int(token or 0)
        more = start + PAGE < len(there)
        return Running(dict.fromkeys(there[start : start + PAGE], frozenset()), str(start + PAGE) if more else None)

    async def running_rows(self, account: str, region: str, tag: Tag, token: str | None) -> Running:
        """The same: each has one instance."""
        return await self.running(account, region, tag, token)

    def _report(self, invoke_id: str) -> Report:
        if (run := self.runs.get(invoke_id)) is None:
            return Report(invoke_id, (Result("i-1", Outcome.SUCCEEDED, "web-1"),))  # over before anybody asked
        now = time.time()
        if run.ends > now:
            return Report(invoke_id, (), (("i-1", ""),))
        if invoke_id not in self.told:
            for tag in run.tags:
                del self.listed[run.region, tag][invoke_id]
            self.told.append(invoke_id)
            self.late.append(now - run.ends)
        return Report(invoke_id, (Result("i-1", Outcome.SUCCEEDED, "web-1", output=_noise()),))


def _noise() -> str:
    return random.randbytes(OUTPUT // 2).hex()


class _World:
    """The store, the cloud and the poller between them."""

    def __init__(self, store: SqlStore, size: int) -> None:
        self.clock = SystemClock()
        self.store = store
        self.cloud = FleetCloud()
        self.desk = desk_at(store, self.clock)
        self.spans = Spans(store)
        cloud: Any = self.cloud  # of Cloud the poller needs what it has
        self.looper = Looper(Poller(self.desk, cloud, self.spans, PER_MINUTE), self.clock, rest=REST)
        self._mix = durations(size, STRETCH)
        self._numbers = count()
        self._dice = random.Random(size)

    async def history(self) -> None:
        """Enough runs of each kind are over: how long they take is known."""
        now = self.clock.now()
        wanted = dict.fromkeys((SHORT, MIDDLING, LONG), REMEMBERED)
        while any(wanted.values()):
            kind, took = next(self._mix)
            if wanted[kind]:
                wanted[kind] -= 1
                over = self._invocation(kind, now - timedelta(seconds=took), ())
                over = replace(over, state=State.SUCCEEDED, finished_at=now)
                await self.store.add(over, [])

    async def fills(self, size: int) -> None:
        """About so many are under way, as if it had gone on for ever."""
        now = time.time()
        starts = before(size, self._dice, STRETCH)
        while portion := list(islice(starts, 250)):
            await asyncio.gather(*(self._began(kind, now + at, took) for at, kind, took in portion))
        self.cloud.forgets()

    async def goes_on(self) -> None:
        """A new one begins for each that ends."""
        replaced = 0
        while True:
            await asyncio.sleep(0.05)
            while replaced < len(self.cloud.told):  # which may grow meanwhile
                kind, took = next(self._mix)
                await self._begins(kind, time.time(), took)
                replaced += 1

    async def _began(self, kind: str, began: float, took: float) -> None:
        if began + took > time.time():
            await self._begins(kind, began, took)
            return
        region, invoke_id, line = await self._place(kind)
        self.cloud.began(region, invoke_id, _tags(line))

    async def _begins(self, kind: str, began: float, took: float) -> None:
        region, invoke_id, line = await self._place(kind)
        at = datetime.fromtimestamp(began, UTC)
        batch = Batch(1, 0, ("i-1",), BatchState.RUNNING, invoke_id, invoke_id, at, at, next_at=at, lane=line)
        self.cloud.begins(_Run(region, invoke_id, kind, began, began + took, _tags(line)))
        await self.store.add(self._invocation(kind, at, (batch,), region, invoke_id), [])

    async def _place(self, kind: str) -> tuple[str, str, str]:
        number = next(self._numbers)
        region = REGIONS[number % len(REGIONS)]
        return region, f"t-{number:07}", await self.spans.lane(kind, "web-prod", "default", region, f"run-{number}")

    def _invocation(
        self, kind: str, at: datetime, batches: tuple[Batch, ...], region: str = REGIONS[0], name: str = ""
    ) -> Invocation:
        name = name or f"over-{next(self._numbers)}"
        part = Part(Shell.BASH, "echo done\n" * 20, (("i-1", "web-1"),))
        plan = Plan(kind, "web-prod", "prod", "default", region, (), (part,), 86_400)
        return Invocation(
            id=name,
            request_key=f"fleet:{name}",
            snippet=kind,
            target="web-prod",
            params=(),
            requester="U1",
            team="T1",
            home="C1",
            created_at=at,
            state=State.RUNNING,
            plan=plan if batches else None,
            batches=batches,
            started_at=at,
            next_at=at,
        )


async def _measure(size: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        async with await open_store(f"sqlite:///{folder}/bot.db") as store:
            world = _World(store, size)
            await world.history()
            await world.fills(size)
            pauses.shorten()  # as the bot does before it serves
            tasks = [asyncio.ensure_future(work) for work in (world.looper.run(), world.goes_on())]
            await asyncio.sleep(WARM)
            cloud, stall = world.cloud, _Stall()
            cloud.late.clear()
            watching = asyncio.ensure_future(stall.watch())
            calls, used, began, since = cloud.calls, time.process_time(), time.monotonic(), time.time()
            await asyncio.sleep(MEASURED[size == max(SIZES)])
            span = time.monotonic() - began
            found = {
                "size": size,
                "cores": (time.process_time() - used) / span,
                "megabytes": resident(os.getpid()),
                "late": sorted(cloud.late),
                "calls": (cloud.calls - calls) / span * 60 / len(REGIONS),
                "bound": _bound(cloud, [since + span * n / MOMENTS for n in range(MOMENTS)]),
                "stall": stall.worst,
            }
            watching.cancel()
            world.looper.stop()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    return found


def _tags(line: str) -> frozenset[Tag]:
    return frozenset(map(tag_of, ("", *lanes(line))))


def _bound(cloud: FleetCloud, moments: Sequence[float]) -> float:
    """Of the mean region."""
    of_regions = [
        at_best(
            [
                [hazard(run.kind, at - run.began, STRETCH) for run in its if run.began <= at < run.ends]
                for at in moments
            ],
            2 * PER_MINUTE / 60,
        )
        for its in ([run for run in cloud.runs.values() if run.region == region] for region in REGIONS)
    ]
    return sum(of_regions) / len(REGIONS)


@dataclass
class _Stall:
    """The longest that the event loop stood still, in seconds."""

    worst: float = 0.0

    async def watch(self) -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.005)
            self.worst = max(self.worst, time.monotonic() - before - 0.005)


async def measure(sizes: Sequence[int] = SIZES) -> list[Fleet]:
    """Each size in a process of its own; two and a half minutes."""
    found = []
    for size in sizes:
        async with started(["-m", "bench.fleet", str(size)]) as process:
            said = json.loads(process.line)
        found.append(Fleet(**{**said, "late": tuple(said["late"])}))
    return found


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    print(json.dumps(asyncio.run(_measure(int(sys.argv[1])))), flush=True)
