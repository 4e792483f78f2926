"""Stopping one machine: the others run on, and each machine's own outcome is told."""

from pathlib import Path

from bot.sandbox.ecs import CannedRunner
from bot.slack.messages import machine, more
from tests.scenarios.entry.test_builder import shows
from tests.scenarios.world import World, id_in, webs

LONG = 3_600.0


async def test_stop_on_one_machine(tmp_path: Path) -> None:
    """By the line: that machine is stopped, without an exit code; what the others then do is theirs."""
    region = webs(CannedRunner("slow\n", duration=LONG))
    async with World(tmp_path, region=region) as world:
        said = await world.asks(world.olga, "/ecs run uptime web-prod")
        await world.card(state="running")
        answer = await world.asks(world.olga, f"/ecs stop {id_in(said)} --on web-prod-002")
        assert "Stop of web-prod-002 asked by <@U0ONCALL>; the others run on" in answer
        await world.thread("Stop of web-prod-002 asked by <@U0ONCALL>; the others run on", state="running")
        await world.thread("It has ended on web-prod-002", state="running")
        status = await world.asks(world.ada, f"/ecs status {id_in(said)}")
        assert "It has ended on web-prod-002" in status
        assert f"`/ecs stop {id_in(said)}` stops it on all machines." in status
        (stop,) = world.ecs.journal.of("StopInvocation")
        ids = [value for name, value in stop.params.items() if name.startswith("InstanceId.")]
        assert ids == [region.machine("web-prod-002").instance_id]
        await world.asks(world.ben, f"/ecs stop {id_in(said)} --on web-prod-001,web-prod-003")
        thread = await world.ends(said, "cancelled")
        assert "Stopped" in thread.words
        assert "asked to stop it on web-prod-002, and nowhere else" in await world.asks(
            world.ada, f"/ecs audit {id_in(said)}"
        )
        assert world.refusals() == []


async def test_the_others_go_on_to_their_end(tmp_path: Path) -> None:
    """One machine hangs and is stopped; what the two others printed is a success."""
    region = webs(CannedRunner("quick\n"))
    region.machine("web-prod-002").runner = CannedRunner("hangs\n", duration=LONG)
    async with World(tmp_path, region=region) as world:
        said = await world.asks(world.olga, "/ecs run uptime web-prod")
        thread = await world.thread("2 finished", state="running")
        await world.olga.chooses(thread, more.MORE, "Stop one machine…")
        form = await shows(world, world.olga, "runs on elsewhere")
        await world.olga.submits(form, {machine.HALT: {machine.HALT: "web-prod-002"}})
        thread = await world.ends(said, "partly_failed")
        assert "web-prod-001, web-prod-003" in thread.words
        assert "Stopped* · web-prod-002" in thread.words
        await world.card("2 of 3 machines succeeded · 1 stopped", state="partly_failed")
        assert world.refusals() == []


async def test_what_is_refused(tmp_path: Path) -> None:
    """A machine that is not there, a stranger, and what has ended: nothing is stopped."""
    region = webs(CannedRunner("quick\n"))
    region.machine("web-prod-002").runner = CannedRunner("hangs\n", duration=LONG)
    async with World(tmp_path, region=region) as world:
        said = await world.asks(world.olga, "/ecs run uptime web-prod")
        await world.card(state="running")
        line = f"/ecs stop {id_in(said)} --on"
        await world.refuses(world.olga, f"{line} web-prod-9", "can't be", "one of web-prod-001")
        await world.refuses(world.olga, line, "Something is missing")
        await world.refuses(world.sam, f"{line} web-prod-002", "There is no run")
        assert world.ecs.journal.of("StopInvocation") == []
        await world.asks(world.olga, f"/ecs stop {id_in(said)}")
        await world.ends(said, "cancelled")
        await world.refuses(world.olga, f"{line} web-prod-002", "is over")


async def test_while_it_waits_for_approval(quick: World) -> None:
    """What an approver is looking at stays whole."""
    said = await quick.asks(quick.olga, "/ecs run restart web-prod --service nginx --reason stuck")
    await quick.card(state="awaiting_approval")
    await quick.refuses(quick.olga, f"/ecs stop {id_in(said)} --on web-prod-1", "Nothing of", "was sent yet")
