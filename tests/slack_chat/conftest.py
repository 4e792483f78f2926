"""The workspace of the emulator, and SlackChat with the real client."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import ManualClock, SlackServer
from bot.slack.chat import SlackChat


class BotClock:
    """The bot's time: the workspace's."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._clock.now(), UTC)

    async def sleep(self, span: timedelta) -> None:
        self._clock.advance(span.total_seconds())


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def slack(clock: ManualClock) -> AsyncIterator[SlackServer]:
    """A workspace whose time stands still; an argument that Slack does not know is a fault of ours."""
    async with SlackServer(clock=clock) as server:
        yield server
        assert server.journal.strangers() == []


@pytest.fixture
def chat(slack: SlackServer, clock: ManualClock) -> SlackChat:
    return SlackChat(AsyncWebClient(token=slack.bot_token, base_url=slack.base_url), BotClock(clock))
