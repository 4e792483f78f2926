"""Slack at its worst: nothing is lost, nothing runs twice, and what was to be read is read."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.sandbox.ecs import CannedRunner, ManualClock, Region, fleet
from bot.sandbox.slack.records import Channel
from bot.sandbox.slack.socketmode import DisconnectReason
from bot.sandbox.terminal import state_of
from tests.crash.conftest import Holds
from tests.scenarios.world import World, id_in, id_of

POST, UPDATE = "chat.postMessage", "chat.update"


async def test_slack_answers_slowly(quick: World, holds: Holds) -> None:
    """The card's answer is kept back until the run is over: results follow it, once."""
    hold = quick.slack.faults.hold(POST)
    said = await quick.asks(quick.olga, "/ecs run mem web-prod")
    await hold.reached.wait()
    await quick.region.wait_for(lambda: quick.runs == 1 and quick.region.invocations[0].final)
    hold.release()
    await quick.ends(said)
    assert await holds(quick) == {}


async def test_the_answer_to_a_post_is_lost(quick: World, holds: Holds) -> None:
    """Slack has no ClientToken: the card stands twice, once and no more, and the known one is kept true."""
    quick.slack.faults.cut(POST, after_effect=True)
    await quick.ends(await quick.asks(quick.olga, "/ecs run mem web-prod"))
    assert await holds(quick, kills=1) == {"card": 1}


@pytest.mark.parametrize("error", ["token_revoked", "invalid_auth"])
async def test_the_token_is_revoked(quick: World, holds: Holds, error: str) -> None:
    """Readiness says it, the run goes on; with the token good again all is told."""
    quick.slack.faults.error(POST, error, times=2)
    said = await quick.asks(quick.olga, "/ecs run mem web-prod")
    await quick.slack.journal.wait_for(POST)
    await quick.region.wait_for(lambda: quick.runs == 1 and quick.region.invocations[0].final)
    async with asyncio.timeout(10):
        while "Slack refuses the bot's token" not in await quick.app.faults():
            pass  # what Slack said is being written down; health tells nobody, and is asked for again
    await quick.later(timedelta(seconds=16))
    await quick.later(timedelta(seconds=16))
    await quick.ends(said)
    assert await quick.app.faults() == []
    assert await holds(quick) == {}


async def test_the_bot_is_removed_from_the_channel_over_a_run(quick: World, holds: Holds) -> None:
    """The results reach who asked for them, with the reason; the script ran once."""
    bot = quick.slack.workspace.app.user_id
    place = quick.slack.workspace.add_channel(Channel("C0WAR", "war", "private", [quick.olga.id, bot]))
    hold = quick.ecs.faults.hold("RunCommand")
    said = await quick.asks(quick.olga, "/ecs run mem web-prod", channel=place.id)
    await quick.card(state="running")
    place.members.remove(bot)
    hold.release()
    thread = await quick.ends(said)
    assert thread.channel == quick.olga.dm.id
    assert quick.runs == 1
    await holds(quick)


async def test_a_deleted_card_takes_its_thread_along(tmp_path: Path, holds: Holds) -> None:
    """Somebody deletes the card over the run: there is a new one, and the results stand under that."""
    clock = ManualClock()
    machines = fleet(3, {"app": "web", "env": "prod"}, CannedRunner("total\n", duration=20), "web-prod")
    async with World(tmp_path, region=Region("cn-hangzhou", machines, clock=clock)) as world:
        said = await world.asks(world.olga, "/ecs run mem web-prod")
        progress = await world.thread(state="running")
        card = await world.card(state="running")
        world.slack.workspace.delete(card)
        await clock.advance(30)
        await world.see(lambda m: not m.is_reply and state_of(m) == "succeeded" and id_of(m) == id_in(said))
        new = next(m for m in world.cards() if id_of(m) == id_in(said))
        results = await world.see(lambda m: m.thread_ts == new.ts and state_of(m) == "succeeded")
        assert new is not card
        assert "total" in results.words
        assert progress.thread_ts == card.ts
        await holds(world, kills=1)


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "link_disabled", "too_many_websockets"])
async def test_the_socket_is_told_to_go(quick: World, holds: Holds, reason: DisconnectReason) -> None:
    """Whatever the reason: there is another, and every command after it is answered."""
    for _ in range(2):
        old = quick.slack.sockets.open[-1]
        await quick.slack.sockets.disconnect(reason)
        await quick.slack.sockets.until_gone(old)
        await quick.slack.sockets.connected()
        await quick.runs_mem()
    assert quick.runs == 2
    assert await holds(quick) == {}


async def test_deliveries_that_come_late(quick: World, holds: Holds) -> None:
    """A command and a press that Slack delivers again after all is over, and after a restart: nothing runs anew."""
    seen = await quick.olga.types("/ecs run mem web-prod", channel="C0OPS")
    await quick.ends(seen.text)
    card = await quick.card(state="succeeded")
    pressed = await quick.olga.presses(card, "Run again")
    await quick.slack.workspace.until(lambda: len([m for m in quick.cards() if state_of(m) == "succeeded"]) == 2, 20)
    await quick.stop()
    await quick.start()
    for envelope in (seen.envelope, pressed.envelope, seen.envelope, pressed.envelope):
        assert (await quick.slack.replay(envelope)).ok
    assert quick.runs == 2
    assert await holds(quick) == {}
