"""The bot called by its name, where slash commands don't work; and written to directly."""

from bot.sandbox.slack import Message
from bot.sandbox.terminal import state_of
from tests.scenarios.world import World, id_in, id_of


async def answered(world: World, *words: str) -> Message:
    """What Olga alone reads in a channel in answer to a mention."""
    return await world.told(world.olga, *words)


async def test_in_a_thread_all_of_it_stays_there(world: World) -> None:
    """The answer, the card and the results: under the message that it is about, and nowhere else."""
    alarm = world.sam.says("web-prod is slow again", "C0OPS")
    await world.olga.mentions("@ecs run mem web-prod", "C0OPS", thread=alarm)
    said = await answered(world, "on its way")
    assert said.thread_ts == alarm.ts
    results = await world.ends(said.words)
    card = await world.see(lambda m: id_of(m) == id_of(results) and m is not results and state_of(m) == "succeeded")
    assert (card.thread_ts, results.thread_ts) == (alarm.ts, alarm.ts)
    assert [m for m in world.cards() if m.channel == "C0OPS"] == []
    assert "Run again" in card.buttons
    assert world.runs == 1
    assert world.refusals() == []


async def test_again_in_the_same_thread(quick: World) -> None:
    """The button of a card in a thread answers there."""
    alarm = quick.sam.says("slow", "C0OPS")
    await quick.olga.mentions("@ecs run mem web-prod", "C0OPS", thread=alarm)
    card = await quick.see(lambda m: m.is_reply and "Run again" in m.buttons)
    await quick.olga.presses(card, "Run again")
    again = await quick.thread("again of", state="succeeded")
    assert again.thread_ts == alarm.ts


async def test_in_a_channel_it_is_as_if_it_had_been_typed(quick: World) -> None:
    """A card with its own thread."""
    await quick.olga.mentions("@ecs run mem web-prod", "C0OPS")
    said = await answered(quick, "on its way")
    results = await quick.ends(said.words)
    card = await quick.card(state="succeeded")
    assert results.thread_ts == card.ts
    assert said.thread_ts is None


async def test_approval_in_a_thread(quick: World) -> None:
    """The card waits there, and an approver's press on it counts."""
    alarm = quick.sam.says("502s", "C0OPS")
    await quick.olga.mentions("@ecs run restart web-prod --service nginx --reason wedged", "C0OPS", thread=alarm)
    card = await quick.thread(state="awaiting_approval")
    await quick.ben.presses(card, "Approve")
    done = await quick.thread(state="succeeded")
    assert done.thread_ts == alarm.ts
    assert quick.runs == 1


async def test_refusals_are_for_the_asker_alone(quick: World) -> None:
    """In the thread, and nobody else reads them; nothing runs."""
    alarm = quick.olga.says("anybody?", "C0OPS")
    await quick.sam.mentions("@ecs run mem web-prod", "C0OPS", thread=alarm)
    said = await quick.told(quick.sam, "You may not run mem")
    assert said.thread_ts == alarm.ts
    assert said not in quick.olga.sees("C0OPS")
    assert quick.runs == 0


async def test_spoken_of_is_not_spoken_to(quick: World) -> None:
    """A name in the middle of a sentence runs nothing, whatever follows it."""
    await quick.olga.mentions("don't do @ecs run mem web-prod", "C0OPS")
    await answered(quick, "begin the line with my name")
    assert quick.runs == 0


async def test_direct_messages(world: World) -> None:
    """Card, results and answers come there; the bot does not answer itself."""
    await world.olga.writes("run mem web-prod")
    dm = world.olga.dm.id
    said = await world.see(lambda m: m.channel == dm and "on its way" in m.words)
    results = await world.ends(said.words)
    card = await world.see(lambda m: m.channel == dm and state_of(m) == "succeeded" and not m.is_reply)
    assert results.thread_ts == card.ts
    await world.olga.writes("whoami")
    await world.see(lambda m: m.channel == dm and "oncall" in m.words)
    assert world.runs == 1


async def test_an_event_delivered_twice_runs_once(quick: World) -> None:
    """Also by a bot that was restarted in between and remembers nothing."""
    seen = await quick.olga.mentions("@ecs run mem web-prod", "C0OPS")
    said = await answered(quick, "on its way")
    await quick.ends(said.words)
    await quick.slack.replay(seen.envelope)
    await quick.stop()
    await quick.start()
    await quick.slack.replay(seen.envelope)
    await quick.see(lambda m: m is not said and "on its way" in m.words and id_in(m.words) == id_in(said.words))
    assert quick.runs == 1


async def test_what_is_no_request(quick: World) -> None:
    """Edits, other bots, other workspaces, other channels' messages: acknowledged, and nothing comes of them."""
    seen = await quick.olga.writes("help")
    await quick.see(lambda m: m.channel == quick.olga.dm.id and "You may run" in m.words)
    event = {**seen.envelope.payload["event"], "text": "run mem web-prod"}
    changes: tuple[dict[str, object], ...] = (
        {"subtype": "message_changed"},
        {"edited": {"user": "U0ONCALL", "ts": "1.0"}},
        {"bot_id": "B0OTHER"},
        {"team": "T0OTHER"},
        {"channel_type": "channel"},
        {"user": None},
    )
    for number, change in enumerate(changes):
        ack = await quick.slack.replay(seen.envelope, event={**event, **change}, event_id=f"Ev{number}")
        assert ack.ok, change
    await quick.slack.replay(seen.envelope, event=event, event_id="Ev0GOOD")
    await quick.thread(state="succeeded")
    assert quick.runs == 1
