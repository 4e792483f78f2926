"""Bolt apps connected to the workspace under test."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import SlackServer

Register = Callable[[AsyncApp], None]
Connect = Callable[[SlackServer, Register], Awaitable[AsyncApp]]


def new_app(slack: SlackServer, register: Register) -> AsyncApp:
    """A Bolt app that talks to *slack*."""
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.base_url)
    app = AsyncApp(client=client, signing_secret=slack.signing_secret)
    register(app)
    return app


@asynccontextmanager
async def over_socket(slack: SlackServer, register: Register) -> AsyncIterator[AsyncApp]:
    """A Bolt app in Socket Mode."""
    app = new_app(slack, register)
    handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=0.2)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # slack_bolt leaves it untyped
    await slack.sockets.connected()
    try:
        yield app
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # the same


@asynccontextmanager
async def over_http(slack: SlackServer, register: Register) -> AsyncIterator[AsyncApp]:
    """A Bolt app that listens for signed requests."""
    app = new_app(slack, register)
    runner = web.AppRunner(app.web_app("/slack/events"), shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    try:
        yield app
    finally:
        await runner.cleanup()
