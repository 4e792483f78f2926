"""What becomes of a copy in another channel: it is deleted, its channel is opened to others, somebody wants more."""

from datetime import timedelta
from pathlib import Path

from bot.sandbox.ecs import CannedRunner
from tests.scenarios.test_share import INCIDENT, LONG, copy, filled, opened
from tests.scenarios.world import COMMANDS, World, catalogue, id_in, id_of, webs


async def followed(world: World) -> str:
    """Olga runs something that takes its time, and wants to see it in #incident; what she was promised."""
    said = await world.asks(world.olga, "/ecs run uptime web-prod")
    await world.card(state="running")
    await world.asks(world.olga, f"/ecs follow {id_in(said)}", channel=INCIDENT)
    await copy(world, said, "Running")
    return said


async def test_what_was_deleted_there_can_be_shared_there_again(tmp_path: Path) -> None:
    """It is not put back by itself; who asks for it once more gets a new one, kept up to date like the first."""
    async with World(tmp_path, region=webs(CannedRunner("slow\n", duration=LONG))) as world:
        said = await followed(world)
        line, first = f"/ecs follow {id_in(said)}", await copy(world, said, "Running")
        world.slack.workspace.delete(first)
        await world.asks(world.olga, f"/ecs stop {id_in(said)} --on web-prod-001")
        await world.slack.journal.wait_for("chat.update", lambda call: call.error == "message_not_found")
        while "is shown in <#C0INCIDENT> already" in (again := await world.asks(world.olga, line, channel=INCIDENT)):
            pass  # it has not heard Slack's answer yet
        assert "is being shown in <#C0INCIDENT>" in again
        second = await copy(world, said, "Running")
        assert second.ts != first.ts
        await world.asks(world.olga, f"/ecs stop {id_in(said)}")
        await world.ends(said, "cancelled")
        assert (await copy(world, said, "Stopped")).ts == second.ts


async def test_its_channel_is_opened_to_another_company(tmp_path: Path) -> None:
    """What stands there is deleted before they read it; who shared it is told so, and how it could have stayed."""
    async with World(tmp_path, region=webs(CannedRunner("slow\n", duration=LONG))) as world:
        said = await followed(world)
        world.slack.workspace.channels[INCIDENT].shared = "connected"
        await world.later(timedelta(minutes=11))
        await world.asks(world.olga, f"/ecs stop {id_in(said)}")
        told = await world.told(world.olga, "no longer kept up to date in <#C0INCIDENT>", "I delete the copy")
        assert "another company" in told.words
        assert "/invite" not in told.words
        await world.slack.journal.wait_for("chat.delete", lambda call: call.error is None and call.status == 200)
        assert [m for m in world.slack.workspace.all_messages(INCIDENT) if id_of(m)] == []
        assert world.refusals() == []


async def test_the_bot_is_taken_out_of_it_later(tmp_path: Path) -> None:
    """The copy stands there still, and says that it runs: who shared it is told that this is old."""
    async with World(tmp_path, region=webs(CannedRunner("slow\n", duration=LONG))) as world:
        said = await followed(world)
        world.slack.faults.error("chat.update", "not_in_channel", 9)
        world.slack.workspace.channels[INCIDENT].members.remove(world.slack.workspace.app.user_id)
        await world.asks(world.olga, f"/ecs stop {id_in(said)}")
        await world.told(world.olga, "no longer kept up to date in <#C0INCIDENT>", "/invite @ecs")
        await world.told(world.olga, "I can't write in <#C0OPS>")  # the card's channel refuses as well


