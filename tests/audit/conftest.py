"""A database with a trail, and the command line as people call it."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import cli
from bot.domain.change import Event
from bot.store import open_store

START = datetime(2026, 11, 1, 12, tzinfo=UTC)
HOW_MANY = 30

Call = Callable[..., tuple[int, str, str]]


def an_event(n: int) -> Event:
    """The *n*-th."""
    return Event("moved", f"U{n}", f"inv{n % 3}", {"n": n, "reason": "=1+1" if n == 3 else "därum \u0000"})


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database of HOW_MANY events, one a day, closed."""
    file = tmp_path_factory.mktemp("trail") / "bot.db"

    async def fill() -> None:
        async with await open_store(f"sqlite:///{file}") as store:
            for n in range(HOW_MANY):
                await store.record(an_event(n), START + timedelta(days=n))

    asyncio.run(fill())
    return file.read_bytes()


@pytest.fixture
def file(template: bytes, tmp_path: Path) -> Path:
    """A copy of it, which a test may tamper with."""
    path = tmp_path / "bot.db"
    path.write_bytes(template)
    return path


@pytest.fixture
def call(file: Path) -> Call:
    """`python -m bot audit …` with DATABASE_URL alone: exit code, output, errors."""

    def run(*words: str) -> tuple[int, str, str]:
        result = CliRunner().invoke(cli, ["audit", *words], env={"DATABASE_URL": f"sqlite:///{file}"})
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        return result.exit_code, result.stdout, result.stderr

    return run


@contextmanager
def tampering(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection of somebody who has the file and got rid of the triggers."""
    with closing(sqlite3.connect(file)) as raw, raw:
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {name}")
        yield raw
