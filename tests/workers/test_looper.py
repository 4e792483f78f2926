"""One loop for all workers: a bad job hurts nobody else, a dead worker is not hidden, stopping is orderly."""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest

from bot.urgency import Urgency
from bot.workers import looper as looping
from bot.workers.looper import Job, Looper, Report
from tests.workers.fakes import NOW, StillClock

PATIENCE = 60


class Bench:
    """A worker whose jobs a test gives: each call of `jobs` is a turn."""

    name = "bench"

    def __init__(self, *jobs: Job, next_at: datetime | None = None) -> None:
        self.todo = list(jobs)
        self.turns: list[float] = []
        self.faults = 0
        self.until = next_at
        self.on_turn: Callable[[int], None] = lambda _: None

    async def jobs(self, now: datetime) -> Sequence[Job]:
        """What is due; the first *faults* times nothing can be found."""
        self.turns.append(time.monotonic())
        self.on_turn(len(self.turns))
        await asyncio.sleep(0)
        if self.faults:
            self.faults -= 1
            raise OSError("the database is away")
        return list(self.todo)

    async def next_at(self, now: datetime) -> datetime | None:
        """As the test says."""
        return self.until


class Work:
    """A job that notes when it ran and when it ended."""

    def __init__(self, key: str, fault: BaseException | None = None, hold: asyncio.Event | None = None) -> None:
        self.key, self.fault, self.hold = key, fault, hold
        self.runs = 0
        self.begun, self.ended = asyncio.Event(), asyncio.Event()

    def job(self) -> Job:
        """It."""
        return Job(self.key, self._run)

    async def _run(self) -> None:
        self.runs += 1
        self.begun.set()
        if self.hold is not None:
            await self.hold.wait()
        if self.fault is not None:
            raise self.fault
        self.ended.set()


@pytest.fixture
def clock() -> StillClock:
    """It stands."""
    return StillClock()


async def test_a_job_that_raises_stops_no_other(clock: StillClock) -> None:
    """It is counted, and left alone for a while; then it is tried again."""
    bad, good = Work("bad", ValueError("broken")), Work("good")
    looper = Looper(Bench(bad.job(), good.job()), clock)
    assert await looper.run_once(NOW) == Report(1, 1)
    assert await looper.run_once(NOW) == Report(1, 0)
    clock.later(seconds=14)
    assert await looper.run_once(clock.now()) == Report(1, 0)
    clock.later(seconds=2)
    assert await looper.run_once(clock.now()) == Report(1, 1)
    assert (bad.runs, good.runs) == (2, 4)


async def test_what_is_remembered_of_bad_jobs_is_forgotten(clock: StillClock) -> None:
    """A million bad keys are not kept for ever."""
    bench = Bench()
    looper = Looper(bench, clock)
    for n in range(40):
        bench.todo = [Work(str(n), ValueError("broken")).job()]
        await looper.run_once(clock.later(seconds=1))
    assert len(looper._sick) <= 16
    assert not looper._busy


