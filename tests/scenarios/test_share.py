"""Sharing: what ran is shown in another channel as well, where that may see it, and followed there to its end."""

from dataclasses import replace
from pathlib import Path

from bot.sandbox.ecs import CannedRunner
from bot.sandbox.slack import Message, Person, View
from bot.slack.messages import more, share
from tests.scenarios.entry.test_builder import shows
from tests.scenarios.world import COMMANDS, World, catalogue, id_in, id_of, webs

LONG = 3_600.0
INCIDENT = "C0INCIDENT"


async def opened(world: World, person: Person, on: Message) -> View:
    """The form, opened by *person* from the menu of *on*."""
    await person.chooses(on, more.MORE, "Share to another channel…")
    return await shows(world, person, "Where to show it, too")


def filled(channel: str, note: str = "", *, follow: bool = False) -> dict[str, dict[str, object]]:
    """What is put into it."""
    values: dict[str, dict[str, object]] = {share.CHANNEL: {share.CHANNEL: channel}}
    values |= {share.NOTE: {share.NOTE: note}} if note else {}
    return values | ({share.FOLLOW: {share.FOLLOW: ["true"]}} if follow else {})


async def copy(world: World, said: str, *words: str, channel: str = INCIDENT) -> Message:
    """The copy in *channel*, once it has all *words*."""
    return await world.see(
        lambda m: m.channel == channel and id_of(m) == id_in(said) and all(word in m.words for word in words)
    )


async def test_share_to_another_channel(world: World) -> None:
    """Outcome, results, who shared it, their words, and the way back; nobody runs anything."""
    said = await world.asks(world.olga, "/ecs run mem web-prod")
    thread = await world.ends(said)
    form = await opened(world, world.sam, thread)
    await world.sam.submits(form, filled(INCIDENT, "look at <!channel> *web-prod-2*"))
    await shows(world, world.sam, "is being shown in <#C0INCIDENT>")
    shown = await copy(world, said, "Succeeded", "Shared by <@U0STRANGER>")
    assert "web-prod-2" in shown.words
    assert "<!channel>" not in shown.text
    assert "https://sandbox.slack.com/archives/C0OPS/p" in shown.words
    assert "Run again" not in shown.buttons
    assert "shared it to <#C0INCIDENT>" in await world.asks(world.ada, f"/ecs audit {id_in(said)}")
    assert world.runs == 1
    assert world.refusals() == []


async def test_the_copy_follows(tmp_path: Path) -> None:
    """Shared while it runs: its progress where that is asked for, its end in any case, in the same message."""
    async with World(tmp_path, region=webs(CannedRunner("slow\n", duration=LONG))) as world:
        said = await world.asks(world.olga, "/ecs run uptime web-prod")
        thread = await world.thread(state="running")
        form = await opened(world, world.olga, thread)
        await world.olga.submits(form, filled(INCIDENT, follow=True))
        shown = await copy(world, said, "Running", "followed until it is over")
        await world.asks(world.olga, f"/ecs stop {id_in(said)}")
        await world.ends(said, "cancelled")
        ended = await copy(world, said, "Stopped", "3 stopped")
        assert ended.ts == shown.ts
        assert "followed" not in ended.words
        assert world.refusals() == []


async def test_follow_said_in_an_incident_channel(world: World) -> None:
    """Whoever may see its status says it there; a stranger can't, and it is not shown twice."""
    world.region.machine("web-prod-1").runner = CannedRunner("slow\n", duration=LONG)
    said = await world.asks(world.olga, "/ecs run uptime web-prod")
    await world.card(state="running")
    line = f"/ecs follow {id_in(said)}"
    assert "There is no run" in await world.asks(world.sam, line, channel=INCIDENT)
    assert "kept up to date" in await world.asks(world.ada, line, channel=INCIDENT)
    await copy(world, said, "Running", "Shared by <@U0ADMIN>")
    assert "is shown in <#C0INCIDENT> already" in await world.asks(world.ada, line, channel=INCIDENT)
    assert "is shown in <#C0OPS> already" in await world.asks(world.ada, line)
    await world.asks(world.olga, f"/ecs stop {id_in(said)}")
    await copy(world, said, "Stopped")
    assert "has it followed in <#C0INCIDENT>" in await world.asks(world.ada, f"/ecs audit {id_in(said)}")
    assert world.refusals() == []


async def test_what_was_private_only_its_requester_shares(quick: World) -> None:
    """Where it was asked is not told; a role does not open it."""
    said = await quick.asks(quick.olga, "/ecs run mem web-prod --private")
    dm = quick.olga.dm.id
    thread = await quick.see(lambda m: m.channel == dm and m.is_reply and "succeeded" in str(m.metadata))
    assert "privately" in await quick.asks(quick.ada, f"/ecs follow {id_in(said)}", channel=INCIDENT)
    form = await opened(quick, quick.olga, thread)
    assert "shown to you alone now" in form.words
    await quick.olga.submits(form, filled(INCIDENT))
    shown = await copy(quick, said, "Succeeded")
    assert "C0OPS" not in shown.words
    assert "alone" not in shown.words
    assert "archives" not in shown.words
    await quick.ada.chooses(shown, more.MORE, "Share to another channel…")
    await quick.told(quick.ada, "asked for privately: only <@U0ONCALL> can share it")


