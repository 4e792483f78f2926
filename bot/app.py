"""The composition root: builds the adapters, owns the TaskGroup and the order of starting and stopping."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import structlog
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot import web as bot_web
from bot.catalog import read_catalog
from bot.cloud.aliyun import AliyunCloud
from bot.cloud.credentials import Credentials
from bot.domain.catalog import Catalog
from bot.errors import CatalogError, StartError
from bot.ports import Clock
from bot.settings import Settings
from bot.slack.chat import SlackChat
from bot.slack.listeners import buttons, commands
from bot.slack.listeners.reception import Reception
from bot.store.sql_store import SqlStore, open_store
from bot.usecases.desk import Desk
from bot.workers.dispatcher import Dispatcher
from bot.workers.looper import Looper
from bot.workers.notifier import Notifier
from bot.workers.planner import Planner
from bot.workers.poller import Poller
from bot.workers.sweeper import Sweeper

log = structlog.get_logger()

DRAIN = 20.0
"""Seconds that work under way has to end after SIGTERM; what has not ended by then is taken up at the next start."""

_SILENT = timedelta(seconds=60)


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Now, in UTC."""
        return datetime.now(UTC)

    async def sleep(self, span: timedelta) -> None:
        """Return after *span*."""
        await asyncio.sleep(span.total_seconds())


@dataclass(frozen=True, slots=True)
class Identity:
    """What auth.test says of the bot."""

    team: str
    user: str
    bot: str


class App:
    """One process of the bot. `run` serves until `stop`; `ready` is set while it can."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.ready = asyncio.Event()
        self.port = 0
        self._settings = settings
        self._clock = clock or SystemClock()
        self._catalog = read_catalog(settings.commands_dir)
        self._stop = asyncio.Event()
        self._loopers: list[Looper] = []
        self._notifier: Notifier | None = None
        self._socket: AsyncSocketModeHandler | None = None
        self._store: SqlStore | None = None
        self._errands: set[asyncio.Task[None]] = set()

    def stop(self) -> None:
        """Take no more requests, end what is under way, and let `run` return."""
        self._stop.set()

    def wake(self) -> None:
        """All workers look for work now."""
        for looper in self._loopers:
            looper.wake()

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
        settings = self._settings
        credentials = Credentials()
        cloud = AliyunCloud(credentials, settings.ecs_endpoint)
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(cloud.close)
            client = await stack.enter_async_context(_web_client(settings))
            store, identity, account, _ = await asyncio.gather(
                open_store(settings.database_url.get_secret_value()),
                _identify(client),
                credentials.resolve(),
                cloud.warm_up(),
            )
            self._store = await stack.enter_async_context(store)
            log.info("starting", team=identity.team, provider=account.provider, access_key=account.access_key)
            desk = Desk(store, self._clock, self._current, frozenset(settings.admins), self.wake)
            chat = SlackChat(client, self._clock)
            self._notifier = Notifier(desk, chat)
            workers = (
                Planner(desk, cloud, chat),
                Dispatcher(desk, cloud),
                Poller(desk, cloud),
                Sweeper(desk),
                self._notifier,  # the last: it stops last, too
            )
            self._loopers = [Looper(worker, self._clock) for worker in workers]
            bolt = _bolt(settings, client, identity)
            reception = Reception(desk, client, identity.team, self._errand)
            commands.register(bolt, reception)
            buttons.register(bolt, reception)
            buttons.register_rest(bolt, reception)
            await self._serve(bolt)

    def _current(self) -> Catalog:
        return self._catalog

    async def _serve(self, bolt: AsyncApp) -> None:
        settings = self._settings
        async with asyncio.TaskGroup() as group:
            work = [group.create_task(looper.run(), name=looper.worker.name) for looper in self._loopers]
            runner, self.port = await self._open(bolt)
            if settings.slack_app_token is not None:
                self._socket = AsyncSocketModeHandler(bolt, settings.slack_app_token.get_secret_value())
                await self._socket.connect_async()  # type: ignore[no-untyped-call]  # Bolt's is not typed
            self.ready.set()
            log.info("serving", port=self.port, mode="socket" if self._socket else "http")
            await self._stop.wait()
            self.ready.clear()
            await self._close(runner, work)

    async def _open(self, bolt: AsyncApp) -> tuple[web.AppRunner, int]:
        socket_mode = self._settings.socket_mode
        try:
            return await bot_web.listen(bot_web.build(self.faults, None if socket_mode else bolt), self._settings.port)
        except OSError as error:
            raise StartError([f"PORT: {self._settings.port} can't be opened: {error.strerror}"]) from error

    async def _close(self, runner: web.AppRunner, work: list[asyncio.Task[None]]) -> None:
        """Intake first, then the workers, then what they told people."""
        log.info("stopping")
        if self._socket is not None:
            await self._socket.close_async()  # type: ignore[no-untyped-call]  # Bolt's is not typed
        await runner.cleanup()
        telling = self._loopers[-1]
        for looper in self._loopers[:-1]:
            looper.stop()
        late = await _ended([*work[:-1], *self._errands], DRAIN)
        telling.stop()
        late += await _ended(work[-1:], DRAIN)
        if not late and (await telling.run_once(self._clock.now())).done:  # what is owed now, and what follows it
            await telling.run_once(self._clock.now())
        log.info("stopped", handed_on=late)

    def _errand(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)
        return task

    async def faults(self) -> list[str]:
        """Why it can't serve; empty where it can."""
        found: list[str] = []
        if not self.ready.is_set():
            found.append("it is starting or stopping")
        now = self._clock.now()
        late = [looper.worker.name for looper in self._loopers if now - looper.turned_at > _SILENT]
        found += [f"the {name} has not turned for a minute" for name in late]
        if self._notifier is not None and self._notifier.shut:
            found.append("Slack refuses the bot's token")
        if self._socket is not None and not await self._socket.client.is_connected():
            found.append("Socket Mode is not connected")
        if self._store is not None:
            try:
                async with asyncio.timeout(2):
                    await self._store.ping()
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


