"""Slack's requests over Socket Mode."""

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

log = structlog.get_logger(__name__)


class Socket(AsyncSocketModeHandler):
    """Bolt's handler, which goes on over what Bolt breaks over: a shape that Slack never sends."""

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]  # as Bolt's
        """Pass *req* to the listeners, and their answer to Slack. Without one Slack tells whoever pressed that it did
        not work, and so it is."""
        try:
            await super().handle(client, req)
        except Exception as error:  # noqa: BLE001 - listeners never raise: it is Bolt, or a socket that has just closed
            log.warning("request_not_answered", error=type(error).__name__)
