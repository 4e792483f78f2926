"""The bot's process ends at a bad moment and is started again: re-attached, never run again."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.sandbox.ecs import ManualClock, sandbox_region
from bot.sandbox.session import Session
from bot.sandbox.slack import Message
from bot.sandbox.terminal import state_of
from tests.scenarios.world import World, id_in, id_of


@pytest.fixture
async def session() -> AsyncIterator[Session]:
    """A bot that is a process of its own; the region's clock stands still until it is moved."""
    async with Session(region=sandbox_region(ManualClock())) as session:
        yield session


async def types(session: Session, line: str) -> str:
    """Olga's line in #ops, and what she reads."""
    return (await session.slack.person("U0ONCALL").types(line, channel="C0OPS")).text


async def ends(session: Session, said: str) -> Message:
    """The results that were promised in *said*, in their thread."""
    return await session.slack.workspace.wait_for(
        lambda m: m.is_reply and id_of(m) == id_in(said) and state_of(m) == "succeeded", 20
    )


def once(session: Session) -> None:
    """One run with one ClientToken, on each machine once; one card with one thread."""
    sends = session.ecs.journal.of("RunCommand")
    assert len({call.params["ClientToken"] for call in sends}) == 1
    assert len(session.region.invocations) == 1
    assert [session.region.machine(f"web-prod-{number}").runs for number in (1, 2, 3)] == [1, 1, 1]
    cards = [m for m in session.slack.workspace.all_messages("C0OPS") if state_of(m)]
    assert [m.is_reply for m in cards].count(False) == 1


async def test_killed_while_the_answer_to_runcommand_is_on_its_way(session: Session) -> None:
    """SIGKILL, a new start: the same token again at once, and the result in the same thread."""
    hold = session.ecs.faults.hold("RunCommand")
    said = await types(session, "/ecs run mem web-prod")
    await hold.reached.wait()
    # what stands under the card is said once the bot has written down where the card is
    under = await session.slack.workspace.wait_for(lambda m: m.is_reply and id_of(m) == id_in(said))
    await session.kill_bot()
    hold.release()
    await session.start_bot()
    thread = await ends(session, said)
    assert thread.thread_ts == under.thread_ts
    assert "total" in thread.words
    assert len(session.ecs.journal.of("RunCommand")) == 2
    once(session)


async def test_killed_while_runcommand_is_on_its_way(session: Session) -> None:
    """The request arrives after the one who sent it is dead: that is the run, and there is no other."""
    hold = session.ecs.faults.hold("RunCommand", in_flight=True)
    said = await types(session, "/ecs run mem web-prod")
    await hold.reached.wait()
    await session.slack.workspace.wait_for(
        lambda m: m.is_reply and id_of(m) == id_in(said)
    )  # it knows where its card is
    await session.kill_bot()
    await session.start_bot()
    await session.ecs.journal.wait_for("RunCommand", 2, answered=False)
    hold.release()
    await ends(session, said)
    once(session)


async def test_killed_while_the_script_runs(session: Session) -> None:
    """What runs goes on, and its result is fetched by the next process."""
    session.region.machine("web-prod-2").start_delay = 20
    said = await types(session, "/ecs run mem web-prod")
    await session.slack.workspace.wait_for(lambda m: state_of(m) == "running")
    await session.ecs.journal.wait_for("DescribeInvocationResults")
    await session.kill_bot()
    await advance(session, 30)
    await session.start_bot()
    await ends(session, said)
    once(session)


async def test_sigterm_while_the_script_runs(session: Session) -> None:
    """It ends by itself, loses nothing, and goes on where it was."""
    session.region.machine("web-prod-2").start_delay = 20
    said = await types(session, "/ecs run mem web-prod")
    await session.ecs.journal.wait_for("DescribeInvocationResults")
    await session.stop_bot()
    assert '"event": "stopped"' in session.log.read_text()
    assert "Traceback" not in session.log.read_text()
    await session.start_bot()
    await advance(session, 30)
    await ends(session, said)
    once(session)


async def test_a_request_that_was_written_down_and_not_yet_planned(session: Session) -> None:
    """Killed before ECS said which machines there are: the next process plans and runs it."""
    session.ecs.faults.hold("DescribeInstances")
    said = await types(session, "/ecs run mem web-prod")
    await session.ecs.journal.wait_for("DescribeInstances", answered=False)
    await session.kill_bot()
    await session.start_bot()
    await ends(session, said)
    once(session)


async def advance(session: Session, seconds: float) -> None:
    """Time passes on the machines."""
    assert isinstance(session.region.clock, ManualClock)
    await session.region.clock.advance(seconds)


async def test_what_waits_for_approval_survives(quick: World) -> None:
    """The buttons still work after a restart."""
    said = await quick.asks(quick.olga, "/ecs run restart web-prod --service app --reason stuck")
    card = await quick.card(state="awaiting_approval")
    await quick.stop()
    await quick.start()
    await quick.ben.presses(card, "Approve")
    await quick.ends(said)
    assert quick.runs == 1


async def test_what_waited_through_a_long_stop_is_not_run(quick: World) -> None:
    """Nobody expects it any more after a quarter of an hour: it is refused, and says so."""
    quick.ecs.faults.fail("DescribeInstances", times=50, status=503, code="ServiceUnavailable")
    await quick.asks(quick.olga, "/ecs run mem web-prod")
    await quick.ecs.journal.wait_for("DescribeInstances")
    await quick.stop()
    quick.ecs.faults.clear()
    quick.clock.ahead += timedelta(minutes=16)
    await quick.start()
    await quick.told(quick.olga, "waited too long", "Nothing ran")
    assert quick.runs == 0


async def test_started_twice_it_is_one(session: Session) -> None:
    """Two who press Start at once, while it serves or while it does not, get the same process."""
    pid = session.pid
    await session.start_bot()
    assert session.pid == pid
    await session.kill_bot()
    await asyncio.gather(session.start_bot(), session.start_bot())
    await session.slack.sockets.connected()
    assert len(session.slack.journal.calls("apps.connections.open")) == 2  # of the one that was killed, and of this one
