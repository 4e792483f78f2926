"""The whole of a run as one file, for who asks: in their direct messages, where it disturbs nobody."""

from bot.sandbox.slack import Message
from bot.slack.messages import more
from tests.scenarios.world import World, id_of


async def file_in(world: World, channel: str) -> str:
    """The text of the first file that is shared in *channel*, now or later."""

    def there(message: Message) -> bool:
        return message.channel == channel and message.files != []

    shared = await world.see(there)
    return world.slack.workspace.files[shared.files[0]].text


async def test_all_of_it_comes_to_who_asks(world: World) -> None:
    """A colleague with no role reads along in the channel, and takes the record of all that was planned and printed."""
    said = await world.asks(world.olga, "/ecs run mem web-prod")
    thread = await world.ends(said)
    await world.sam.chooses(thread, more.MORE, "Download all of it")
    assert "comes to you as a file" in (await world.told(world.sam, "comes to you")).words
    text = await file_in(world, world.sam.dm.id)
    for word in ("/ecs run mem web-prod", "free", "web-prod-1", "web-prod-3", "Success", "digest", "3 machines"):
        assert word in text, word
    assert not [m for m in world.slack.workspace.all_messages() if m.files and m.channel == "C0OPS"]
    assert "took all of it" in await world.asks(world.ada, f"/ecs audit {id_of(thread)}")
    assert world.runs == 1
    assert world.refusals() == []


async def test_a_choice_that_stands_elsewhere_is_refused(quick: World) -> None:
    """The same choice, said to be pressed on another message: nothing is sent."""
    thread = await quick.runs_mem()
    press = (await quick.olga.chooses(thread, more.MORE, "Download all of it")).envelope
    await file_in(quick, quick.olga.dm.id)
    container = {**press.payload["container"], "message_ts": "1.000001"}
    for forged in ({"container": container}, {"actions": [{**press.payload["actions"][0], "selected_option": None}]}):
        trigger = quick.slack.triggers.issue(quick.olga.id)
        await quick.slack.replay(press, **forged, trigger_id=trigger)
        await quick.told(quick.olga, "✋")
    assert len([m for m in quick.slack.workspace.all_messages() if m.files]) == 1