async def test_where_it_may_not_be_seen(tmp_path: Path) -> None:
    """Policy's channel rules hold for reading as they do for asking; the no is in the trail."""
    policy = (COMMANDS / "policy.toml").read_text()
    policy += '\n[[channels]]\nsnippets = ["mem"]\nchannels = ["C0OPS"]\n'
    async with World(tmp_path, commands=catalogue(tmp_path, policy=policy)) as world:
        said = await world.asks(world.olga, "/ecs run mem web-prod")
        form = await opened(world, world.olga, await world.ends(said))
        told = await world.olga.submits(form, filled(INCIDENT))
        assert "may not be seen in that channel (channel rule 1)" in told.text
        refused = await world.asks(world.olga, f"/ecs follow {id_in(said)}", channel=INCIDENT)
        assert "It may be seen in <#C0OPS>" in refused
        assert "was not allowed to share it" in await world.asks(world.ada, f"/ecs audit {id_in(said)}")
        assert [m for m in world.slack.workspace.all_messages("C0INCIDENT") if m.ephemeral_to is None] == []


async def test_places_that_are_none(quick: World) -> None:
    """Where the bot or the person is not, where another company is, what is archived, people: each says what to do."""
    said = await quick.asks(quick.olga, "/ecs run mem web-prod")
    form = await opened(quick, quick.olga, await quick.ends(said))
    channels = quick.slack.workspace.channels
    told = await quick.olga.submits(form, filled("C0QUIET"))
    assert "I am not in that channel" in told.text
    assert "/invite @ecs" in told.text
    told = await quick.olga.submits(form, filled("C0PRIVATE"))
    assert "I am not in that channel" in told.text
    channels[INCIDENT].shared = "connected"
    sent = await quick.olga.submits(form, filled("C0PRIVATE"))
    forged = {
        "C0OLD": "is archived",
        INCIDENT: "shared with another company",
        quick.ben.dm.id: "no place to share to",
        "C0NOWHERE": "I am not in that channel",
        "<!channel>": "no place to share to",
    }
    for channel, words in forged.items():
        view = sent.envelope.payload["view"]
        state = {"values": {share.CHANNEL: {share.CHANNEL: {"selected_conversation": channel}}}}
        answer = await quick.slack.replay(sent.envelope, view=view | {"state": state})
        assert words in str(answer.payload), channel
    channels[INCIDENT] = replace(channels[INCIDENT], shared="")
    channels[INCIDENT].members.remove(quick.olga.id)
    state = {"values": {share.CHANNEL: {share.CHANNEL: {"selected_conversation": INCIDENT}}}}
    answer = await quick.slack.replay(sent.envelope, view=sent.envelope.payload["view"] | {"state": state})
    assert "You are not in that channel" in str(answer.payload)
    assert [m for m in quick.slack.workspace.all_messages() if id_of(m) and m.channel != "C0OPS"] == []


async def test_the_bot_is_taken_out_of_it(tmp_path: Path) -> None:
    """Who shared it is told how to bring it back; the run and its own thread go on."""
    async with World(tmp_path, region=webs(CannedRunner("slow\n", duration=LONG))) as world:
        said = await world.asks(world.olga, "/ecs run uptime web-prod")
        form = await opened(world, world.olga, await world.thread(state="running"))
        hold = world.slack.faults.hold("chat.postMessage")
        await world.olga.submits(form, filled(INCIDENT))
        await hold.reached.wait()
        world.slack.workspace.channels[INCIDENT].members.remove(world.slack.workspace.app.user_id)
        hold.release()
        await world.told(world.olga, "is not shown in <#C0INCIDENT>", "/invite @ecs")
        await world.asks(world.olga, f"/ecs stop {id_in(said)}")
        await world.ends(said, "cancelled")
        assert "is not shown in <#C0INCIDENT> any more" in await world.asks(world.ada, f"/ecs audit {id_in(said)}")


async def test_a_copy_that_was_taken_away_is_not_put_back(tmp_path: Path) -> None:
    """Somebody did not want it there: its end is shown where it ran, and nowhere else."""
    async with World(tmp_path, region=webs(CannedRunner("slow\n", duration=LONG))) as world:
        said = await world.asks(world.olga, "/ecs run uptime web-prod")
        form = await opened(world, world.olga, await world.thread(state="running"))
        await world.olga.submits(form, filled(INCIDENT))
        world.slack.workspace.delete(await copy(world, said, "Running"))
        await world.asks(world.olga, f"/ecs stop {id_in(said)}")
        await world.ends(said, "cancelled")
        await world.slack.journal.wait_for("chat.update", lambda call: call.error == "message_not_found")
        assert [m for m in world.slack.workspace.all_messages(INCIDENT) if m.ephemeral_to is None] == []


async def test_links_to_an_invocation(quick: World) -> None:
    """Status, history and the trail lead to its card."""
    said = await quick.asks(quick.olga, "/ecs run mem web-prod")
    await quick.ends(said)
    card = await quick.card(state="succeeded")
    link = quick.slack.workspace.permalink(card)
    for line in ("/ecs history", f"/ecs status {id_in(said)}", f"/ecs audit {id_in(said)}"):
        assert link in await quick.asks(quick.olga, line), line
    await quick.olga.opens_home()
    await quick.slack.workspace.until(lambda: quick.olga.home is not None and link in quick.olga.home.words)
