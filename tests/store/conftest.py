"""The store under test, on a file of its own. A second engine would be one more param here."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store import SqlStore, open_store


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The URL of a database that isn't there yet."""
    return f"sqlite:///{tmp_path}/bot.db"


@pytest.fixture
async def store(url: str) -> AsyncIterator[SqlStore]:
    """An empty store."""
    async with await open_store(url) as opened:
        yield opened


@pytest.fixture
def root() -> Path:
    """Where the package `bot` is: for processes that a test starts."""
    return Path(__file__).parents[2]
