"""Everything that a process of the bot is made of, built from its settings and taken down in the right order."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot import redaction
from bot.cloud.aliyun import AliyunCloud
from bot.cloud.credentials import Credentials
from bot.domain.catalog import Catalog
from bot.errors import StartError
from bot.ports import Clock, Cloud
from bot.settings import Settings
from bot.slack.chat import TIMEOUT, SlackChat, named
from bot.slack.home import SlackHomes
from bot.slack.listeners import (
    builder,
    buttons,
    commands,
    compare,
    halt,
    homes,
    mentions,
    more,
    openers,
    search,
    share,
    starters,
    submissions,
    unreadable,
)
from bot.slack.listeners.again import again
from bot.slack.listeners.builder import Building
from bot.slack.listeners.compare import Comparing
from bot.slack.listeners.halt import Halting
from bot.slack.listeners.passes import Passes
from bot.slack.listeners.readers import Readers
from bot.slack.listeners.reception import Reception
from bot.slack.listeners.seal import Seal
from bot.slack.listeners.search import Searching
from bot.slack.listeners.share import Sharing
from bot.slack.rooms import Rooms
from bot.slack.usergroups import UserGroups
from bot.slack.warnings import SlackWarnings
from bot.store import SqlStore, open_store
from bot.urgency import Urgency
from bot.usecases.desk import Desk
from bot.usecases.spans import Spans
from bot.usecases.takeover import take_over
from bot.workers import poller as following
from bot.workers.dispatcher import Dispatcher
from bot.workers.homekeeper import HomeKeeper
from bot.workers.looper import JOBS, REST, Looper
from bot.workers.notifier import Notifier
from bot.workers.planner import Planner
from bot.workers.poller import Poller
from bot.workers.reconciler import Reconciler
from bot.workers.rollkeeper import RollKeeper
from bot.workers.sweeper import Sweeper

log = structlog.get_logger(__name__)

SILENT = timedelta(seconds=60)
"""A worker that has not turned for so long is late, and so is a message that has not left."""

P = TypeVar("P")


class Wrap(Protocol):
    """Puts something around a port: what it returns is used in its place."""

    def __call__(self, port: P, /) -> P:
        """*port*, or something around it with the same methods."""
        ...


def as_it_is(port: P, /) -> P:
    """Nothing around it."""
    return port


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
    """What auth.test says of the bot; *address* is where its workspace opens in a browser."""

    team: str
    user: str
    bot: str
    address: str


@dataclass(frozen=True, slots=True)
class Parts:
    """One bot, ready to run. The notifier's looper is the last of *loopers*: it stops last, too."""

    store: SqlStore
    bolt: AsyncApp
    notifier: Notifier
    loopers: tuple[Looper, ...]
    errands: set[asyncio.Task[None]]

    def wake(self) -> None:
        """All workers look for work now."""
        for looper in self.loopers:
            looper.wake()


