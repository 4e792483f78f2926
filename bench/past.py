"""A database with a past: a few invocations, lived through by the bot's own workers, and copied into the years.

Every row that is copied is one that the bot wrote; a copy has another id and another time. Hashes of events are copied
as well, so the chain of a copied trail holds nowhere: nothing here walks it.
"""

import asyncio
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, create_engine, insert, select

from bench.clocks import SimulatedClock
from bench.far import UNBOUND, FarChat, FarCloud, NoGroups
from bot import redaction
from bot.catalog import read_catalog
from bot.domain.access import Grant
from bot.domain.catalog import Catalog, Rule
from bot.domain.change import Event
from bot.domain.invocation import Invocation, State
from bot.domain.verb import Run
from bot.ports import Chat, Clock
from bot.store import engine, open_store
from bot.store.columns import Moment
from bot.store.sql_store import SqlStore
from bot.store.tables import approvals, batches, events, invocations, outbox, results, role_grants, trail
from bot.usecases import control
from bot.usecases.desk import Asker, Desk
from bot.usecases.run import ask
from bot.usecases.spans import Spans
from bot.workers.dispatcher import Dispatcher
from bot.workers.looper import Looper, Worker
from bot.workers.notifier import Notifier
from bot.workers.planner import Planner
from bot.workers.poller import Poller
from bot.workers.sweeper import Sweeper

COMMANDS = Path(__file__).parents[1] / "commands"

YEAR = timedelta(days=365)
KEPT = timedelta(days=90)
"""What was printed before is dropped, as it is by default."""

PEOPLE, CHANNELS, ADMIN, APPROVERS = 40, 20, "UADMIN", ("UAPPROVE1", "UAPPROVE2")

Template = Mapping[Table, Sequence[Mapping[str, Any]]]
"""Rows of each table, as the bot wrote them."""

ROLES = (*((f"U{number:02}", "oncall") for number in range(PEOPLE)), *((one, "approver") for one in APPROVERS))

TABLES = (invocations, batches, approvals, results, outbox, events)

ANYTHING = (Rule(("*",), ("*",)),)


@dataclass(frozen=True)
class Way:
    """How an invocation went: so many of a hundred."""

    share: int
    snippet: str
    target: str
    machines: int = 2
    failing: int = 0
    then: str = ""
    glass: bool = False
    params: tuple[tuple[str, str], ...] = ()


SERVICE = (("service", "nginx"),)
WAYS = (
    Way(24, "mem", "web-prod", 3),
    Way(14, "disk", "db-prod", 2),
    Way(20, "logs", "web-prod", 3, params=SERVICE),
    Way(14, "uptime", "web-staging", 1),
    Way(2, "load", "web-prod", 50),
    Way(6, "cpu", "web-prod", 3, failing=1),
    Way(4, "logs", "web-staging", 1, failing=1, params=SERVICE),
    Way(3, "mem", "db-prod", 0),
    Way(8, "restart", "web-prod", 3, then="approve", params=SERVICE),
    Way(1, "restart", "db-prod", 2, then="deny", params=SERVICE),
    Way(1, "restart", "web-staging", 1, then="expire", params=SERVICE),
    Way(1, "restart", "web-prod", 2, then="stop", params=SERVICE),
    Way(2, "restart", "web-prod", 3, then="review", glass=True, params=SERVICE),
)
"""A hundred of them."""


