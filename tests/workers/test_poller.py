"""What runs is followed to its end, and never called unknown for one bad moment."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from bot.domain.change import Change
from bot.domain.events import Finished
from bot.domain.invocation import BatchState, Invocation, State
from bot.domain.pacing import HOLD, OVERDUE_GRACE
from bot.domain.result import Outcome, Result
from bot.errors import CloudTryAgain, StoreError
from bot.slack.messages.thread import thread
from bot.store import SqlStore
from bot.usecases.control import stop
from bot.usecases.desk import move
from bot.workers.looper import Looper
from bot.workers.planner import Planner
from tests.workers.conftest import Office
from tests.workers.fakes import Hold, refused

OVERDUE = OVERDUE_GRACE + timedelta(seconds=61)


async def test_to_the_end(office: Office) -> None:
    """Its results are stored once, redacted; nobody looks again."""
    inv = await office.sent(2)
    office.cloud.ends()
    office.clock.later(seconds=1)
    assert await office.polls() == (1, 0)
    assert (await office.load(inv)).state is State.SUCCEEDED
    assert [r.output for r in await office.store.results(inv)] == ["‹redacted› fine"] * 2
    office.clock.later(hours=1)
    assert await office.polls() == (0, 0)


async def test_a_look_without_news_leaves_no_trace(office: Office) -> None:
    """No event, no message, and nothing is written: what is looked at is held in memory."""
    inv = await office.sent()
    before = await office.kinds(inv), await office.store.owed(office.clock.now() + OVERDUE, 100)
    office.clock.later(seconds=1)
    await office.polls()
    assert (await office.kinds(inv), await office.store.owed(office.clock.now() + OVERDUE, 100)) == before
    claimed = await office.batch(inv)
    assert claimed.next_at == office.clock.now() + HOLD
    for _ in range(5):
        office.clock.later(seconds=1)
        await office.polls()
    assert office.cloud.calls["report"] == 6
    assert await office.batch(inv) == claimed


async def test_one_look_for_all_of_a_region(office: Office) -> None:
    """Twenty runs, one call: it tells of all of them, with the results of those that are over."""
    invs = [await office.sent() for _ in range(20)]
    office.clock.later(seconds=1)
    assert await office.polls() == (1, 0)
    office.cloud.ends()
    office.clock.later(seconds=1)
    assert await office.polls() == (1, 0)
    assert [office.cloud.calls[ask] for ask in ("newest", "report", "running")] == [2, 0, 0]
    assert {(await office.load(inv)).state for inv in invs} == {State.SUCCEEDED}


async def test_a_region_that_is_down_holds_nobody_up(office: Office) -> None:
    """Each region is a job of its own."""
    far = await office.asks("far")
    near = await office.sent()
    await office.turns(Planner(office.desk, office.cloud, office.chat))
    await office.dispatches()
    office.cloud.ends()
    office.clock.later(seconds=1)
    office.cloud.faults["look"].append(CloudTryAgain("down"))
    assert await office.polls() == (2, 0)
    states = {(await office.load(inv)).state for inv in (far, near)}
    assert states == {State.RUNNING, State.SUCCEEDED}


async def test_not_visible_at_first(office: Office) -> None:
    """A new run need not be seen at once: it is looked for again, ever later, and then seen."""
    inv = await office.sent()
    office.cloud.visible = False
    looks = []
    for _ in range(600):
        before = office.cloud.calls["report"]
        await office.polls()
        looks += [office.clock.now()] * (office.cloud.calls["report"] - before)
        office.clock.later(seconds=0.1)
    waits = [later - sooner for sooner, later in pairwise(looks)]
    assert waits[0] < timedelta(seconds=1) < timedelta(seconds=1.5) < waits[-1]
    assert len(looks) < 60
    assert (await office.batch(inv)).note == "ECS does not show it yet"
    office.cloud.visible = True
    office.cloud.ends()
    office.clock.later(minutes=1)
    await office.polls()
    assert (await office.load(inv)).state is State.SUCCEEDED


async def test_overdue_and_still_running(office: Office) -> None:
    """Long after its timeout it is called unknown, and nothing is sent again."""
    inv = await office.sent()
    office.clock.at += OVERDUE
    await office.polls()
    assert (await office.load(inv)).state is State.UNKNOWN
    assert [r.outcome for r in await office.store.results(inv)] == [Outcome.UNKNOWN]
    office.clock.later(days=1)
    await office.dispatches()
    assert len(office.cloud.orders) == 1


async def test_overdue_and_still_running_on_one(office: Office) -> None:
    """That one is unknown; the others keep the results that were told of them with it."""
    inv = await office.sent(3)
    office.cloud.still = {"i-001"}
    office.cloud.ends()
    office.clock.later(seconds=2)
    await office.polls()
    assert (await office.batch(inv)).finished == 2
    office.clock.at += OVERDUE
    await office.polls()
    assert ((await office.load(inv)).state, (await office.batch(inv)).state) == (State.UNKNOWN, BatchState.UNKNOWN)
    results = await office.store.results(inv)
    assert [r.outcome for r in results] == [Outcome.SUCCEEDED, Outcome.UNKNOWN, Outcome.SUCCEEDED]
    assert [r.output for r in results] == ["‹redacted› fine", "", "‹redacted› fine"]
    assert "overdue" in results[1].error_info


async def test_one_bad_moment_after_a_long_stop(office: Office) -> None:
    """The bot was down for hours and the first call fails: that says nothing of the run, which ended long ago."""
    inv = await office.sent()
    office.cloud.ends()
    office.clock.later(hours=5)
    office.cloud.faults["look"].append(CloudTryAgain("down"))
    await office.polls()
    assert (await office.load(inv)).state is State.RUNNING
    office.clock.later(minutes=1)
    await office.polls()
    assert (await office.load(inv)).state is State.SUCCEEDED


async def test_one_empty_answer_after_a_long_stop(office: Office) -> None:
    """The same where ECS leaves it out of one answer."""
    inv = await office.sent()
    office.cloud.ends()
    office.cloud.visible = False
    office.clock.later(hours=5)
    await office.polls()
    assert (await office.load(inv)).state is State.RUNNING
    office.cloud.visible = True
    office.clock.later(minutes=1)
    await office.polls()
    assert (await office.load(inv)).state is State.SUCCEEDED


@pytest.mark.parametrize("how", ["down", "gone"])
async def test_not_for_ever(office: Office, how: str) -> None:
    """Overdue, and many looks in a row without an answer: unknown, within minutes."""
    inv = await office.sent()
    office.clock.at += OVERDUE
    since = office.clock.now()
    office.cloud.visible = how != "gone"
    office.cloud.faults["look"].extend([CloudTryAgain("down")] * (1000 if how == "down" else 0))
    while not (await office.load(inv)).state.final:
        await office.polls()
        office.clock.later(seconds=15)
    assert (await office.load(inv)).state is State.UNKNOWN
    assert timedelta(minutes=1) < office.clock.now() - since < timedelta(minutes=5)


async def test_a_result_that_comes_later(office: Office) -> None:
    """It is over, and not every instance has its row yet: nothing is concluded, and the row is waited for."""
    inv = await office.sent(3)
    office.cloud.ends()
    office.cloud.rowless = {"i-001"}
    for _ in range(5):
        office.clock.later(seconds=30)
        await office.polls()
        assert (await office.load(inv)).state is State.RUNNING
    assert "1 of 3" in (await office.batch(inv)).note
    office.cloud.rowless = set()
    office.clock.later(seconds=30)
    await office.polls()
    assert (await office.load(inv)).state is State.SUCCEEDED


async def test_a_result_that_never_comes(office: Office) -> None:
    """Long after its timeout that one instance is unknown; the others keep their results."""
    inv = await office.sent(3)
    office.cloud.ends()
    office.cloud.rowless = {"i-001"}
    while not (await office.load(inv)).state.final:
        assert office.clock.now() - (await office.load(inv)).created_at < 2 * OVERDUE
        office.clock.later(seconds=30)
        await office.polls()
    assert office.clock.now() - (await office.load(inv)).created_at > OVERDUE
    outcomes = [r.outcome for r in await office.store.results(inv)]
    assert outcomes == [Outcome.SUCCEEDED, Outcome.UNKNOWN, Outcome.SUCCEEDED]


class Hiccup:
    """The store, and away for the changes of one invocation."""

    def __init__(self, store: SqlStore, invocation: str) -> None:
        self._store = store
        self._invocation = invocation
        self.away = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def apply(self, change: Change, now: datetime) -> bool:
        """All but the one's."""
        if change.before.id == self._invocation and self.away:
            raise StoreError("away")
        return await self._store.apply(change, now)


