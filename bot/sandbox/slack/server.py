"""The whole of it behind one loopback address: Web API, Socket Mode, uploads, response_urls, people."""

import json
import secrets
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from aiohttp import web

from bot.sandbox.slack import args, limits
from bot.sandbox.slack.backend import Backend
from bot.sandbox.slack.clock import Clock
from bot.sandbox.slack.delivery import HttpDelivery
from bot.sandbox.slack.envelope import Ack, Envelope
from bot.sandbox.slack.line import Answer, Line
from bot.sandbox.slack.modals import Modals
from bot.sandbox.slack.people import Person
from bot.sandbox.slack.ratelimit import RateLimits
from bot.sandbox.slack.records import Message
from bot.sandbox.slack.refusal import Refused
from bot.sandbox.slack.responses import ResponseUrls
from bot.sandbox.slack.seed import seed
from bot.sandbox.slack.socketmode import Sockets
from bot.sandbox.slack.tokens import APP_TOKEN, BOT_TOKEN, DEFAULT_SCOPES, SIGNING_SECRET, Token, Tokens
from bot.sandbox.slack.triggers import Triggers
from bot.sandbox.slack.webapi import WebApi
from bot.sandbox.slack.workspace import Workspace


class SlackServer:
    """A Slack workspace on 127.0.0.1, for as long as the ``async with`` lasts.

    *request_url* switches from Socket Mode to HTTP delivery; it can also be set later with `deliver_to`.
    *rate_scale* 0 switches the rate limits off. *ack_seconds* is the deadline that is Slack's 3 s.
    *port* 0 takes a free one.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        clock: Clock | None = None,
        scopes: Iterable[str] = DEFAULT_SCOPES,
        commands: Iterable[str] = ("/ecs",),
        events: Iterable[str] = ("app_mention", "app_home_opened", "message.im"),
        rate_scale: float = 1.0,
        ack_seconds: float = limits.ACK_SECONDS,
        request_url: str | None = None,
        workspace: Workspace | None = None,
    ) -> None:
        self.workspace = workspace or seed(Workspace(clock))
        clock = self.workspace.clock
        self.bot_token, self.app_token, self.signing_secret = BOT_TOKEN, APP_TOKEN, SIGNING_SECRET
        self.tokens = Tokens(Token(BOT_TOKEN, "bot", set(scopes)), Token(APP_TOKEN, "app", {"connections:write"}))
        self.commands, self.events = set(commands), set(events)
        self.modals, self.triggers = Modals(self.workspace), Triggers(clock)
        self.rate = RateLimits(clock, rate_scale)
        self.sockets = Sockets(self.workspace.app.app_id, ack_seconds)
        self.http: HttpDelivery | None = None
        self.envelopes: list[tuple[Envelope, Ack]] = []
        """Everything that was delivered, with what came back."""
        self._ack_seconds = ack_seconds
        self._acks_to_lose = 0
        self._line = Line(clock)
        self.faults, self.journal = self._line.faults, self._line.journal
        self._responses = ResponseUrls(self.workspace)
        self._uploads: dict[str, str] = {}
        self._port = port
        self._runner: web.AppRunner | None = None
        self._people: dict[str, Person] = {}
        if request_url:
            self.deliver_to(request_url)

    # --- its life

    async def start(self) -> None:
        """Listen; `base_url` is known from here on."""
        self._runner = web.AppRunner(self._routes(), access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Let held calls go, close all connections, stop listening."""
        self._line.release()
        await self.sockets.cut()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def origin(self) -> str:
        """``http://127.0.0.1:PORT``."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def base_url(self) -> str:
        """For slack_sdk's ``base_url``, and the bot's ``SLACK_API_URL``."""
        return f"{self.origin}/api/"

    # --- towards the app

    def deliver_to(self, request_url: str, secret: str | None = None) -> HttpDelivery:
        """Deliver over HTTP to *request_url* from now on, instead of Socket Mode."""
        self.http = HttpDelivery(request_url, secret or self.signing_secret, self._ack_seconds)
        return self.http

    async def deliver(self, envelope: Envelope) -> Ack:
        """Send *envelope* to the app, over HTTP if there is a request URL, else to one of its sockets."""
        ack = Ack(error="dispatch_failed") if self.is_cut_off else await (self.http or self.sockets).send(envelope)
        if self._acks_to_lose:
            self._acks_to_lose -= 1
            ack = Ack(error="operation_timeout")
        self.envelopes.append((envelope, ack))
        return ack

    async def cut_off(self) -> None:
        """From now on nothing goes through between the workspace and the app; people go on talking."""
        self._line.down = self.sockets.down = True
        await self.sockets.cut(abruptly=True)

    def let_through(self) -> None:
        """The end of `cut_off`: the app can come back."""
        self._line.down = self.sockets.down = False

    @property
    def is_cut_off(self) -> bool:
        """Is it?"""
        return self._line.down

    @property
    def acks_to_lose(self) -> int:
        """How many answers of the app will still be lost."""
        return self._acks_to_lose

    def lose_acks(self, times: int = 1) -> None:
        """The app is told of the next *times* doings and answers in vain: the person sees ``operation_timeout``."""
        self._acks_to_lose = times

    async def replay(self, envelope: Envelope, **payload: object) -> Ack:
        """The same trigger again, with parts of its payload replaced; nothing is shown to anybody."""
        return await self.deliver(envelope.again(**payload))

    def person(self, user_id: str) -> Person:
        """The person with this id; always the same object."""
        if user_id not in self._people:
            self._people[user_id] = Person(self, user_id)
        return self._people[user_id]

    def response_url(self, user: str, channel: str, original: Message | None = None) -> str:
        """A new response_url for what *user* has done in *channel*."""
        return self.origin + self._responses.issue(user, channel, original)

    # --- the routes

    def _routes(self) -> web.Application:
        backend = Backend(
            self.workspace, self.modals, self.triggers, self.rate, self._new_socket_url, self._new_upload_url
        )
        app = web.Application(client_max_size=limits.CLAIM_BYTES)
        api = WebApi(backend, self.tokens, self._line)
        app.router.add_route("*", "/api/{method}", api.handle)
        app.router.add_get("/link/", self.sockets.handle)
        app.router.add_post("/upload/v1/{ticket}", self._upload)
        app.router.add_post("/{side:commands|actions}/{team}/{number}/{secret}", self._respond)
        return app

    def _new_socket_url(self) -> str:
        ticket, app_id = self.sockets.new_ticket(), self.workspace.app.app_id
        return f"ws://127.0.0.1:{self._port}/link/?ticket={ticket}&app_id={app_id}"

    def _new_upload_url(self, file_id: str) -> str:
        ticket = secrets.token_urlsafe(12)
        self._uploads[ticket] = file_id
        return f"{self.origin}/upload/v1/{ticket}"

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        body = await _uploaded_bytes(request)
        file_id = self._uploads.get(request.match_info["ticket"])

        def effect(_: object) -> Answer:
            file = self.workspace.files.get(file_id or "")
            if file is None or file.content is not None or len(body) != file.length:
                return Answer("the upload does not fit what was announced", 400, took_effect=False)
            file.content = body
            return Answer(f"OK - {len(body)}")

        return await self._line.answer("files.upload", {"file": file_id, "bytes": len(body)}, request, effect)

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        body, fault = await _response_body(request)

        def effect(_: object) -> Answer:
            return fault or self._responses.answer(request.path, body)

        return await self._line.answer("response_url", body, request, effect)


async def _uploaded_bytes(request: web.Request) -> bytes:
    """The raw body, or the one file of a multipart form: Slack takes both."""
    if request.content_type != "multipart/form-data":
        return await request.read()
    for field in (await request.post()).values():
        if isinstance(field, web.FileField):
            return field.file.read()
    return b""


async def _response_body(request: web.Request) -> tuple[dict[str, object], Answer | None]:
    try:
        given = (await args.read(request)).values
        if set(given) == {"payload"}:
            given = json.loads(given["payload"])
        return given, None
    except (Refused, ValueError):
        return {}, Answer({"ok": False, "error": "invalid_payload"}, 400, took_effect=False)
