"""A channel that people of another company see shows nothing of what ran."""

from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest

from bot.sandbox.slack.records import Channel
from tests.scenarios.world import COMMANDS, World, catalogue, id_in


@pytest.mark.parametrize("how", ["connected", "pending"])
async def test_card_and_results_go_to_who_asked(quick: World, how: Literal["connected", "pending"]) -> None:
    """They are told why; the channel sees nothing, now or once the other company has come in."""
    ops(quick).shared = how
    said = await quick.asks(quick.olga, "/ecs run mem web-prod")
    told = await quick.told(quick.olga, "People of another company see <#C0OPS>", "shared_channels")
    assert told.channel == "C0OPS"
    thread = await quick.ends(said)
    assert thread.channel == quick.olga.dm.id
    assert [m for m in quick.slack.workspace.all_messages() if m.channel == "C0OPS" and not m.ephemeral_to] == []
    assert quick.runs == 1
    assert "shared_with_others" in await quick.asks(quick.olga, f"/ecs audit {id_in(said)}")


async def test_approvers_are_asked_as_ever(quick: World) -> None:
    """By direct messages, which is where they press, too."""
    ops(quick).shared = "connected"
    said = await quick.asks(quick.olga, "/ecs run restart web-prod --service nginx --reason wedged")
    asked = await quick.see(lambda m: m.channel == quick.ben.dm.id and "Approve" in m.buttons)
    await quick.ben.presses(asked, "Approve")
    assert (await quick.ends(said)).channel == quick.olga.dm.id


async def test_policy_can_open_it(tmp_path: Path) -> None:
    """By its id."""
    policy = 'shared_channels = ["C0OPS"]\n' + (COMMANDS / "policy.toml").read_text()
    async with World(tmp_path, commands=catalogue(tmp_path, policy=policy)) as world:
        ops(world).shared = "connected"
        said = await world.asks(world.olga, "/ecs run mem web-prod")
        assert (await world.ends(said)).channel == "C0OPS"


async def test_it_is_shared_while_somebody_waits(quick: World) -> None:
    """What is not said yet is said to who asked."""
    said = await quick.asks(quick.olga, "/ecs run restart web-prod --service nginx --reason wedged")
    card = await quick.card(state="awaiting_approval")
    ops(quick).shared = "connected"
    await quick.later(timedelta(minutes=11))
    await quick.ben.presses(card, "Approve")
    assert (await quick.ends(said)).channel == quick.olga.dm.id
    assert [m for m in quick.slack.workspace.all_messages() if m.channel == "C0OPS" and m.is_reply] == []


@pytest.mark.parametrize(("scope", "channel"), [("channels:read", "C0OPS"), ("groups:read", "C0PRIVATE")])
async def test_without_its_scope_nobody_knows(quick: World, scope: str, channel: str) -> None:
    """Then it could be shared: nothing is shown in it, and the scope is named."""
    place = quick.slack.workspace.channel(channel)
    place.members.append(quick.slack.workspace.app.user_id)
    quick.slack.tokens.all[quick.slack.bot_token].scopes.discard(scope)
    said = await quick.asks(quick.olga, "/ecs run mem web-prod", channel=channel)
    told = await quick.told(quick.olga, "I may not see whether people of another company are in", scope)
    assert "in group direct messages I show nothing" in told.words
    assert (await quick.ends(said)).channel == quick.olga.dm.id


def ops(world: World) -> Channel:
    """The channel that everybody is in."""
    return world.slack.workspace.channel("C0OPS")
