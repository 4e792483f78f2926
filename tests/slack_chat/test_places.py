"""Which channels other companies see, as conversations.info says it."""

import asyncio
from datetime import timedelta

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import ChatPlaceClosed, ChatTryAgain
from bot.sandbox.slack import ManualClock, SlackServer
from bot.sandbox.slack.records import Channel
from bot.sandbox.slack.seed import OPS
from bot.slack.chat import named
from bot.slack.places import AGAIN, Places
from tests.slack_chat.conftest import BotClock


@pytest.fixture
def places(slack: SlackServer, clock: ManualClock) -> Places:
    """Nothing is open that is shared."""
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.base_url)
    return Places(client, BotClock(clock), lambda call: named(call, 5.0), tuple)


async def test_an_answer_is_remembered_for_ten_minutes(places: Places, slack: SlackServer, clock: ManualClock) -> None:
    """Asked for by many at once, and again and again, it is one call; then Slack is asked anew."""
    await asyncio.gather(*(places.enter(OPS) for _ in range(20)))
    assert len(slack.journal.calls("conversations.info")) == 1
    slack.workspace.channel(OPS).shared = "connected"
    await places.enter(OPS)
    clock.advance(timedelta(minutes=11).total_seconds())
    with pytest.raises(ChatPlaceClosed, match="shared_with_others"):
        await places.enter(OPS)


async def test_while_slack_does_not_say_nothing_is_written(
    places: Places, slack: SlackServer, clock: ManualClock
) -> None:
    """It is tried again later, as any message is."""
    slack.faults.error("conversations.info", "internal_error", 1)
    with pytest.raises(ChatTryAgain):
        await places.enter(OPS)
    clock.advance(AGAIN.total_seconds())
    await places.enter(OPS)


async def test_slack_tells_of_fifty_channels_a_minute(places: Places, slack: SlackServer, clock: ManualClock) -> None:
    """Of the others it says when to ask again: until then it is left alone, and those that are known are open."""
    channels = [slack.workspace.add_channel(Channel(f"C0MANY{n:02}", f"many{n}")).id for n in range(60)]
    for channel in channels[:50]:
        assert not await places.unsaid(channel)
    for channel in channels[50:]:
        assert await places.unsaid(channel) == timedelta(seconds=60)
        with pytest.raises(ChatTryAgain) as again:
            await places.enter(channel)
        assert again.value.after is None  # so that it is not taken for a limit of what was to be written
    await places.enter(channels[0])
    assert len(slack.journal.calls("conversations.info")) == 51
    clock.advance(60.5)
    for channel in channels[50:]:
        assert not await places.unsaid(channel)


async def test_a_limit_lasts_for_a_moment_at_least(places: Places, slack: SlackServer) -> None:
    """Even where Slack says: at once."""
    slack.faults.ratelimit("conversations.info", 0)
    assert await places.unsaid(OPS) == AGAIN


async def test_where_slack_fails_whoever_writes_is_told(places: Places, slack: SlackServer, clock: ManualClock) -> None:
    """As of any message that it does not take. Of many who wait for the answer one asks, and soon it is asked anew."""
    slack.faults.error("conversations.info", "internal_error", 1)
    assert await asyncio.gather(*(places.unsaid(OPS) for _ in range(20))) == [timedelta(0)] * 20
    with pytest.raises(ChatTryAgain):
        await places.enter(OPS)
    assert len(slack.journal.calls("conversations.info")) == 1
    clock.advance(AGAIN.total_seconds())
    await places.enter(OPS)


async def test_a_channel_that_is_closed_is_no_longer_unsaid(places: Places, slack: SlackServer) -> None:
    """Whoever writes there hears it."""
    slack.workspace.channel(OPS).shared = "connected"
    assert not await places.unsaid(OPS)
    with pytest.raises(ChatPlaceClosed):
        await places.enter(OPS)


async def test_direct_messages_are_not_asked_about(places: Places, slack: SlackServer) -> None:
    """The bot writes to people of its own workspace alone."""
    for place in ("U0ONCALL", "D0ONCALL", "W0ONCALL"):
        await places.enter(place)
    assert slack.journal.calls("conversations.info") == []