class Life:
    """A bot with its workers and far ends, whose clock stands until it is moved.

    *ends* False: what it is asked for is planned and sent, and there it stays; nothing is said of it.
    """

    def __init__(self, store: SqlStore, clock: Clock, *, ends: bool = True) -> None:
        self.store = store
        self.clock = clock
        self.cloud = FarCloud()
        self.desk = desk_at(store, clock)
        spans = Spans(store)
        chat: Chat = FarChat()
        workers: list[Worker] = [Planner(self.desk, self.cloud, chat), Dispatcher(self.desk, self.cloud, spans)]
        if ends:
            workers += [Sweeper(self.desk), Poller(self.desk, self.cloud, spans, UNBOUND), Notifier(self.desk, chat)]
        self._loopers = [Looper(worker, clock) for worker in workers]
        self._asked = 0
        self._prefix = "" if ends else "now-"

    async def asks(self, way: Way) -> Invocation:
        """Somebody asks for it."""
        self._asked += 1
        number = self._asked
        key = f"{self._prefix}{number:04}.{number * 7919:x}"
        url = "https://hooks.example/commands/T1/0123456789/abc"
        asker = Asker(f"U{number % PEOPLE:02}", "T1", f"C{number % CHANNELS:02}", key, url)
        verb = Run(way.snippet, way.target, way.params, "workers are wedged since 03:10", way.glass)
        made = await ask(self.desk, asker, verb)
        assert isinstance(made, Invocation), made
        return made

    async def begins(self, way: Way) -> list[Invocation]:
        """All of its share, as they were asked for; by now they wait for somebody, or have gone their way."""
        self.cloud.size, self.cloud.failing = way.machines, way.failing
        asked = []
        for _ in range(way.share):
            asked.append(await self.asks(way))
            await self.clock.sleep(timedelta(seconds=1))
        await self.turn()
        return asked

    async def lives(self, way: Way) -> None:
        """All of its share, from the requests to the last messages."""
        asked = await self.begins(way)
        for made in asked:
            planned = await self.store.load(made.id)
            assert planned is not None
            assert (planned.state is State.AWAITING_APPROVAL) == (way.then not in {"", "review"}), planned
            await self._decided(planned, way.then)
        await self.turn()
        await self.clock.sleep(timedelta(minutes=5))

    async def _decided(self, inv: Invocation, then: str) -> None:
        digest = inv.plan.digest if inv.plan else ""
        match then:
            case "approve":
                await control.approve(self.desk, APPROVERS[0], inv.id, digest)
            case "deny":
                await control.deny(self.desk, APPROVERS[0], inv.id, digest, "not now")
            case "expire":
                await self.clock.sleep(timedelta(minutes=16))
            case "stop":
                await control.stop(self.desk, inv.requester, inv.id)
            case "review":
                await control.review(self.desk, APPROVERS[0], inv.id, "looked at it")

    async def turn(self) -> None:
        """Every worker, one after the other, until none of them has anything more to do within seconds."""
        idle = 0
        while idle < 2:
            reports = [await looper.run_once(self.clock.now()) for looper in self._loopers]
            assert not any(report.failed for report in reports)
            idle = 0 if any(report.done for report in reports) else idle + 1
            await self.clock.sleep(timedelta(seconds=1))


def desk_at(store: SqlStore, clock: Clock, wake: Callable[[], None] = lambda: None) -> Desk:
    """With the shipped catalogue, but that whoever is on duty may break the glass, and nobody has a target alone."""
    shipped = read_catalog(COMMANDS)
    roles = dict(shipped.policy.roles)
    roles["oncall"] = replace(roles["oncall"], break_glass=ANYTHING)
    snippets = {name: replace(snippet, exclusive=False) for name, snippet in shipped.snippets.items()}
    catalog = Catalog(snippets, shipped.targets, replace(shipped.policy, roles=roles))
    return Desk(store, clock, lambda: catalog, frozenset({ADMIN}), wake, redaction.redact, NoGroups())


async def people(store: SqlStore, now: datetime) -> None:
    """Everybody is on duty, and two approve."""
    for user, role in ROLES:
        await store.grant(Grant(user, role, ADMIN, now), Event("role_granted", ADMIN), now)


