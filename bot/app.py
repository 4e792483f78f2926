"""One process of the bot: what it takes in, what goes on by itself, and the order of stopping."""

import asyncio
import contextlib
from datetime import timedelta

import structlog
from aiohttp import web
from slack_bolt.async_app import AsyncApp

from bot import pauses
from bot import web as bot_web
from bot.catalog import read_catalog
from bot.domain.catalog import Catalog
from bot.errors import CatalogError, StartError
from bot.parts import Parts, SystemClock, Wrap, as_it_is, assembled
from bot.ports import Clock
from bot.settings import Settings
from bot.slack.socket import Socket
from bot.workers.looper import Looper

log = structlog.get_logger(__name__)

DRAIN = 20.0
"""Seconds that work under way has to end after SIGTERM, and as many for what is owed to Slack then. What has not ended
by then is taken up at the next start."""

_LAST_WORDS = 6
"""Rounds in which the notifier says what it still owes: a card, its thread and its file come one after the other."""

_SILENT = timedelta(seconds=60)


class App:
    """One process of the bot. `run` serves until `stop`; `ready` is set while it can. *wrap* goes around its ports."""

    def __init__(self, settings: Settings, clock: Clock | None = None, wrap: Wrap = as_it_is) -> None:
        self.ready = asyncio.Event()
        self.port = 0
        self._settings = settings
        self._clock = clock or SystemClock()
        self._wrap = wrap
        self._catalog = read_catalog(settings.commands_dir)
        self._stop = asyncio.Event()
        self._parts: Parts | None = None
        self._socket: Socket | None = None

    def stop(self) -> None:
        """Take no more requests, end what is under way, and let `run` return."""
        self._stop.set()

    def wake(self) -> None:
        """All workers look for work now."""
        if self._parts is not None:
            self._parts.wake()

    async def reload(self) -> None:
        """Read the catalogue again; a bad one changes nothing but the log."""
        try:
            self._catalog = await asyncio.to_thread(read_catalog, self._settings.commands_dir)
        except CatalogError as error:
            log.error("catalogue_kept", faults=error.faults)  # noqa: TRY400 - the faults say it all
        else:
            log.info("catalogue_read", snippets=len(self._catalog.snippets), targets=len(self._catalog.targets))

    async def run(self) -> None:
        """Serve. Raises StartError where it can't start; a worker that dies ends it with that worker's error."""
        async with assembled(self._settings, self._clock, self._current, self._wrap) as parts:
            self._parts = parts
            async with contextlib.AsyncExitStack() as doors:  # they are shut also where a worker has broken
                await self._serve(parts, doors)

    def _current(self) -> Catalog:
        return self._catalog

    async def _serve(self, parts: Parts, doors: contextlib.AsyncExitStack) -> None:
        settings = self._settings
        async with asyncio.TaskGroup() as group:
            work = [group.create_task(looper.run(), name=looper.worker.name) for looper in parts.loopers]
            runner, self.port = await self._open(parts.bolt)
            doors.push_async_callback(runner.cleanup)
            doors.push_async_callback(self._close_socket)
            if settings.slack_app_token is not None:
                self._socket = Socket(parts.bolt, settings.slack_app_token.get_secret_value())
                await self._connected(self._socket)
            pauses.shorten()
            if not self._stop.is_set():
                self.ready.set()
            log.info("serving", port=self.port, mode="socket" if self._socket else "http")
            await self._stop.wait()
            self.ready.clear()
            await self._close(parts, runner, work)

    async def _connected(self, socket: Socket) -> None:
        """Return once Slack is connected, or a stop is asked: connecting tries for ever where Slack is down."""
        connecting = asyncio.create_task(socket.connect_async())  # type: ignore[no-untyped-call]  # Bolt's is not typed
        stopping = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({connecting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if connecting.done():
                connecting.result()
        finally:
            connecting.cancel()
            stopping.cancel()
            await asyncio.gather(connecting, stopping, return_exceptions=True)

    async def _open(self, bolt: AsyncApp) -> tuple[web.AppRunner, int]:
        settings = self._settings
        site = bot_web.build(self.faults, bolt if settings.takes_http else None, near=settings.socket_mode)
        try:
            return await bot_web.listen(site, settings.port)
        except OSError as error:
            raise StartError([f"PORT: {self._settings.port} can't be opened: {error.strerror}"]) from error

    async def _close(self, parts: Parts, runner: web.AppRunner, work: list[asyncio.Task[None]]) -> None:
        """Intake first, then the workers, then what they told people."""
        log.info("stopping")
        loop = asyncio.get_running_loop()
        await self._close_socket()
        await runner.cleanup()
        telling = parts.loopers[-1]
        for looper in parts.loopers[:-1]:
            looper.stop()
        late = await _ended([*work[:-1], *parts.errands], DRAIN)
        telling.stop()
        last = loop.time() + DRAIN
        late += await _ended(work[-1:], DRAIN)
        if not late:
            late += await _ended([asyncio.create_task(self._say_the_rest(telling))], last - loop.time())
        log.info("stopped", handed_on=late)

    async def _close_socket(self) -> None:
        socket, self._socket = self._socket, None
        if socket is not None:
            await socket.close_async()  # type: ignore[no-untyped-call]  # Bolt's is not typed

    async def _say_the_rest(self, telling: Looper) -> None:
        """What is owed now, and what follows it."""
        for _ in range(_LAST_WORDS):
            if not (await telling.run_once(self._clock.now())).done:
                return

    async def faults(self) -> list[str]:
        """Why it can't serve; empty where it can."""
        found: list[str] = []
        if not self.ready.is_set():
            found.append("it is starting or stopping")
        if (parts := self._parts) is None:
            return found
        now = self._clock.now()
        late = [looper.worker.name for looper in parts.loopers if now - looper.turned_at > _SILENT]
        found += [f"the {name} has not turned for a minute" for name in late]
        if parts.notifier.shut:
            found.append("Slack refuses the bot's token")
        if self._socket is not None and not await self._socket.client.is_connected():
            found.append("Socket Mode is not connected")
        try:
            async with asyncio.timeout(2):
                await parts.store.ping()
        except Exception as error:  # noqa: BLE001 - whatever it is, the database does not answer
            found.append(f"the database does not answer: {type(error).__name__}")
        return found


async def _ended(tasks: list[asyncio.Task[None]], patience: float) -> int:
    """Wait for *tasks*; how many had to be cut off. What they were at is in the database."""
    if not tasks:
        return 0
    _, late = await asyncio.wait(tasks, timeout=patience)
    for task in late:
        task.cancel()
    return len(late)
