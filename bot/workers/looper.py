"""One loop for all workers: find what is due, do it, wait for the next time or for a wake-up."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot import metrics
from bot.errors import StoreError
from bot.ports import Clock
from bot.urgency import Urgency

log = structlog.get_logger(__name__)

IDLE = timedelta(seconds=5)
"""The longest pause: another replica may have left work in the database without waking anybody here."""

PATIENCE = timedelta(seconds=1)
"""The pause after a worker could not find its work; as much longer each time in a row."""

AWAY = timedelta(minutes=5)
"""How long the database may be away before the process ends: whoever starts it again sees that something is wrong."""

JOBS = 16
"""Of one worker, under way at once."""

REST = 2
"""After a look for work, rest so many times as long. With a long queue each look reads much and finds little, and
whoever gives a command waits for the same database."""

_LONGEST_REST = 0.25

YIELD = timedelta(seconds=0.25)
"""While many wait for answers, a look for work is put off until they have them, by so much at most."""

FEW = 2
"""Jobs that are started after a look while many wait for answers: work goes on, in a twentieth of the time."""

_SICK = timedelta(seconds=15)
_PUT_OFF = timedelta(seconds=2)
_GIVE_UP = 6


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work. No two with the same *key* run at once."""

    key: Hashable
    run: Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Report:
    """What one turn did."""

    done: int = 0
    failed: int = 0


class Worker(Protocol):
    """Finds work; the Looper does the rest."""

    @property
    def name(self) -> str:
        """For logs and metrics."""
        ...

    async def jobs(self, now: datetime) -> Sequence[Job]:
        """What is due at *now*, the most urgent first."""
        ...

    async def next_at(self, now: datetime) -> datetime | None:
        """When there will be something to do, as far as is known."""
        ...


class Looper:
    """Runs one worker.

    A job that raises is logged, counted and left alone for 15 s: its row is still there. A
    worker that can't find its work six times in a row raises, which stops the process: a
    half-dead bot is worse than a restart. A database that is away is waited for, up to AWAY.
    """

    def __init__(
        self,
        worker: Worker,
        clock: Clock,
        concurrency: int = JOBS,
        urgency: Urgency | None = None,
        *,
        rest: float = REST,
    ) -> None:
        self.worker = worker
        self._rest = rest
        self._urgency = urgency or Urgency()
        self.turned_at = clock.now()
        self._clock = clock
        self._concurrency = concurrency
        self._wake = asyncio.Event()
        self._stopped = asyncio.Event()
        self._busy: set[Hashable] = set()
        self._ended: set[Hashable] = set()  # since the last look for work began
        self._sick: dict[Hashable, datetime] = {}

    def wake(self) -> None:
        """There may be something to do now."""
        self._wake.set()

    def stop(self) -> None:
        """Start nothing more; `run` returns when what is under way is done."""
        self._stopped.set()
        self._wake.set()

    async def run_once(self, now: datetime) -> Report:
        """Do all that is due at *now*, and return when it is done."""
        jobs = await self._due(now)
        ends = await asyncio.gather(*(self._do(job) for job in jobs))
        return Report(sum(ends), len(ends) - sum(ends))

    async def run(self) -> None:
        """Until `stop`."""
        failures, loop = 0, asyncio.get_running_loop()
        answered = loop.time()
        async with asyncio.TaskGroup() as group:
            while not self._stopped.is_set():
                await self._yield()
                if self._stopped.is_set():
                    return
                self._wake.clear()
                now, began = self._clock.now(), loop.time()
                try:
                    started, until = await self._turn(group, now)
                    failures, answered = 0, loop.time()
                except StoreError as error:
                    log.warning("database_away", worker=self.worker.name, fault=str(error))
                    if error.damaged or loop.time() - answered > AWAY.total_seconds():
                        raise
                    self.turned_at = now
                    await _within(self._stopped.wait(), PATIENCE)
                except Exception:
                    failures += 1
                    log.exception("worker_failed", worker=self.worker.name, failures=failures)
                    if failures >= _GIVE_UP:
                        raise
                    self.turned_at = now
                    await _within(self._stopped.wait(), PATIENCE * failures)  # nothing wakes it: all may be failing
                else:
                    self.turned_at, looked = now, loop.time()
                    await self._pause(until, now, moved=started > 0)
                    rested = looked + min(self._rest * (looked - began), _LONGEST_REST)
                    await _within(self._stopped.wait(), timedelta(seconds=max(rested - loop.time(), 0)))

    async def _turn(self, group: asyncio.TaskGroup, now: datetime) -> tuple[int, datetime | None]:
        """How many jobs were started, and when there is more to do. Without room there is nothing to look for."""
        if len(self._busy) >= self._concurrency:
            return 0, None  # the end of a job wakes it
        started = self._start(group, await self._due(now))
        return started, await self.worker.next_at(now)

    def _start(self, group: asyncio.TaskGroup, jobs: Sequence[Job]) -> int:
        room = self._concurrency - len(self._busy)
        if self._urgency.high:
            room = min(room, FEW)
        for job in jobs[:room]:
            self._busy.add(job.key)
            group.create_task(self._do(job), name=f"{self.worker.name}:{job.key}")
        return len(jobs[:room])

    async def _due(self, now: datetime) -> list[Job]:
        self._sick = {key: until for key, until in self._sick.items() if until > now}
        self._ended.clear()
        found = await self.worker.jobs(now)
        # a job that ended while the rows were read may be found as it stood before: the next look sees it as it is
        taken = self._busy | self._ended | self._sick.keys()
        return [job for job in found if job.key not in taken]

    async def _do(self, job: Job) -> bool:
        name = self.worker.name
        try:
            with metrics.JOB_SECONDS.labels(name).time(), metrics.IN_FLIGHT.labels(name).track_inprogress():
                await job.run()
        except Exception as error:
            if isinstance(error, StoreError):
                log.warning("job_put_off", worker=name, job=str(job.key), fault=str(error))
            else:
                log.exception("job_failed", worker=name, job=str(job.key))
            metrics.JOBS.labels(name, "failed").inc()
            self._sick[job.key] = self._clock.now() + (_PUT_OFF if isinstance(error, StoreError) else _SICK)
            return False
        else:
            metrics.JOBS.labels(name, "done").inc()
            return True
        finally:
            self._busy.discard(job.key)
            self._ended.add(job.key)
            self._wake.set()

    async def _yield(self) -> None:
        """Those who wait for an answer go first: they have three seconds, and what is due here has more."""
        if self._urgency.high and not self._stopped.is_set():
            await _within(self._urgency.ebb(), YIELD)

    async def _pause(self, until: datetime | None, now: datetime, *, moved: bool) -> None:
        """Until the next time, a wake-up, or IDLE. Work that is due but can't start now waits for a job to end."""
        span = IDLE if until is None else min(until - now, IDLE)
        if span <= timedelta(0):
            span = timedelta(milliseconds=200) if not moved else timedelta(milliseconds=20)
        await _within(self._wake.wait(), span)


async def _within(event: Awaitable[object], span: timedelta) -> None:
    """Return when *event* comes, or after *span*."""
    try:
        async with asyncio.timeout(span.total_seconds()):
            await event
    except TimeoutError:
        return
