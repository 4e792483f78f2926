"""The store under test, on a file of its own. A second engine would be one more param here."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store import SqlStore, open_store
from bot.store.schema import migrate


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database of the newest schema: migrating one for every test would take most of the time."""
    file = tmp_path_factory.mktemp("store") / "empty.db"
    asyncio.run(migrate(f"sqlite:///{file}"))
    return file


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The URL of a database that isn't there yet."""
    return f"sqlite:///{tmp_path}/bot.db"


@pytest.fixture
async def store(url: str, empty: Path, tmp_path: Path) -> AsyncIterator[SqlStore]:
    """An empty store."""
    shutil.copy(empty, tmp_path / "bot.db")
    async with await open_store(url) as opened:
        yield opened


@pytest.fixture
def root() -> Path:
    """Where the package `bot` is: for processes that a test starts."""
    return Path(__file__).parents[2]
