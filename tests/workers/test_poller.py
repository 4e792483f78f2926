"""What runs is looked at to its end, and never called unknown for one bad moment."""

from datetime import timedelta
from itertools import pairwise

import pytest

from bot.domain.invocation import BatchState, State
from bot.domain.pacing import HOLD, OVERDUE_GRACE
from bot.domain.result import Outcome
from bot.errors import CloudTryAgain
from bot.workers.planner import Planner
from tests.workers.conftest import Office

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
