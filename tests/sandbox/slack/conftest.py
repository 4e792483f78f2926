"""A workspace, and a real Bolt app connected to it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import ManualClock, SlackServer
from tests.sandbox.slack.apps import Connect, Register, over_http, over_socket

ALL_SCOPES = (
    "app_mentions:read",
    "channels:join",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "im:read",
    "im:write",
    "reactions:read",
    "reactions:write",
    "users:read",
    "usergroups:read",
)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def slack(clock: ManualClock) -> AsyncIterator[SlackServer]:
    """A workspace whose time stands still; the rate limits are on."""
    async with SlackServer(clock=clock, scopes=ALL_SCOPES, ack_seconds=1.0) as server:
        yield server


@pytest.fixture
def client(slack: SlackServer) -> AsyncWebClient:
    """The SDK's own client, with no retries but its default ones."""
    return AsyncWebClient(token=slack.bot_token, base_url=slack.base_url)


@pytest.fixture(params=["socket", "http"])
async def connect(request: pytest.FixtureRequest, slack: SlackServer) -> AsyncIterator[Connect]:
    """Connects a Bolt app, once over Socket Mode and once over HTTP."""
    async with AsyncExitStack() as stack:

        async def connected(server: SlackServer, register: Register) -> AsyncApp:
            way = over_socket if request.param == "socket" else over_http
            return await stack.enter_async_context(way(server, register))

        yield connected