async def test_a_database_that_is_away_for_one(office: Office) -> None:
    """What is known of the others is recorded when the turn is over; the one is looked at again."""
    one, *others = [await office.sent() for _ in range(3)]
    office.cloud.ends()
    office.clock.later(seconds=1)
    hiccup = Hiccup(office.store, one)
    office.desk = replace(office.desk, store=hiccup)
    office.restarts()
    assert await office.polls() == (0, 1)
    assert {(await office.load(inv)).state for inv in others} == {State.SUCCEEDED}
    hiccup.away = False
    office.clock.later(seconds=1)
    assert await office.polls() == (1, 0)
    assert (await office.load(one)).state is State.SUCCEEDED


class Claims:
    """The store, and what it named."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self.named: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def claim_due_batches(self, *args: Any, **fields: Any) -> tuple[Invocation, ...]:
        """As the store does."""
        found = await self._store.claim_due_batches(*args, **fields)
        self.named += [inv.id for inv in found]
        return found


class Forgetful:
    """A store that does not say how long runs took."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def took(self, *_: Any) -> tuple[float, ...]:
        """Away."""
        raise StoreError("the database is away")


async def test_what_goes_on_is_read_once(office: Office) -> None:
    """It is followed for minutes, and held on all the while; what somebody does to it is read at once."""
    inv, claims = await office.sent(), Claims(office.store)
    office.desk = replace(office.desk, store=claims)
    office.restarts()
    await office.passes(5 * HOLD.total_seconds())
    assert claims.named == [inv]
    held = (await office.batch(inv)).next_at
    assert held is not None
    assert held > office.clock.now()
    await stop(office.desk, "U1", inv)
    await office.polls()
    assert claims.named == [inv, inv]
    assert len(office.cloud.stopped) == 1


