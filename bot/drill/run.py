"""Drills as they are called: one or one every so often, in the sandbox or against the bot that serves, never two."""

import asyncio
import contextlib
import hashlib
import os
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path

import aiohttp
import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot import exclusive
from bot.drill.crew import crew
from bot.drill.door import Door
from bot.drill.drill import Drill
from bot.drill.report import Report
from bot.drill.trail import Trail
from bot.errors import StartError
from bot.settings import Settings

log = structlog.get_logger(__name__)

_SLACK = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET")


def nothing_set(env: Mapping[str, str]) -> bool:
    """Are there no settings of a workspace, so that a drill can only mean the sandbox?"""
    return not any(env.get(name, "").strip() for name in _SLACK)


@asynccontextmanager
async def sandboxed(commands: Path) -> AsyncIterator[Settings]:
    """The settings of a bot that serves in a sandbox of its own, in HTTP mode: Olga asks, Ben approves."""
    from bot.sandbox.session import NotStarted, Session

    try:
        async with Session(http=True, commands=commands) as session:
            people = {"DRILL_USER": "U0ONCALL", "DRILL_APPROVER": "U0APPROVE", "DRILL_CHANNEL": "C0OPS"}
            yield Settings.from_env(session.environment | people | {"PORT": str(session.port)})
    except NotStarted as error:
        raise StartError(str(error).splitlines()) from None


async def once(settings: Settings, line: str, patience: timedelta, url: str = "") -> Report:
    """One drill against the bot at *url*, by default this computer's. Raises StartError where it can't begin."""
    who = crew(settings, line)
    database = settings.database_url.get_secret_value()
    with _alone(database):
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10, connect=5)) as session:
            token = settings.slack_bot_token.get_secret_value()
            slack = AsyncWebClient(token, settings.slack_api_url, session=session, retry_handlers=[])
            door = Door(session, url or f"http://127.0.0.1:{settings.port}", who.secret)
            return await Drill(who, door, slack, Trail(database), patience.total_seconds()).run()


async def scheduled(settings: Settings, line: str, patience: timedelta, every: timedelta, url: str = "") -> None:
    """One after the other until SIGTERM or SIGINT, which let the one under way end; each step is a line in the log."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    while not stop.is_set():
        begun = loop.time()
        try:
            told(await once(settings, line, patience, url))
        except StartError as error:  # such as another one under way: the next one may do better
            log.error("drill_not_begun", faults=error.faults)  # noqa: TRY400 - the faults say it all
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), max(0.0, begun + every.total_seconds() - loop.time()))


def told(report: Report) -> None:
    """A line in the log for each step, and one for the drill."""
    about = {"drill": report.mark, "invocation": report.invocation or None}
    for took in report.steps:
        if took.ok is not None:
            write = log.info if took.ok else log.error
            write(
                "drill_step", step=took.step.value, ok=took.ok, seconds=round(took.seconds, 3), note=took.note, **about
            )
    failed = report.failed
    write = log.info if failed is None else log.error
    step = failed.step.value if failed else None
    write("drill_over", ok=failed is None, failed=step, seconds=round(report.seconds, 3), **about)


@contextmanager
def _alone(database: str) -> Iterator[None]:
    """One drill at a time on this computer; from another one, the database shows that one is under way."""
    name = hashlib.sha256(database.encode()).hexdigest()[:16]
    path = Path(tempfile.gettempdir()) / f"ecs-chatops-drill-{os.getuid()}-{name}.lock"
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(exclusive.held(path))
        except BlockingIOError:
            raise StartError(["another drill is under way on this computer: wait for its end"]) from None
        yield
