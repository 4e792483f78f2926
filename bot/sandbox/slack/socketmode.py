"""Socket Mode, the server's side (DOC apis/events-api/using-socket-mode; slack_sdk/socket_mode)."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from typing import Any, Literal

from aiohttp import WSMsgType, web

from bot.sandbox.slack import limits
from bot.sandbox.slack.envelope import Ack, Envelope
from bot.sandbox.slack.feed import PATIENCE, Feed

DisconnectReason = Literal["warning", "refresh_requested", "link_disabled", "too_many_websockets"]


class Sockets:
    """The app's open connections, at most ten; each payload goes to one of them."""

    def __init__(self, app_id: str, timeout: float = limits.ACK_SECONDS) -> None:
        self.timeout = timeout
        self.open: list[web.WebSocketResponse] = []
        self.down = False
        """While it is, no connection comes about."""
        self.acks: list[tuple[str, Any]] = []
        """Every acknowledgement that came, in time or not: (envelope_id, payload or None)."""
        self._app_id = app_id
        self._tickets: set[str] = set()
        self._waiting: dict[str, tuple[web.WebSocketResponse, asyncio.Future[Any]]] = {}
        self._leaving: set[web.WebSocketResponse] = set()
        self._requests: dict[web.WebSocketResponse, web.Request] = {}
        self._turn = 0
        self._feed: Feed[None] = Feed()

    def new_ticket(self) -> str:
        """A ticket that opens one connection, once."""
        ticket = secrets.token_urlsafe(12)
        self._tickets.add(ticket)
        return ticket

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One connection, from its ticket to its end."""
        if self.down and request.transport is not None:
            request.transport.abort()
            return web.Response()
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=401, text="invalid ticket")  # guess: Slack's status is not documented
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(timeout=0.5)
        await socket.prepare(request)
        if len(self.open) >= limits.SOCKETS:
            await self._say_disconnect(socket, "too_many_websockets")
            await socket.close()
            return socket
        self.open.append(socket)
        self._requests[socket] = request
        try:
            await socket.send_json(self._hello())
            self._feed.publish(None)
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._acknowledged(message.data)
        finally:
            self._gone(socket)
        return socket

    async def send(self, envelope: Envelope) -> Ack:
        """Deliver to one connection; without any, the person sees ``dispatch_failed`` (bolt-js issue 1621)."""
        socket = self._next()
        if socket is None:
            return Ack(error="dispatch_failed")
        acked: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[envelope.envelope_id] = (socket, acked)
        try:
            async with asyncio.timeout(self.timeout):
                await socket.send_json(_wire(envelope))
                payload = await acked
        except (TimeoutError, ConnectionError):
            return Ack(error="operation_timeout")
        finally:
            self._waiting.pop(envelope.envelope_id, None)
        return Ack(payload={"text": payload} if isinstance(payload, str) else payload)

    async def disconnect(self, reason: DisconnectReason = "refresh_requested") -> None:
        """Tell every connection to go. After ``warning`` it is still served; after the others no more."""
        for socket in list(self.open):
            if reason != "warning":
                self._leaving.add(socket)
            await self._say_disconnect(socket, reason)

    async def cut(self, *, abruptly: bool = False) -> None:
        """Close every connection without a word; *abruptly* without even a closing handshake."""
        for socket in list(self.open):
            transport = self._requests[socket].transport
            if abruptly and transport is not None:
                transport.abort()
            else:
                await socket.close()

    async def connected(self, count: int = 1, timeout: float = PATIENCE) -> None:  # noqa: ASYNC109 - whoever waits says how long
        """Wait until *count* connections can be delivered to."""

        def look() -> bool | None:
            return len(set(self.open) - self._leaving) >= count or None

        await self._feed.until(look, timeout, lambda: f"{len(self.open)} of {count} connections")

    def changes(self) -> AsyncIterator[None]:
        """Told whenever a connection comes or goes, or an acknowledgement arrives."""
        return self._feed.items()

    async def until_gone(self, socket: web.WebSocketResponse, timeout: float = PATIENCE) -> None:  # noqa: ASYNC109 - whoever waits says how long
        """Wait until this connection is no more."""
        await self._feed.until(lambda: socket not in self.open or None, timeout, lambda: "it is still open")

    def _next(self) -> web.WebSocketResponse | None:
        able = [socket for socket in self.open if socket not in self._leaving and not socket.closed]
        if not able:
            return None
        self._turn += 1
        return able[self._turn % len(able)]

    def _acknowledged(self, text: str) -> None:
        try:
            body = json.loads(text)
        except ValueError:
            return
        if not isinstance(body, dict) or not isinstance(envelope_id := body.get("envelope_id", ""), str):
            return
        payload = body.get("payload")
        self.acks.append((envelope_id, payload))
        _, acked = self._waiting.get(envelope_id, (None, None))
        if acked and not acked.done():
            acked.set_result(payload)
        self._feed.publish(None)

    def _gone(self, socket: web.WebSocketResponse) -> None:
        self.open.remove(socket)
        self._requests.pop(socket, None)
        self._leaving.discard(socket)
        for waiting, acked in self._waiting.values():
            if waiting is socket and not acked.done():
                acked.set_exception(ConnectionResetError("the connection closed before the answer"))
        self._feed.publish(None)

    async def _say_disconnect(self, socket: web.WebSocketResponse, reason: DisconnectReason) -> None:
        await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}})

    def _hello(self) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": len(self.open),
            "debug_info": {"host": "sandbox", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._app_id},
        }


def _wire(envelope: Envelope) -> dict[str, Any]:
    body = {
        "type": envelope.type,
        "envelope_id": envelope.envelope_id,
        "payload": envelope.payload,
        "accepts_response_payload": envelope.type != "events_api",
    }
    if envelope.type == "events_api":
        body |= {"retry_attempt": envelope.retry_attempt, "retry_reason": envelope.retry_reason}
    return body