async def test_what_is_moved_elsewhere_is_followed_no_more(office: Office) -> None:
    """Its end is found by nobody here: it is not held on, and dropped in the end."""
    inv = await office.sent()
    office.clock.later(seconds=1)
    await office.polls()
    stored = await office.load(inv)
    over = replace(stored, batches=(replace(stored.batches[0], state=BatchState.DONE, next_at=None),))
    assert await office.store.apply(Change(stored, over, ()), office.clock.now())
    await office.passes(4 * HOLD.total_seconds())
    assert await office.poller.next_at(office.clock.now()) is None


@pytest.mark.parametrize(("listing", "number"), [("newest", 2), ("newest", 8), ("running", 60)])
async def test_a_listing_that_is_refused(office: Office, listing: str, number: int) -> None:
    """The key has no right to it, say: each run is asked for by its id, and none is called unknown."""
    invs = [await office.sent() for _ in range(number)]
    office.cloud.refuses.add(listing)
    office.clock.later(seconds=1)
    office.cloud.ends()
    await office.passes(60)
    assert {(await office.load(inv)).state for inv in invs} == {State.SUCCEEDED}
    assert office.cloud.calls[listing] < 10


async def test_a_listing_that_shows_nothing(office: Office) -> None:
    """Others fill its page, say: it is not asked in vain for ever, nor never again."""
    invs = [await office.sent() for _ in range(24)]
    office.cloud.blind = True
    office.clock.later(seconds=1)
    office.cloud.ends()
    await office.passes(60)
    assert {(await office.load(inv)).state for inv in invs} == {State.SUCCEEDED}
    assert office.cloud.calls["newest"] < 40


async def test_a_region_that_answers_nothing(office: Office) -> None:
    """Long after their time all are called unknown, whichever way they were asked for; not one by one."""
    invs = [await office.sent() for _ in range(8)]
    office.cloud.refuses |= {"newest", "running", "report"}
    await office.passes(OVERDUE.total_seconds() + 300)
    assert {(await office.load(inv)).state for inv in invs} == {State.UNKNOWN}


async def test_a_run_that_prints_is_never_out_of_sight(office: Office) -> None:
    """Each look has news, for longer than what is not named is followed: there is no gap between the looks."""
    await office.sent()
    looks = list[datetime]()
    end = office.clock.later(seconds=1) + 5 * HOLD
    while office.clock.now() < end:
        office.cloud.prints += "one more line\n"
        before = office.cloud.calls["report"]
        await office.polls()
        looks += [office.clock.now()] * (office.cloud.calls["report"] - before)
        office.clock.later(seconds=2)
    assert max(later - sooner for sooner, later in pairwise(looks)) < timedelta(seconds=25)


