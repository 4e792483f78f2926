"""Stop and Run again: who may, and what is then true of every machine."""

import asyncio
from datetime import timedelta
from pathlib import Path

from bot.sandbox.ecs import CannedRunner
from tests.scenarios.world import World, id_in, webs

LONG = 3_600.0


async def test_stop_while_it_runs(tmp_path: Path) -> None:
    """What is done stays done and says so; the rest is stopped, and the card says by whom."""
    region = webs(CannedRunner("slow\n", duration=LONG))
    region.machine("web-prod-001").runner = CannedRunner("quick\n")
    async with World(tmp_path, region=region) as world:
        said = await world.asks(world.olga, "/ecs run uptime web-prod")
        await world.thread("1 finished", state="running")
        card = await world.card(state="running")
        await world.olga.presses(card, "Stop")
        thread = await world.ends(said, "cancelled")
        assert "quick" in thread.words
        assert "web-prod-002, web-prod-003" in thread.words
        card = await world.card("Stop asked by <@U0ONCALL>", state="cancelled")
        assert "1 of 3 machines succeeded · 2 stopped" in card.words
        assert card.buttons == ["Run again"]
        assert len(world.ecs.journal.of("StopInvocation")) == 1
        assert world.refusals() == []


async def test_stop_by_its_id(tmp_path: Path) -> None:
    """`/ecs stop <id>` is the same, and answers how it stands."""
    async with World(tmp_path, region=webs(CannedRunner(duration=LONG))) as world:
        said = await world.asks(world.olga, "/ecs run uptime web-prod")
        await world.card(state="running")
        assert id_in(said) in await world.asks(world.olga, "/ecs status")
        answer = await world.asks(world.olga, f"/ecs stop {id_in(said)}")
        assert "Stopping" in answer
        assert "stops it" not in answer
        await world.ends(said, "cancelled")
        await world.refuses(world.olga, f"/ecs stop {id_in(said)}", "is over: stopped", f"/ecs status {id_in(said)}")


async def test_who_may_not_stop(tmp_path: Path) -> None:
    """Sam, who stands at its card, is told who can; by its id he learns nothing. It runs on."""
    async with World(tmp_path, region=webs(CannedRunner(duration=LONG))) as world:
        said = await world.asks(world.olga, "/ecs run uptime web-prod")
        card = await world.card(state="running")
        unknown = await world.asks(world.sam, "/ecs stop zzzzzzz")
        for line in (f"/ecs stop {id_in(said)}", f"/ecs stop {id_in(said)} --on web-prod-001"):
            assert await world.asks(world.sam, line) == unknown.replace("zzzzzzz", id_in(said))
        assert "not allowed" in await world.asks(world.ada, f"/ecs audit {id_in(said)}")
        await world.sam.presses(card, "Stop")
        await world.told(world.sam, "not yours to stop", "<@U0ONCALL> can")
        assert world.ecs.journal.of("StopInvocation") == []
        await world.ben.presses(card, "Stop")
        await world.ends(said, "cancelled")
        await world.card("Stop asked by <@U0APPROVE>", state="cancelled")


async def test_stop_before_anything_was_sent(quick: World) -> None:
    """While ECS does not say which machines there are: nothing runs, and nothing can any more."""
    hold = quick.ecs.faults.hold("DescribeInstances")
    said = await quick.asks(quick.olga, "/ecs run mem web-prod")
    await hold.reached.wait()
    await quick.asks(quick.olga, f"/ecs stop {id_in(said)}")
    hold.release()
    await quick.told(quick.olga, "stopped before anything ran")
    assert quick.sends == []
    await quick.runs_mem()
    assert quick.runs == 1


async def test_stop_while_runcommand_is_on_its_way(tmp_path: Path) -> None:
    """It can't be called back; as soon as its InvokeId is known it is stopped."""
    async with World(tmp_path, region=webs(CannedRunner(duration=LONG))) as world:
        hold = world.ecs.faults.hold("RunCommand")
        said = await world.asks(world.olga, "/ecs run uptime web-prod")
        await hold.reached.wait()
        await world.asks(world.olga, f"/ecs stop {id_in(said)}")
        hold.release()
        await world.ends(said, "cancelled")
        assert len(world.sends) == 1
        await world.card("3 stopped", state="cancelled")


async def test_two_stops_at_once(tmp_path: Path) -> None:
    """Both count: ECS is told, again where it is not at once, and who was first stands on the card."""
    async with World(tmp_path, region=webs(CannedRunner(duration=LONG))) as world:
        said = await world.asks(world.olga, "/ecs run uptime web-prod")
        await world.card(state="running")
        line = f"/ecs stop {id_in(said)}"
        answers = await asyncio.gather(world.asks(world.olga, line), world.asks(world.ada, line))
        assert not any(answer.startswith("✋") for answer in answers)
        await world.ends(said, "cancelled")
        assert world.ecs.journal.of("StopInvocation")


async def test_a_stop_that_ecs_does_not_take_at_first(tmp_path: Path) -> None:
    """It is asked again until it counts."""
    async with World(tmp_path, region=webs(CannedRunner(duration=LONG))) as world:
        world.ecs.faults.fail("StopInvocation", times=2, status=503, code="ServiceUnavailable")
        said = await world.asks(world.olga, "/ecs run uptime web-prod")
        await world.card(state="running")
        await world.asks(world.olga, f"/ecs stop {id_in(said)}")
        for count in (1, 2):
            await world.ecs.journal.wait_for("StopInvocation", count)
            await world.later(timedelta(seconds=5))
        await world.ends(said, "cancelled")


async def test_run_again(quick: World) -> None:
    """A new invocation of who pressed it, in their own right."""
    first = await quick.asks(quick.olga, "/ecs run logs web-prod --service nginx --lines 1")
    await quick.ends(first)
    card = await quick.card(state="succeeded")
    await quick.sam.presses(card, "Run again")
    await quick.told(quick.sam, "You may not run logs on web-prod", "<@U0ONCALL>")
    assert quick.runs == 1
    await quick.ada.presses(card, "Run again")
    again = await quick.card(f"again of `{id_in(first)}`", state="succeeded")
    assert "<@U0ADMIN>" in again.words
    assert "--service nginx --lines 1" in again.words
    assert len(quick.tokens) == quick.runs == 2
