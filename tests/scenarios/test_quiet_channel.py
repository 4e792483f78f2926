"""A channel that the bot is not in: the answer is not lost, and the way to have it here is said."""

from tests.scenarios.world import World, id_in, id_of


async def test_the_bot_was_never_invited(world: World) -> None:
    """Privately in the channel: why, and how to invite; the card and its thread in Olga's direct messages."""
    said = await world.asks(world.olga, "/ecs run mem web-prod", channel="quiet")
    told = await world.told(world.olga, "I can't write in <#C0QUIET>", "/invite @ecs")
    assert told.channel == "C0QUIET"
    thread = await world.ends(said)
    assert thread.channel == world.olga.dm.id
    card = await world.see(lambda m: id_of(m) == id_in(said) and not m.is_reply and "3 of 3" in m.text)
    assert card.channel == world.olga.dm.id
    assert thread.thread_ts == card.ts
    assert world.runs == 1
    assert world.sam.sees("C0QUIET") == []
    assert [m for m in world.olga.sees("C0QUIET") if "I can't write" in m.text] == [told]


async def test_invited_it_stays(quick: World) -> None:
    """Next time, after the invitation, everything is in the channel."""
    await quick.asks(quick.olga, "/ecs run mem web-prod", channel="quiet")
    await quick.told(quick.olga, "/invite @ecs")
    quick.slack.workspace.channel("quiet").members.append(quick.slack.workspace.app.user_id)
    said = await quick.asks(quick.olga, "/ecs run mem web-prod", channel="quiet")
    assert (await quick.ends(said)).channel == "C0QUIET"


async def test_in_direct_messages(quick: World) -> None:
    """A command in the conversation with the bot is answered there, and Stop and Run again work there."""
    said = await quick.asks(quick.olga, "/ecs run mem web-prod", channel=quick.olga.dm.id)
    thread = await quick.ends(said)
    assert thread.channel == quick.olga.dm.id
    card = await quick.see(lambda m: m.buttons == ["Run again"])
    await quick.olga.presses(card, "Run again")
    await quick.see(lambda m: "again of" in m.words and m.buttons == ["Run again"])
    assert quick.runs == 2


async def test_a_private_channel_without_the_bot(quick: World) -> None:
    """Slack says that there is no such channel; its name stays in it."""
    said = await quick.asks(quick.olga, "/ecs run mem web-prod", channel="C0PRIVATE")
    thread = await quick.ends(said)
    assert thread.channel == quick.olga.dm.id
    assert "war-room" not in thread.words
    await quick.told(quick.olga, "I can't write in", "/invite @ecs")


async def test_the_channel_is_archived_meanwhile(quick: World) -> None:
    """What can't be said in it any more is said to who asked: card and results."""
    hold = quick.ecs.faults.hold("RunCommand")
    said = await quick.asks(quick.olga, "/ecs run mem web-prod", channel="incident-42")
    await hold.reached.wait()
    await quick.card(state="running")
    quick.slack.workspace.channel("incident-42").archived = True
    hold.release()
    thread = await quick.ends(said)
    assert thread.channel == quick.olga.dm.id
    await quick.told(quick.olga, "The channel is archived")
    assert quick.runs == 1


async def test_a_refusal_needs_no_channel(quick: World) -> None:
    """It is private wherever it was asked."""
    said = await quick.asks(quick.sam, "/ecs run mem web-prod", channel="quiet")
    assert "You may not run mem" in said