async def test_the_database_goes_away_after_it_named_a_run(office: Office) -> None:
    """It is followed all the same: nobody else would for as long as it is held."""
    inv = await office.sent()
    office.desk = replace(office.desk, store=Forgetful(office.store))
    office.restarts()
    office.clock.later(seconds=1)
    office.cloud.ends()
    with pytest.raises(StoreError):
        await office.polls()
    await office.polls()
    assert (await office.load(inv)).state is State.SUCCEEDED


async def test_looks_that_hang_hold_up_no_stop(office: Office) -> None:
    """One region does not answer; in another a run is to be stopped: ECS is told at once."""
    for _ in range(24):
        await office.sent(60)
    far = await office.asks("far")
    await office.turns(Planner(office.desk, office.cloud, office.chat))
    await office.dispatches()
    held = office.cloud.holds["look"] = Hold()
    office.clock.later(seconds=3)
    looper = Looper(office.poller, office.clock)
    async with asyncio.TaskGroup() as group:
        group.create_task(looper.run())
        await held.reached.wait()
        for _ in range(20):
            office.clock.later(seconds=1)
            looper.wake()
            await asyncio.sleep(0)
        await stop(office.desk, "U1", far)
        looper.wake()
        async with asyncio.timeout(10):
            await office.cloud.told.wait()
        held.let_go.set()
        looper.stop()
    assert office.cloud.stopped == [(await office.batch(far)).invoke_id]


# ── stopping ───────────────────────────────────────────────────────────────────


async def test_stopped_once(office: Office) -> None:
    """One StopInvocation; what it did is taken from the look after it."""
    inv = await office.sent()
    await stop(office.desk, "U1", inv)
    await office.polls()
    office.clock.later(seconds=1)
    await office.polls()
    assert (await office.load(inv)).state is State.CANCELLED
    assert len(office.cloud.stopped) == 1


async def test_a_look_that_was_under_way_does_not_put_a_stop_off(office: Office) -> None:
    """It comes back after the stop was asked for: ECS is told at once all the same."""
    inv = await office.sent()
    held = office.cloud.holds["look"] = Hold()
    office.clock.later(seconds=1)
    looks = asyncio.ensure_future(office.polls())
    await held.reached.wait()
    await stop(office.desk, "U1", inv)
    held.let_go.set()
    await looks
    await office.polls()
    assert office.cloud.stopped == [(await office.batch(inv)).invoke_id]


@pytest.mark.parametrize("fault", [CloudTryAgain("down"), refused("Forbidden.RAM")])
async def test_a_stop_that_was_not_taken_is_sent_again(office: Office, fault: Exception) -> None:
    """Until it is; the state says cancelling all the while."""
    inv = await office.sent()
    office.cloud.faults["stop"].append(fault)  # type: ignore[arg-type]
    await stop(office.desk, "U1", inv)
    await office.polls()
    assert ((await office.load(inv)).state, office.cloud.stopped) == (State.CANCELLING, [])
    office.clock.later(seconds=1)
    await office.polls()
    assert (await office.load(inv)).state is State.CANCELLED


async def test_a_stop_does_not_wait_for_the_looks(office: Office) -> None:
    """The results of another run hang: it is sent all the same."""
    await office.sent()
    office.cloud.ends()
    held = office.cloud.holds["look"] = Hold()
    inv = await office.sent()
    office.clock.later(seconds=1)
    looper = Looper(office.poller, office.clock)
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(looper.run())
        await held.reached.wait()
        await stop(office.desk, "U1", inv)
        looper.wake()
        await office.cloud.told.wait()
        assert office.cloud.stopped == [(await office.batch(inv)).invoke_id]
        held.let_go.set()
        looper.stop()


async def test_a_stop_that_is_refused_is_said(office: Office) -> None:
    """In the trail and in the thread, once for each reason; and it is asked ever more rarely."""
    inv = await office.sent()
    office.cloud.faults["stop"].extend([refused("Forbidden.RAM")] * 1000)
    await stop(office.desk, "U1", inv)
    for _ in range(300):
        await office.polls()
        office.clock.later(seconds=1)
    assert (await office.kinds(inv)).count("stop_not_taken") == 1
    assert "ECS did not take the stop for 1 machine, asking again: RunCommand: Forbidden.RAM" in await said(office, inv)
    assert 10 <= office.cloud.calls["stop"] <= 20
    assert (await office.load(inv)).state is State.CANCELLING


