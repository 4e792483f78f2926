"""A stop that somebody asked for reaches ECS, and what it did is seen."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.events import Finished
from bot.domain.invocation import BatchState, Invocation, State
from bot.domain.pacing import OVERDUE_GRACE
from bot.domain.result import Outcome, Result
from bot.errors import CloudError, CloudTryAgain
from bot.slack.messages.thread import thread
from bot.usecases.control import stop
from bot.usecases.desk import move
from bot.workers.looper import Looper
from tests.workers.conftest import Office
from tests.workers.fakes import Hold, refused

OVERDUE = OVERDUE_GRACE + timedelta(seconds=61)


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
async def test_a_stop_that_was_not_taken_is_sent_again(office: Office, fault: CloudError) -> None:
    """Until it is; the state says cancelling all the while."""
    inv = await office.sent()
    office.cloud.faults["stop"].append(fault)
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