@contextlib.asynccontextmanager
async def assembled(
    settings: Settings, clock: Clock, catalog: Callable[[], Catalog], wrap: Wrap = as_it_is
) -> AsyncIterator[Parts]:
    """Build it all; nothing is taken in and no worker runs yet. Raises StartError where something is missing."""
    credentials = Credentials()
    line = AliyunCloud(credentials, settings.ecs_endpoint, now=clock.now)
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(line.close)
        client = await stack.enter_async_context(_web_client(settings))
        store, identity, account, _ = await asyncio.gather(
            open_store(settings.database_url.get_secret_value()),
            _identify(client),
            credentials.resolve(),
            line.warm_up(),
        )
        await stack.enter_async_context(store)
        log.info("starting", team=identity.team, provider=account.provider, access_key=account.access_key)
        loopers: list[Looper] = []

        keepers: list[HomeKeeper] = []

        def wake() -> None:
            for keeper in keepers:
                keeper.changed()
            for looper in loopers:
                looper.wake()

        async def health() -> list[str]:
            return await _health(store, clock, loopers)

        errands: set[asyncio.Task[None]] = set()
        groups = UserGroups(client, clock, lambda call: named(call, TIMEOUT), _errands(errands))
        desk = Desk(wrap(store), clock, catalog, frozenset(settings.admins), wake, redaction.redact, groups)
        if settings.alone and (cut_off := await take_over(desk)):
            log.warning("taken_over", sends=cut_off)
        slack = SlackChat(client, clock, identity.team, open_channels=lambda: catalog().policy.shared_channels)
        cloud, chat = wrap(line), wrap(slack)
        notifier = Notifier(desk, chat)
        keeper = HomeKeeper(desk, SlackHomes(client, identity.address), health, store.strays)
        keepers.append(keeper)
        sweeper = Sweeper(desk, settings.retain_outputs, settings.retain_events)
        reconciler = Reconciler(desk, cloud, store.strays, SlackWarnings(client), settings.reconcile)
        side = (sweeper, reconciler, keeper, RollKeeper(desk))
        spans = Spans(desk.store)
        poller = Poller(desk, cloud, spans, settings.ecs_calls_per_minute)
        workers = (Planner(desk, cloud, chat), Dispatcher(desk, cloud, spans), poller, *side, notifier)
        urgency = Urgency()
        ways = {poller.name: (following.JOBS, following.REST)}
        for worker in workers:
            jobs, rest = ways.get(worker.name, (JOBS, REST))
            loopers.append(Looper(worker, clock, jobs, urgency, rest=rest))
        who = (identity.team, identity.user, _errands(errands), keeper.opened)
        reception = Reception(desk, client, *who, Rooms(client), identity.address, urgency)
        bolt = _bolt(settings, client, identity)
        _listen(bolt, reception, cloud, store, settings.slack_bot_token.get_secret_value())
        yield Parts(store, bolt, notifier, tuple(loopers), errands)


def _listen(bolt: AsyncApp, reception: Reception, cloud: Cloud, store: SqlStore, token: str) -> None:
    """Every listener has its place; the last takes what none of them wants."""
    building = Building(reception, cloud, Seal(token))
    commands.register(bolt, building)
    builder.register(bolt, building)
    starters.register(bolt, building)
    mentions.register(bolt, reception)
    homes.register(bolt, reception, store.strays)
    buttons.register(bolt, reception)
    openers.register(bolt, reception)
    readers = Readers(reception, Passes(token))
    search.register(bolt, Searching(readers))
    compare.register(bolt, comparing := Comparing(readers))
    halt.register(bolt, halting := Halting(readers))
    share.register(bolt, sharing := Sharing(readers))
    choices = more.reading(reception, comparing) | again(building) | more.acting(halting, sharing)
    more.register(bolt, reception, choices)
    submissions.register(bolt, reception)
    buttons.register_rest(bolt, reception)
    unreadable.register(bolt)


async def _health(store: SqlStore, clock: Clock, loopers: Sequence[Looper]) -> list[str]:
    """What is not well, in few words."""
    now = clock.now()
    found = [f"the {looper.worker.name} is late" for looper in loopers if now - looper.turned_at > SILENT]
    owed = await store.next_owed()
    return [*found, f"messages wait since {owed:%H:%M} UTC"] if owed is not None and now - owed > SILENT else found


def _errands(running: set[asyncio.Task[None]]) -> Callable[[Coroutine[Any, Any, None]], None]:
    """Starts tasks that belong to the bot: what nobody holds, asyncio may forget."""

    def start(work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        running.add(task)
        task.add_done_callback(running.discard)

    return start


@contextlib.asynccontextmanager
async def _web_client(settings: Settings) -> AsyncIterator[AsyncWebClient]:
    """A client on one session: each call without one makes a new connection. The session's own timeout counts."""
    timeout = aiohttp.ClientTimeout(total=10, connect=5)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        token = settings.slack_bot_token.get_secret_value()
        # no retries of the SDK's own: after a broken connection it would post a message a second time
        yield AsyncWebClient(token=token, base_url=settings.slack_api_url, session=session, retry_handlers=[])


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
    return Identity(
        str(answer["team_id"]), str(answer["user_id"]), str(answer.get("bot_id") or ""), str(answer.get("url") or "")
    )


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
        name="ecs",  # else Bolt walks the whole stack for its caller's: 0.1 s of each start
        client=AsyncWebClient(base_url=client.base_url, session=client.session),
        authorize=authorize,
        signing_secret=secret.get_secret_value() if secret else None,
        process_before_response=True,  # else Bolt looks every 10 ms whether a listener has acknowledged
        request_verification_enabled=settings.takes_http,  # what comes over the socket needs none, and Bolt knows
    )
