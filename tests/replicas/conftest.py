"""Replicas that share one PostgreSQL."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from tests.postgres import Postgres, postgres
from tests.replicas.house import House
from tests.replicas.quick import hasten

structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()])


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    """A PostgreSQL server."""
    with postgres() as running:
        yield running


@pytest.fixture
def database(server: Postgres) -> str:
    """The URL of a new database, without tables."""
    return server.url(server.create())


@pytest.fixture
async def house(
    database: str, server: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    """Slack, ECS, and as many replicas as a test starts."""
    hasten(monkeypatch.setattr)
    async with House(database, server.folder, tmp_path) as house:
        yield house