async def test_who_follows_it_leaves_the_note_there(tmp_path: Path) -> None:
    """It is Olga's note, though Ada wants the progress, too; and whoever reads the copy may search there."""
    async with World(tmp_path, region=webs(CannedRunner("slow\n", duration=LONG))) as world:
        said = await world.asks(world.olga, "/ecs run uptime web-prod")
        form = await opened(world, world.olga, await world.thread(state="running"))
        search = f"/ecs search {id_in(said)} slow"
        assert "for those who are where it is shown" in await world.asks(world.ada, search, channel=INCIDENT)
        await world.olga.submits(form, filled(INCIDENT, "do not touch web-prod-003"))
        await copy(world, said, "Running", "its end will show here")
        follow = f"/ecs follow {id_in(said)}"
        assert "kept up to date there" in await world.asks(world.ada, follow, channel=INCIDENT)
        await copy(world, said, "followed until it is over", "Shared by <@U0ONCALL>", "do not touch web-prod-003")
        assert "for those who are where it is shown" in await world.asks(world.ada, search, channel="C0QUIET")


async def test_search_where_the_copy_is(quick: World) -> None:
    """It finds what was printed, in a channel where the run itself is not shown."""
    said = await quick.asks(quick.olga, "/ecs run mem web-prod")
    form = await opened(quick, quick.olga, await quick.ends(said))
    await quick.olga.submits(form, filled(INCIDENT))
    await copy(quick, said, "Succeeded")
    line = f"/ecs search {id_in(said)} Mem"
    while "for those who are where it is shown" in (found := await quick.asks(quick.ada, line, channel=INCIDENT)):
        pass  # the bot has not written down yet that Slack has the copy
    assert "on 3 machines" in found


async def test_what_was_asked_in_direct_messages_was_not_asked_privately(quick: World) -> None:
    """Who could show it is named, and nothing is said that nobody did."""
    seen = await quick.olga.types("/ecs run mem web-prod", channel=quick.olga.dm.id)
    assert seen.message is not None
    for line in ("follow {}", "search {} Mem"):
        refused = await quick.asks(quick.ada, f"/ecs {line.format(id_in(seen.message.words))}")
        assert "It is shown in direct messages: ask <@U0ONCALL> to share it." in refused
        assert "privately" not in refused


async def test_policy_opens_a_channel_for_copies_too(tmp_path: Path) -> None:
    """Where a run may be shown though another company sees it, another run may be shown; nowhere else."""
    policy = f'shared_channels = ["{INCIDENT}"]\n' + (COMMANDS / "policy.toml").read_text()
    async with World(tmp_path, commands=catalogue(tmp_path, policy=policy)) as world:
        channels = world.slack.workspace.channels
        channels[INCIDENT].shared = "connected"
        said = await world.asks(world.olga, "/ecs run mem web-prod")
        form = await opened(world, world.olga, await world.ends(said))
        channels["C0QUIET"].shared = "connected"
        told = await world.olga.submits(form, filled("C0QUIET"))
        assert "shared with another company" in told.text
        await world.olga.submits(form, filled(INCIDENT))
        await copy(world, said, "Succeeded")
        assert world.refusals() == []


async def test_slack_is_slow_to_say_whether_they_are_there(quick: World) -> None:
    """Nothing is shared, and nothing said there that was not so; once more it is."""
    said = await quick.asks(quick.olga, "/ecs run mem web-prod")
    form = await opened(quick, quick.olga, await quick.ends(said))
    hold = quick.slack.faults.hold("chat.postEphemeral", after_effect=True)
    told = await quick.olga.submits(form, filled(INCIDENT))
    hold.release()
    assert "Slack does not say whether you are in that channel. Nothing was shared." in told.text
    [probe] = quick.slack.workspace.all_messages(INCIDENT)
    assert "Looking whether mem on web-prod can be shown here" in probe.words
    assert "You share" not in probe.words
    await quick.olga.submits(form, filled(INCIDENT))
    await copy(quick, said, "Succeeded")


async def test_all_that_slack_is_asked_has_one_time(quick: World) -> None:
    """Slow answers, one after the other, are too late together, and there is time left to say so."""
    said = await quick.asks(quick.olga, "/ecs run mem web-prod")
    await quick.ends(said)
    held = [quick.slack.faults.hold("conversations.info") for _ in range(3)]
    told = await quick.asks(quick.olga, f"/ecs follow {id_in(said)}", channel=INCIDENT)
    for hold in held:
        hold.release()
    assert "Slack did not say in time whether it can be shown in <#C0INCIDENT>. Nothing was shared." in told
