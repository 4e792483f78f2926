"""What runs stays followed: listings that fail, a database that is away, looks that hang."""

import asyncio
import math
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from bot.domain.change import Change
from bot.domain.invocation import BatchState, Invocation, State
from bot.domain.looks import Look
from bot.domain.pacing import HOLD, OVERDUE_GRACE
from bot.domain.pages import Sweep
from bot.domain.purse import Ask
from bot.domain.result import Outcome
from bot.domain.spans import NEW
from bot.errors import StoreError
from bot.store import SqlStore
from bot.usecases.control import stop
from bot.usecases.follow import followed
from bot.workers.looper import Looper
from bot.workers.planner import Planner
from bot.workers.poller import AT_A_TIME, JOBS, PER_MINUTE
from bot.workers.roster import Roster
from tests.workers.conftest import Office
from tests.workers.fakes import Around, Hold

OVERDUE = OVERDUE_GRACE + timedelta(seconds=61)


class Hiccup(Around):
    """The store, and away for the changes of one invocation."""

    def __init__(self, store: SqlStore, invocation: str) -> None:
        super().__init__(store)
        self._invocation = invocation
        self.away = True

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


class Claims(Around):
    """The store, and what it named."""

    def __init__(self, store: SqlStore) -> None:
        super().__init__(store)
        self.named: list[str] = []

    async def claim_due_batches(self, *args: Any, **fields: Any) -> tuple[Invocation, ...]:
        """As the store does."""
        found = await self._store.claim_due_batches(*args, **fields)
        self.named += [inv.id for inv in found]
        return found


class Forgetful(Around):
    """A store that does not say how long runs took."""

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


async def test_who_is_missing_is_missing_since_it_was_first_missed(office: Office) -> None:
    """A second sweep without it does not send it to the end of those that are asked for."""
    inv = await office.load(await office.sent())
    roster, begun = Roster(PER_MINUTE), office.clock.now().timestamp()
    roster.put(followed(inv, inv.batches[0]), NEW, begun)
    sweep = Look(Ask.RUNNING, ((inv.id, 1),))
    for later in (10.0, 20.0):
        roster.swept(sweep, None, set(), None, begun + later)
    assert [entry.run.suspect for entry in roster.entries.values()] == [begun + 10.0]


async def test_looks_that_hang_hold_up_no_stop(office: Office) -> None:
    """In one region each run is to be asked for, and ECS does not answer; in another one is stopped: it is told."""
    office.cloud.refuses.add("newest")
    for _ in range(24):
        await office.sent(60)
    far = await office.asks("far")
    await office.turns(Planner(office.desk, office.cloud, office.chat))
    await office.dispatches()
    near = [one for one, order in office.cloud.runs.items() if order.region == "cn-hangzhou"]
    office.cloud.over |= dict.fromkeys(near, Outcome.SUCCEEDED)
    while office.cloud.calls["running"] < 2:  # the first has nobody missing yet: they are too young
        office.clock.later(seconds=1)
        await office.polls()
    held, before = Hold(), office.cloud.looks
    office.cloud.holds["look"] = held
    looper = Looper(office.poller, office.clock, JOBS)
    async with asyncio.TaskGroup() as group:
        group.create_task(looper.run())
        while office.cloud.looks < before + AT_A_TIME:
            office.clock.later(seconds=1)
            looper.wake()
            await held.reached.wait()
            held.reached.clear()
        await stop(office.desk, "U1", far)
        looper.wake()
        async with asyncio.timeout(10):
            await office.cloud.told.wait()
        held.let_go.set()
        looper.stop()
    assert office.cloud.stopped == [(await office.batch(far)).invoke_id]


async def test_a_list_that_was_wrong_is_believed_less(office: Office) -> None:
    """That one: what the other says of who runs is as good as before."""
    inv = await office.load(await office.sent())
    roster, begun = Roster(PER_MINUTE), office.clock.now().timestamp()
    roster.put(followed(inv, inv.batches[0]), NEW, begun)
    (entry,) = roster.entries.values()
    roster.swept(Look(Ask.ROWS, (entry.key,)), None, set(), None, begun + 10.0)
    roster.swept(Look(Ask.RUNNING, (entry.key,)), None, set(), None, begun + 11.0)
    roster.seen(entry, entry.one, begun + 12.0)
    assert roster.trust[Ask.ROWS] < 1.0 == roster.trust[Ask.RUNNING]


async def test_a_page_of_others_is_passed_over(office: Office) -> None:
    """Another replica's runs fill it: the sweep goes on after it. Who joins meanwhile can have stood on it."""
    inv = await office.load(await office.sent())
    roster, begun = Roster(PER_MINUTE), office.clock.now().timestamp()
    roster.put(followed(inv, inv.batches[0]), NEW, begun)
    (entry,) = roster.entries.values()
    roster.swept(Look(Ask.ROWS, (entry.key,)), None, set(), "onward", begun + 10.0)
    assert entry.run.suspect is None
    onward = Look(Ask.ROWS, (entry.key,), fresh=False)
    begins = roster.sweep(onward)
    assert begins == Sweep("onward", math.inf, begun + 10.0)
    late = replace(inv, id="late", batches=(replace(inv.batches[0], invoke_id="t-late"),))
    roster.put(followed(late, late.batches[0]), NEW, begun + 10.5)
    roster.swept(onward, begins, set(), None, begun + 11.0)
    assert [one.run.suspect for one in roster.entries.values()] == [begun + 11.0, None]


async def test_a_page_keeps_the_place_that_it_had_when_it_was_asked_for(office: Office) -> None:
    """Another look ends the sweep meanwhile: those before the page are not missing on it."""
    inv = await office.load(await office.sent())
    roster, begun = Roster(PER_MINUTE), office.clock.now().timestamp()
    roster.put(followed(inv, inv.batches[0]), NEW, begun)
    (entry,) = roster.entries.values()
    fresh, onward = Look(Ask.RUNNING, (entry.key,)), Look(Ask.RUNNING, (), fresh=False)
    roster.swept(fresh, None, {entry.key}, "onward", begun + 10.0)
    begins = roster.sweep(onward)
    roster.swept(fresh, None, {entry.key}, None, begun + 10.5)
    roster.swept(onward, begins, set(), None, begun + 11.0)
    assert entry.run.suspect is None


async def test_a_page_that_is_refused_is_not_asked_for_again(office: Office) -> None:
    """Its token may be too old: the sweep begins anew."""
    inv = await office.load(await office.sent())
    roster, now = Roster(PER_MINUTE), office.clock.now()
    roster.put(followed(inv, inv.batches[0]), NEW, now.timestamp())
    (entry,) = roster.entries.values()
    roster.swept(Look(Ask.ROWS, (entry.key,)), None, {entry.key}, "old", now.timestamp() + 10.0)
    onward = Look(Ask.ROWS, (), fresh=False)
    assert roster.sweep(onward) is not None
    roster.refused(onward, now, None)
    assert roster.sweep(onward) is None