@contextlib.asynccontextmanager
async def _web_client(settings: Settings) -> AsyncIterator[AsyncWebClient]:
    """A client on one session: each call without one makes a new connection. The session's own timeout counts."""
    timeout = aiohttp.ClientTimeout(total=10, connect=5)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        token = settings.slack_bot_token.get_secret_value()
        yield AsyncWebClient(token=token, base_url=settings.slack_api_url, session=session)


async def _identify(client: AsyncWebClient) -> Identity:
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        data = getattr(error.response, "data", None)  # over an answer that is no JSON, the response is aiohttp's
        if not isinstance(data, dict) or not (code := data.get("error")):
            raise StartError(
                ["SLACK_API_URL: what answers there is not Slack: check the network and the proxy"]
            ) from None
        raise StartError([f"SLACK_BOT_TOKEN: Slack refuses it ({code}): install the app and copy its token"]) from None
    except (SlackClientError, aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise StartError(
            [f"SLACK_API_URL: Slack can't be reached ({type(error).__name__}): check the network"]
        ) from None
    return Identity(str(answer["team_id"]), str(answer["user_id"]), str(answer.get("bot_id") or ""))


def _bolt(settings: Settings, client: AsyncWebClient, identity: Identity) -> AsyncApp:
    """Bolt with the identity known from the start: otherwise the first request pays for an auth.test."""
    known = AuthorizeResult(
        enterprise_id=None,
        team_id=identity.team,
        bot_user_id=identity.user,
        bot_id=identity.bot,
        bot_token=settings.slack_bot_token.get_secret_value(),
    )

    async def authorize(**_: Any) -> AuthorizeResult:
        return known

    secret = settings.slack_signing_secret
    return AsyncApp(
        client=AsyncWebClient(base_url=client.base_url, session=client.session),
        authorize=authorize,
        signing_secret=secret.get_secret_value() if secret else None,
        request_verification_enabled=not settings.socket_mode,
    )
