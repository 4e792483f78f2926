"""`--private`: what comes of it is for who asked alone; approvals, channel rules and the trail are as ever."""

from pathlib import Path

from bot.sandbox.slack import Message
from bot.slack.messages import builder
from tests.scenarios.entry.test_builder import shows
from tests.scenarios.world import COMMANDS, World, catalogue, id_in


def in_channels(world: World) -> list[Message]:
    """All that anybody in a channel can see of the bot."""
    messages = world.slack.workspace.all_messages()
    return [m for m in messages if m.channel[0] == "C" and m.ephemeral_to is None and m.user != world.olga.id]


async def in_dm(world: World, number: str, state: str) -> Message:
    """Olga's results, in her direct messages."""
    dm = world.olga.dm.id
    return await world.see(
        lambda m: (
            m.channel == dm
            and m.is_reply
            and f'"{number}"' in str(m.metadata).replace("'", '"')
            and state in str(m.metadata)
        )
    )


async def test_only_who_asked_sees_it(world: World) -> None:
    """Card and results are in her direct messages; the channel sees nothing, and the trail has it."""
    said = await world.asks(world.olga, "/ecs run mem web-prod --private")
    assert "to you alone" in said
    thread = await in_dm(world, id_in(said), "succeeded")
    assert "total" in thread.words
    assert in_channels(world) == []
    assert "to be shown to them alone" in await world.asks(world.ada, f"/ecs audit {id_in(said)}")
    assert "privately" in await world.asks(world.ada, f"/ecs search {id_in(said)} mem")
    assert "on 3 machines" in await world.asks(world.olga, f"/ecs search {id_in(said)} mem")
    assert world.refusals() == []


async def test_what_needs_approval_needs_it_in_private_too(quick: World) -> None:
    """The approver is asked, and told that it is private; what came of it only the requester reads."""
    line = "/ecs run restart web-prod --service nginx --private --reason wedged"
    said = await quick.asks(quick.olga, line)
    asked = await quick.see(lambda m: m.channel == quick.ben.dm.id and "restart" in m.words)
    assert "privately" in asked.words
    await quick.ben.presses(asked, "Approve")
    await in_dm(quick, id_in(said), "succeeded")
    assert in_channels(quick) == []
    assert quick.runs == 1


async def test_the_channel_that_it_is_asked_in_is_what_counts(tmp_path: Path) -> None:
    """A rule for channels holds as if it were shown there; and glass is not broken in private."""
    policy = (
        (COMMANDS / "policy.toml")
        .read_text()
        .replace("[roles.oncall]", '[roles.oncall]\nbreak_glass = [{ snippets = ["*"], targets = ["*"] }]', 1)
    )
    policy += '\n[[channels]]\nsnippets = ["mem"]\nchannels = ["C0INCIDENT"]\n'
    async with World(tmp_path, commands=catalogue(tmp_path, policy=policy)) as world:
        await world.refuses(world.olga, "/ecs run mem web-prod --private")
        said = await world.asks(world.olga, "/ecs run mem web-prod --private", channel="C0INCIDENT")
        await in_dm(world, id_in(said), "succeeded")
        glass = "/ecs run restart web-prod --service nginx --private --break-glass --reason down"
        await world.refuses(world.olga, glass, "Nobody breaks glass in private")


async def test_by_the_form(quick: World) -> None:
    """A tick does the same."""
    await quick.olga.types("/ecs run mem", channel="C0OPS")
    form = await shows(quick, quick.olga, "Show it to me alone")
    await quick.olga.chooses(form, builder.TARGET, "web-prod")
    form = await shows(quick, quick.olga, "Runs on 3 machines")
    await quick.olga.submits(form, {builder.PRIVATE: {builder.PRIVATE: ["true"]}})
    await shows(quick, quick.olga, "comes to you alone")
    dm = quick.olga.dm.id
    await quick.see(lambda m: m.channel == dm and m.is_reply and "succeeded" in str(m.metadata))
    assert in_channels(quick) == []
