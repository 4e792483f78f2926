"""The page's own HTTP server, on loopback alone."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from aiohttp import web

from bot.sandbox.page import doings, knobs, shown
from bot.sandbox.page.guard import Guard
from bot.sandbox.page.stream import Pulse, stream
from bot.sandbox.session import Session
from bot.sandbox.slack import CannotDo, Refused
from bot.sandbox.slack.records import Json

_HERE = Path(__file__).parent
LOG_LINES = 200


class Page:
    """The page of one *session*, for as long as the ``async with`` lasts. *port* 0 takes a free one."""

    def __init__(self, session: Session, port: int = 0) -> None:
        self.session = session
        self._asked_port = port
        self._guard = Guard()
        self._pulse = Pulse()
        self._runner: web.AppRunner | None = None
        self._watches: list[asyncio.Task[None]] = []
        self._streams: set[asyncio.Task[Any]] = set()

    @property
    def address(self) -> str:
        """What to open; the key of this start is in it."""
        return self._guard.address

    @property
    def origin(self) -> str:
        """The address without the key."""
        return self._guard.origin

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self._guard.middleware()])
        app.on_response_prepare.append(self._guard.dress)
        app.add_routes(
            [
                web.get("/", self._index),
                web.get("/events", self._events),
                web.post("/people/{user}/{doing}", self._do),
                web.post("/knobs/{knob}", self._turn),
                web.get("/files/{file}", self._file),
                web.get("/calls/{side:cloud|slack}/{number:[0-9]+}", self._call),
                web.get("/log", self._log),
                web.static("/static", _HERE / "static"),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._asked_port).start()
        self._guard.port = self._runner.addresses[0][1]
        for feed in (self.session.ecs.feed, self.session.region.feed, self.session.feed):
            feed.parent = self._pulse
        for changes in (self.session.slack.journal.changes(), self.session.slack.sockets.changes()):
            self._watches.append(asyncio.create_task(self._watch(changes)))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in [*self._watches, *self._streams]:
            task.cancel()
        await asyncio.gather(*self._watches, *self._streams, return_exceptions=True)
        if self._runner is not None:
            await self._runner.cleanup()

    async def _watch(self, changes: AsyncIterator[object]) -> None:
        async for _ in changes:
            self._pulse.tell()

    # --- what is read

    async def _index(self, _: web.Request) -> web.Response:
        text = (_HERE / "index.html").read_text(encoding="utf-8").replace("{key}", self._guard.key)
        return web.Response(text=text, content_type="text/html")

    async def _events(self, request: web.Request) -> web.StreamResponse:
        task = asyncio.current_task()
        assert task is not None
        self._streams.add(task)
        try:
            return await stream(self.session, self._pulse, request)
        finally:
            self._streams.discard(task)

    async def _file(self, request: web.Request) -> web.Response:
        """An uploaded file: only ever as text to save, never as a page."""
        file = self.session.slack.workspace.files.get(request.match_info["file"])
        if file is None or file.content is None:
            raise web.HTTPNotFound
        name = f"attachment; filename*=UTF-8''{quote(file.name)}"
        headers = {"Content-Disposition": name, "Content-Type": "text/plain; charset=utf-8"}
        return web.Response(body=file.content, headers=headers)

    async def _call(self, request: web.Request) -> web.Response:
        try:
            return web.json_response(
                shown.detail(self.session, request.match_info["side"], int(request.match_info["number"]))
            )
        except KeyError:
            raise web.HTTPNotFound from None

    async def _log(self, _: web.Request) -> web.Response:
        lines = await asyncio.to_thread(_tail, self.session.log)
        return web.json_response({"lines": lines})

    # --- what is done

    async def _do(self, request: web.Request) -> web.Response:
        info = request.match_info
        return await _told(doings.do(self.session, info["user"], info["doing"], await _given(request)))

    async def _turn(self, request: web.Request) -> web.Response:
        async def turned(given: Json) -> Json:
            await knobs.turn(self.session, request.match_info["knob"], given)
            return {}

        return await _told(turned(await _given(request)))


async def _given(request: web.Request) -> Json:
    try:
        given = await request.json()
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise web.HTTPBadRequest(text="a JSON object, please")
    return given


async def _told(work: Awaitable[Json]) -> web.Response:
    """What came of it; 409 where it can't be done, in words that the page shows."""
    try:
        return web.json_response(await work)
    except CannotDo as error:
        return web.json_response({"cannot": str(error)}, status=409)
    except Refused as refusal:
        return web.json_response({"cannot": refusal.error}, status=409)
    except (KeyError, TypeError, ValueError) as error:
        return web.json_response({"cannot": f"not understood: {error}"}, status=400)


def _tail(path: Path) -> list[str]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", errors="replace") as lines:
        return [line.rstrip("\n") for line in deque(lines, LOG_LINES)]
