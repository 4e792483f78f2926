"""The store under test, on SQLite and on PostgreSQL: what it promises holds on both."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.store import SqlStore, open_store
from bot.store.schema import migrate
from tests.database import empty_database
from tests.postgres import Postgres, postgres

EMPTY = """
SET session_replication_role = replica;
ALTER TABLE events ENABLE TRIGGER USER;
TRUNCATE invocations, batches, approvals, results, role_grants, locks, outbox, budgets, strays, events RESTART IDENTITY;
DELETE FROM trail;
INSERT INTO trail (id, length, hash) VALUES (1, 0, repeat('0', 64));
"""


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    """A PostgreSQL server, started when the first test needs it."""
    with postgres() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    """Which database; a test that is about one of them alone says so by `parametrize`."""
    return str(request.param)


@pytest.fixture(scope="session")
def blank(server: Postgres) -> str:
    """The name of a database that is emptied of everything before each test."""
    return server.create()


@pytest.fixture(scope="session")
def filled(server: Postgres) -> str:
    """The name of a database of the newest schema, whose rows are deleted before each test."""
    name = server.create()
    asyncio.run(migrate(server.url(name)))
    return name


@pytest.fixture
def url(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The URL of a database without tables, or not there yet."""
    if engine == "sqlite":
        return f"sqlite:///{tmp_path}/bot.db"
    server: Postgres = request.getfixturevalue("server")
    name: str = request.getfixturevalue("blank")
    server.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public", name)
    return server.url(name)


@pytest.fixture
def ready(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The URL of an empty database of the newest schema."""
    if engine == "sqlite":
        empty_database(tmp_path / "bot.db")
        return f"sqlite:///{tmp_path}/bot.db"
    server: Postgres = request.getfixturevalue("server")
    name: str = request.getfixturevalue("filled")
    server.execute(EMPTY, name)
    return server.url(name)


@pytest.fixture
async def store(ready: str) -> AsyncIterator[SqlStore]:
    """An empty store."""
    async with await open_store(ready) as opened:
        yield opened


@pytest.fixture
def root() -> Path:
    """Where the package `bot` is: for processes that a test starts."""
    return Path(__file__).parents[2]