async def test_a_stop_that_does_nothing_is_sent_again(office: Office) -> None:
    """ECS took it, and it runs on: told again, ever more rarely, and the thread says so."""
    inv = await office.sent()
    office.cloud.stops = False
    await stop(office.desk, "U1", inv)
    for _ in range(40):
        await office.polls()
        office.clock.later(seconds=1)
    assert len(office.cloud.stopped) == 4  # at 0, 5, 15 and 35 s
    assert "ECS took the stop for 1 machine, and it goes on there: asked 4 times so far" in await said(office, inv)
    office.cloud.stops = True
    office.clock.later(minutes=1)
    await office.polls()
    assert (await office.load(inv)).state is State.CANCELLED


async def test_it_ends_there_while_the_stop_is_under_way(office: Office) -> None:
    """A look has seen that before ECS's answer came: what that look saw counts, and ECS is told no more."""
    inv = await office.sent(2)
    await stop(office.desk, "U1", inv, ("web-0",))
    held = office.cloud.holds["stop"] = Hold()
    office.cloud.stops = False
    (stops, *_) = await office.poller.jobs(office.clock.now())
    telling = asyncio.ensure_future(stops.run())
    await held.reached.wait()
    office.cloud.still = {"i-001"}
    office.cloud.ends()
    office.clock.later(seconds=1)
    for job in await office.poller.jobs(office.clock.now()):
        if job.key != stops.key:
            await job.run()
    seen = await office.batch(inv)
    assert ([halt.ended for halt in seen.halts], seen.stop) == ([True], None)
    held.let_go.set()
    await telling
    await office.passes(120)
    assert office.cloud.calls["stop"] == 1
    assert (await office.load(inv)).state is State.RUNNING


@pytest.mark.parametrize("machines", [("web-0",), ()])
async def test_it_is_over_before_the_stop_is_answered(office: Office, machines: tuple[str, ...]) -> None:
    """Nobody follows it any more, and ECS is told once."""
    inv = await office.sent()
    await stop(office.desk, "U1", inv, machines)
    held = office.cloud.holds["stop"] = Hold()
    telling = asyncio.ensure_future(office.polls())
    await held.reached.wait()
    await move(office.desk, inv, Finished(1, (Result("i-000", Outcome.SUCCEEDED),)))
    held.let_go.set()
    await telling
    for _ in range(10):
        office.clock.later(seconds=0.1)
        await office.polls()
    assert office.cloud.calls["stop"] == 1
    assert await office.poller.next_at(office.clock.now()) is None


async def test_a_second_stop_is_sent_at_once(office: Office) -> None:
    """Whoever presses again wants it told again, now."""
    inv = await office.sent()
    office.cloud.stops = False
    await stop(office.desk, "U1", inv)
    await office.polls()
    assert isinstance(await stop(office.desk, "U2", inv), Invocation)
    await office.polls()
    assert len(office.cloud.stopped) == 2
    assert (await office.load(inv)).stop_by == "U1"
    assert (await office.kinds(inv)).count("stop_asked") == 2


async def said(office: Office, inv: str) -> str:
    """What stands in its thread."""
    return thread(await office.load(inv), ()).text


async def test_it_ended_before_the_stop_came(office: Office) -> None:
    """What happened counts, not what was wanted."""
    inv = await office.sent()
    office.cloud.ends()
    office.cloud.faults["stop"].append(refused("InvocationNotRunning"))
    await stop(office.desk, "U1", inv)
    await office.polls()
    await office.polls()
    assert (await office.load(inv)).state is State.SUCCEEDED


async def test_a_batch_that_is_stopping_is_looked_at_soon(office: Office) -> None:
    """However long it ran before: a person waits for the answer."""
    inv = await office.sent()
    office.clock.later(minutes=9)
    await office.polls()
    await stop(office.desk, "U1", inv)
    office.cloud.faults["stop"].append(CloudTryAgain("down"))
    await office.polls()
    batch = await office.batch(inv)
    assert (batch.state, batch.stop_sent) == (BatchState.STOPPING, False)
    assert batch.next_at is not None
    assert batch.next_at - office.clock.now() <= timedelta(seconds=2)
