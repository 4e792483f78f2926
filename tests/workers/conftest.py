"""A real store in a folder of its own, and the desk that workers sit at."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import structlog

from bot.domain.catalog import Catalog
from bot.domain.change import Event
from bot.domain.invocation import Batch, Invocation
from bot.domain.message import Owed
from bot.domain.verb import Run
from bot.redaction import redact
from bot.store import SqlStore, open_store
from bot.usecases import run
from bot.usecases.desk import Asker, Desk
from bot.usecases.spans import Spans
from bot.workers.dispatcher import Dispatcher
from bot.workers.looper import Looper, Worker
from bot.workers.planner import Planner
from bot.workers.poller import Poller
from tests.database import empty_database
from tests.workers.fakes import GRANTS, ScriptedChat, ScriptedCloud, ScriptedGroups, StillClock, catalog, machines

structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()])


@dataclass
class Office:
    """All that a worker needs, and what the tests say again and again."""

    desk: Desk
    store: SqlStore
    clock: StillClock
    cloud: ScriptedCloud
    chat: ScriptedChat
    catalog: Catalog
    groups: ScriptedGroups = field(default_factory=ScriptedGroups)
    asked: int = 0
    poller: Poller = field(init=False)
    spans: Spans = field(init=False)

    def restarts(self) -> None:
        """The process is another: what it held in memory is gone."""
        self.spans = Spans(self.desk.store)
        self.poller = Poller(self.desk, self.cloud, self.spans)

    async def asks(self, target: str = "web", *owed: Owed, user: str = "U1") -> str:
        """*user* asks for `mem`; the invocation's id."""
        self.asked += 1
        asker = Asker(user, "T1", "C1", f"key-{self.asked}", "https://hooks.example/secret")
        made = await run.ask(self.desk, asker, Run("mem", target, (), "because"))
        assert isinstance(made, Invocation), made
        return made.id

    async def planned(self, number: int = 1, **fields: object) -> str:
        """Asked for and planned, on *number* machines."""
        self.cloud.machines = machines(number)
        inv = await self.asks()
        await self.turns(Planner(self.desk, self.cloud, self.chat))
        return inv

    async def sent(self, number: int = 1) -> str:
        """Asked for, planned and sent."""
        inv = await self.planned(number)
        await self.dispatches()
        return inv

    async def turns(self, worker: Worker, now: datetime | None = None) -> tuple[int, int]:
        """One turn of *worker*: jobs done and failed."""
        report = await Looper(worker, self.clock).run_once(now or self.clock.now())
        return report.done, report.failed

    async def dispatches(self) -> tuple[int, int]:
        """One turn of the dispatcher."""
        return await self.turns(Dispatcher(self.desk, self.cloud, self.spans))

    async def polls(self) -> tuple[int, int]:
        """One turn of the poller."""
        return await self.turns(self.poller)

    async def passes(self, seconds: float) -> None:
        """Time passes, and the poller turns whenever it wants to."""
        end = self.clock.now() + timedelta(seconds=seconds)
        while True:
            await self.polls()
            next_at = await self.poller.next_at(self.clock.now())
            if next_at is None or next_at >= end:
                break
            self.clock.at = max(next_at, self.clock.now() + timedelta(milliseconds=10))
        self.clock.at = end
        await self.polls()

    async def load(self, inv: str) -> Invocation:
        """As it is stored."""
        found = await self.store.load(inv)
        assert found is not None
        return found

    async def batch(self, inv: str, no: int = 1) -> Batch:
        """One of its batches, as it is stored."""
        found = (await self.load(inv)).batch(no)
        assert found is not None
        return found

    async def kinds(self, inv: str) -> list[str]:
        """What happened to it."""
        return [stored.event.kind for stored in await self.store.events(inv)]

    def policy(self, **fields: object) -> None:
        """The catalogue changes."""
        self.catalog = catalog(**fields)  # type: ignore[arg-type]


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Office]:
    """A store in *folder*, a clock, a cloud, a chat, and a desk."""
    empty_database(folder / "bot.db")
    async with await open_store(f"sqlite:///{folder}/bot.db") as store:
        clock = StillClock()
        made = Office(None, store, clock, ScriptedCloud(), ScriptedChat(), catalog())  # type: ignore[arg-type]
        made.desk = Desk(store, clock, lambda: made.catalog, frozenset({"UADMIN"}), lambda: None, redact, made.groups)
        made.restarts()
        for grant in GRANTS:
            await store.grant(replace(grant), Event("role_granted", "UADMIN"), clock.now())
        yield made


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """The same for one test."""
    async with opened(tmp_path) as made:
        yield made
