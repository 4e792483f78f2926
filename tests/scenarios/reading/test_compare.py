"""Where two machines' outputs differ: in a form under the results."""

from pathlib import Path

import pytest

from bot.sandbox.ecs import CannedRunner
from bot.sandbox.slack import CannotDo
from bot.slack.messages import machine, more
from tests.scenarios.entry.test_builder import shows, text
from tests.scenarios.world import World, webs


async def test_the_odd_one_against_the_many(tmp_path: Path) -> None:
    """At once; and then any two that are chosen."""
    region = webs(CannedRunner("Linux 5.10\nup 3 days\n"), 4)
    region.machine("web-prod-003").runner = CannedRunner("Linux 4.19\nup 3 days\n", exit_code=3)
    async with World(tmp_path, region=region) as world:
        said = await world.asks(world.olga, "/ecs run uptime web-prod")
        thread = await world.ends(said, "partly_failed")
        await world.sam.chooses(thread, more.MORE, "Compare two machines")
        form = await shows(world, world.sam, "Compare outputs")
        for words in ("--- web-prod-001", "+++ web-prod-003", "-Linux 5.10", "+Linux 4.19", "exit code 3"):
            assert words in text(form), words
        two = {machine.ONE: {machine.ONE: "web-prod-002"}, machine.OTHER: {machine.OTHER: "web-prod-004"}}
        await world.sam.submits(form, two)
        assert "They printed the same." in text(form)
        assert world.runs == 1
        assert world.refusals() == []


async def test_machines_that_agree_are_not_compared(tmp_path: Path) -> None:
    """It is not in the menu; who chooses it all the same is told why."""
    async with World(tmp_path, region=webs(CannedRunner("up 3 days\n"), 2)) as world:
        thread = await world.ends(await world.asks(world.olga, "/ecs run uptime web-prod"))
        with pytest.raises(CannotDo):
            await world.olga.chooses(thread, more.MORE, "Compare two machines")
        press = (await world.olga.chooses(thread, more.MORE, "Download all of it")).envelope
        action = press.payload["actions"][0]
        option = {
            **action["selected_option"],
            "value": action["selected_option"]["value"].replace("download", "compare"),
        }
        trigger = world.slack.triggers.issue(world.olga.id)
        await world.slack.replay(press, actions=[{**action, "selected_option": option}], trigger_id=trigger)
        await world.told(world.olga, "printed the same")
