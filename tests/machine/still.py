"""A world in which nothing goes on by itself: workers turn, and time moves, when the test says so."""

import asyncio
import sqlite3
from contextlib import AsyncExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from bot import web as bot_web
from bot.catalog import read_catalog
from bot.domain.catalog import Catalog
from bot.domain.invocation import State
from bot.parts import Parts, assembled
from bot.sandbox.ecs import EcsServer, Region
from bot.sandbox.session import ADMIN
from bot.sandbox.slack import SlackServer
from bot.settings import Settings
from tests.database import empty_database


class StillClock:
    """It stands until it is moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 23, 3, 10, tzinfo=UTC)

    def now(self) -> datetime:
        """The time it stands at."""
        return self.at

    async def sleep(self, span: timedelta) -> None:
        """Nobody may wait for a clock that stands."""
        raise AssertionError(span)


class StillWorld:
    """Slack, ECS and the parts of a bot that takes requests over HTTP and runs no worker by itself."""

    def __init__(self, folder: Path, region: Region, commands: Path) -> None:
        self.clock = StillClock()
        self.slack = SlackServer(rate_scale=0)
        self.region = region
        self.ecs = EcsServer(region)
        self.parts: Parts
        self._catalog: Catalog = read_catalog(commands)
        self._folder = folder
        self._commands = commands
        self._stack = AsyncExitStack()
        self._bot = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Everything up."""
        empty_database(self._folder / "bot.db")
        await self._stack.enter_async_context(self.slack)
        await self._stack.enter_async_context(self.ecs)
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.crash()
        await self._stack.aclose()

    async def start(self) -> None:
        """The bot's parts, and its port."""
        settings = Settings.from_env(
            {
                "SLACK_BOT_TOKEN": self.slack.bot_token,
                "SLACK_SIGNING_SECRET": self.slack.signing_secret,
                "SLACK_API_URL": self.slack.base_url,
                "ALIBABA_CLOUD_ECS_ENDPOINT": self.ecs.url,
                "DATABASE_URL": f"sqlite:///{self._folder / 'bot.db'}",
                "COMMANDS_DIR": str(self._commands),
                "PORT": "0",
                "BOT_ADMINS": ADMIN,
            }
        )
        self._bot = AsyncExitStack()
        self.parts = await self._bot.enter_async_context(assembled(settings, self.clock, lambda: self._catalog))
        runner, port = await bot_web.listen(bot_web.build(_no_faults, self.parts.bolt), 0)
        self._bot.push_async_callback(runner.cleanup)
        self.slack.deliver_to(f"http://127.0.0.1:{port}/slack/events")

    async def crash(self) -> None:
        """It is gone: nothing is drained. What it had not written down is lost."""
        for errand in list(self.parts.errands):
            errand.cancel()
        await asyncio.gather(*self.parts.errands, return_exceptions=True)
        await self._bot.aclose()

    def states(self) -> dict[str, State]:
        """How every invocation stands in the database, read past the bot: this is looked at after each step."""
        with closing(sqlite3.connect(self._folder / "bot.db")) as conn:
            return {id_: State(state) for id_, state in conn.execute("SELECT id, state FROM invocations")}

    @property
    def workers(self) -> list[str]:
        """The names of all, in the order in which they start."""
        return [looper.worker.name for looper in self.parts.loopers]

    async def turn(self, worker: str) -> int:
        """One worker does all that is due; how many jobs it did."""
        report = await self.parts.loopers[self.workers.index(worker)].run_once(self.clock.now())
        assert report.failed == 0
        return report.done

    async def turn_and_die(self, worker: str, steps: int) -> None:
        """The process dies *steps* turns of the event loop into a worker's turn, and is started again."""
        turning = asyncio.create_task(self.turn(worker))
        for _ in range(steps):
            await asyncio.sleep(0)
        turning.cancel()
        await asyncio.gather(turning, return_exceptions=True)
        await self.crash()
        await self.start()


async def _no_faults() -> list[str]:
    return []