async def template(clock: SimulatedClock) -> Template:
    """The rows of a hundred invocations of all WAYS, within some two hours."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bot.db"
        async with await open_store(url) as store:
            life = Life(store, clock)
            await people(store, clock.at)
            for way in WAYS:
                await life.lives(way)
        database = engine.connect(url)
        try:
            return await database.read(_rows)
        finally:
            await database.close()


def _rows(conn: Connection) -> Template:
    return {table: [dict(row) for row in conn.execute(select(table)).mappings()] for table in TABLES}


async def fill(url: str, rows: Template, copies: int) -> None:
    """Copy *rows* so many times into the empty database at *url*, evenly over the YEAR before them."""
    work = partial(_fill, rows=rows, copies=copies)
    if url.startswith("sqlite"):
        await asyncio.to_thread(_in_sqlite, url, work)
        return
    database = engine.connect(url)
    try:
        await database.write(work)
    finally:
        await database.close()


def _in_sqlite(url: str, work: Callable[[Connection], None]) -> None:
    """In one transaction that could not be undone: whoever is disturbed begins with a new file."""
    made = create_engine(url, isolation_level="AUTOCOMMIT")
    with made.connect() as conn:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-500000", "temp_store=MEMORY"):
            conn.exec_driver_sql(f"PRAGMA {pragma}")
        conn.exec_driver_sql("BEGIN")
        work(conn)
        conn.exec_driver_sql("COMMIT")
        conn.exec_driver_sql("PRAGMA journal_mode=WAL")
    made.dispose()


def _fill(conn: Connection, rows: Template, copies: int) -> None:
    """Indices that can be built afterwards are; the newest copies keep what was printed, as by default."""
    lite = conn.dialect.name == "sqlite"
    if not lite:
        conn.exec_driver_sql("SET LOCAL session_replication_role = replica")  # no look-up of each foreign key
    for table in TABLES:
        columns = [Column(c.name, c.type) for c in table.columns]
        seed = Table(f"seed_{table.name}", MetaData(), *columns, prefixes=["TEMPORARY"])
        seed.create(conn)
        conn.execute(insert(seed), rows[table])
        for index in table.indexes:
            index.drop(conn)
        conn.exec_driver_sql(_copied(table, rows, copies, lite=lite))
        for index in table.indexes:
            index.create(conn)
    conn.execute(insert(role_grants), _grants(rows, copies))
    count = copies * len(rows[events])
    conn.execute(trail.update().values(length=count, hash=rows[events][-1]["hash"]))
    if not lite:
        conn.exec_driver_sql("ANALYZE")


def _copied(table: Table, rows: Template, copies: int, *, lite: bool) -> str:
    step = YEAR.total_seconds() / copies
    old = f"k * {step} > {KEPT.total_seconds()}"
    names = ", ".join(f'"{column.name}"' for column in table.columns)

    def value(column: Column[Any]) -> str:
        own = f's."{column.name}"'
        if column is events.c.id:
            return f"{own} + ({copies - 1} - k) * {len(rows[events])}"
        if column is results.c.output:
            return f"CASE WHEN {old} THEN '' ELSE {own} END"
        if column.name == "invocation" or column in {invocations.c.id, invocations.c.request_key}:
            return f"CASE WHEN {own} = '' THEN '' ELSE {own} || k END"
        if column is invocations.c.pruned_at:
            own = f"CASE WHEN {old} THEN s.finished_at END"
        if not isinstance(column.type, Moment):
            return own
        if lite:
            return f"strftime('%Y-%m-%d %H:%M:%f', {own}, back) || '000'"
        return f"{own} - k * interval '{step} seconds'"

    if lite:
        series = (
            f"(WITH RECURSIVE n(k) AS (VALUES ({copies - 1}) UNION ALL SELECT k - 1 FROM n WHERE k > 0)"
            f" SELECT k, (-k * {step}) || ' seconds' AS back FROM n)"
        )
    else:
        series = f"generate_series({copies - 1}, 0, -1) AS k"
    values = ", ".join(value(column) for column in table.columns)
    return f"INSERT INTO {table.name} ({names}) SELECT {values} FROM {series} CROSS JOIN seed_{table.name} AS s"


def _grants(rows: Template, copies: int) -> list[dict[str, Any]]:
    """Who holds a role now; and the shifts, three a day for as long as the copies go back, which nobody revoked."""
    now = max(row["created_at"] for row in rows[invocations])
    given = {"granted_by": ADMIN, "targets": None, "why": "cover", "granted_at": now - YEAR}
    past = [now - timedelta(hours=8 * shift) for shift in range(1, 1 + min(copies, 3 * YEAR.days))]
    return [
        *({"user": user, "role": role, "until": None, **given} for user, role in (*ROLES, ("U00", "admin"))),
        *({"user": f"U{n % PEOPLE:02}", "role": "oncall", "until": at, **given} for n, at in enumerate(past)),
    ]