async def test_six_times_in_a_row(clock: StillClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that can't find its work raises; that ends the process."""
    monkeypatch.setattr(looping, "PATIENCE", timedelta(milliseconds=1))
    bench = Bench()
    bench.faults = 6
    with pytest.raises(BaseExceptionGroup) as raised:
        await Looper(bench, clock).run()
    assert isinstance(raised.value.exceptions[0], OSError)
    assert len(bench.turns) == 6


async def test_five_times_are_got_over(clock: StillClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """And counting begins anew."""
    monkeypatch.setattr(looping, "PATIENCE", timedelta(milliseconds=1))
    work, bench = Work("a"), Bench()
    looper = Looper(bench, clock)
    bench.faults, bench.todo = 5, [work.job()]
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        group.create_task(looper.run())
        await work.ended.wait()
        looper.stop()
    assert len(bench.turns) >= 6


async def test_waking_does_not_use_up_its_patience(clock: StillClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that is away for a moment fails all jobs at once, and each that ends wakes the loop."""
    monkeypatch.setattr(looping, "PATIENCE", timedelta(milliseconds=40))
    bench = Bench()
    looper = Looper(bench, clock)
    bench.faults = 3
    bench.on_turn = lambda n: looper.stop() if n == 4 else looper.wake()
    async with asyncio.timeout(PATIENCE):
        await looper.run()
    gaps = [after - before for before, after in zip(bench.turns, bench.turns[1:], strict=False)]
    assert [gap > 0.039 * n for n, gap in enumerate(gaps, start=1)] == [True, True, True]


async def test_stopping_is_at_once_even_then(clock: StillClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though it waits for the database to come back."""
    monkeypatch.setattr(looping, "PATIENCE", timedelta(hours=1))
    bench = Bench()
    looper = Looper(bench, clock)
    bench.faults = 1
    asyncio.get_running_loop().call_later(0.01, looper.stop)
    async with asyncio.timeout(PATIENCE):
        await looper.run()
    assert len(bench.turns) == 1


async def test_stop_lets_what_is_under_way_end(clock: StillClock) -> None:
    """And starts nothing more."""
    hold = asyncio.Event()
    first, second = Work("first", hold=hold), Work("second")
    bench = Bench(first.job())
    looper = Looper(bench, clock)
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        running = group.create_task(looper.run())
        await first.begun.wait()
        bench.todo.append(second.job())
        looper.stop()
        await asyncio.sleep(0)
        assert not running.done()
        hold.set()
    assert (first.ended.is_set(), second.runs) == (True, 0)


async def test_cancelled_is_never_swallowed(clock: StillClock) -> None:
    """Neither by the loop nor by a job: both end at once."""
    work = Work("a", hold=asyncio.Event())
    task = asyncio.create_task(Looper(Bench(work.job()), clock).run())
    await work.begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not work.ended.is_set()


async def test_no_two_of_one_key_at_once(clock: StillClock) -> None:
    """However often it is found while it runs."""
    hold, fifth = asyncio.Event(), asyncio.Event()
    work = Work("a", hold=hold)
    bench = Bench(work.job())
    looper = Looper(bench, clock)
    bench.on_turn = lambda n: looper.wake() if n < 5 else fifth.set()
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        group.create_task(looper.run())
        await fifth.wait()
        assert work.runs == 1
        looper.stop()
        hold.set()


async def test_no_more_at_once_than_it_may(clock: StillClock) -> None:
    """The rest is started as others end."""
    hold = asyncio.Event()
    works = [Work(str(n), hold=hold) for n in range(10)]
    bench = Bench(*(work.job() for work in works), next_at=NOW)
    bench.on_turn = lambda _: bench.todo.__setitem__(slice(None), [w.job() for w in works if not w.ended.is_set()])
    looper = Looper(bench, clock, concurrency=3)
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        group.create_task(looper.run())
        await works[2].begun.wait()
        assert sum(work.runs for work in works) == 3
        hold.set()
        await works[9].ended.wait()
        looper.stop()


async def test_a_wake_is_heard_at_once(clock: StillClock) -> None:
    """Also one that came while it looked for work."""
    bench = Bench()
    looper = Looper(bench, clock)
    bench.on_turn = lambda n: looper.wake() if n < 3 else looper.stop()
    before = time.monotonic()
    async with asyncio.timeout(PATIENCE):
        await looper.run()
    assert (len(bench.turns), time.monotonic() - before < 1) == (3, True)


@pytest.mark.parametrize("until", [None, NOW + timedelta(hours=1), NOW - timedelta(hours=1)])
async def test_it_does_not_spin(clock: StillClock, until: datetime | None) -> None:
    """Not with nothing to do, and not with work that is due and can't be done now."""
    bench = Bench(next_at=until)
    looper = Looper(bench, clock)
    asyncio.get_running_loop().call_later(0.5, looper.stop)
    async with asyncio.timeout(PATIENCE):
        await looper.run()
    assert len(bench.turns) <= 4


async def test_it_gives_way_to_who_waits_for_an_answer(clock: StillClock) -> None:
    """It looks for work as soon as nobody waits."""
    urgency, work = Urgency(crowd=1), Work("a")
    bench = Bench(work.job())
    looper = Looper(bench, clock, urgency=urgency)
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        with urgency.answering():
            group.create_task(looper.run())
            for _ in range(5):
                await asyncio.sleep(0)
            assert bench.turns == []
        await work.ended.wait()
        looper.stop()


async def test_work_goes_on_however_many_ask(clock: StillClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a while it looks all the same, and starts a few."""
    monkeypatch.setattr(looping, "YIELD", timedelta(milliseconds=1))
    hold, urgency = asyncio.Event(), Urgency(crowd=1)
    works = [Work(str(n), hold=hold) for n in range(10)]
    bench = Bench(*(work.job() for work in works), next_at=NOW)
    looper = Looper(bench, clock, urgency=urgency)
    begun: list[int] = []

    bench.on_turn = lambda _: begun.append(sum(work.runs for work in works))
    with urgency.answering():
        async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
            group.create_task(looper.run())
            await works[9].begun.wait()
            looper.stop()
            hold.set()
    assert begun[:3] == [0, looping.FEW, 2 * looping.FEW]


async def test_a_stop_need_not_wait_for_it(clock: StillClock) -> None:
    """Nothing is started after a stop, though nobody waits any more by then."""
    urgency, bench = Urgency(crowd=1), Bench(Work("a").job())
    looper = Looper(bench, clock, urgency=urgency)
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        with urgency.answering():
            group.create_task(looper.run())
            await asyncio.sleep(0)
            looper.stop()
    assert bench.turns == []


async def test_a_crowd_that_was_answered_is_about_to_ask_again(clock: StillClock) -> None:
    """Answered all at once, and asking again in a moment: it looks for work once they are gone."""
    urgency, bench = Urgency(crowd=2), Bench(Work("a").job())
    for _ in range(3):
        with urgency.answering(), urgency.answering():
            pass
        assert urgency.high
    with urgency.answering():  # one alone makes it no longer
        await urgency.ebb()
    looper = Looper(bench, clock, urgency=urgency)
    assert not urgency.high
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        bench.on_turn = lambda _: looper.stop()
        group.create_task(looper.run())
    assert len(bench.turns) == 1


async def test_a_few_who_wait_hold_nothing_up(clock: StillClock) -> None:
    """One of them may be waiting for Slack."""
    urgency, work = Urgency(crowd=3), Work("a")
    looper = Looper(Bench(work.job()), clock, urgency=urgency)
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        with urgency.answering(), urgency.answering():
            group.create_task(looper.run())
            await work.ended.wait()
            looper.stop()
