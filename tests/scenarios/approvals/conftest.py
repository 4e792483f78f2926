"""Offices to open, each with a policy of its own."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.sandbox.ecs import Region
from bot.sandbox.session import GRANTS
from tests.scenarios.approvals.office import Office, Opens
from tests.scenarios.approvals.rules import ONE_YES, catalogue


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which the usual roles are granted: made once, copied for each office."""
    folder = tmp_path_factory.mktemp("begun")

    async def begins() -> None:
        async with Office(folder, catalogue(folder)) as office:
            await office.grants(*GRANTS)

    with ThreadPoolExecutor(1) as pool:  # the tests' own loop is not disturbed
        pool.submit(lambda: asyncio.run(begins())).result()
    return folder / "bot.db"


@pytest.fixture
async def opens(tmp_path: Path, begun: Path) -> AsyncIterator[Opens]:
    """Opens an office; it closes with the test."""
    async with AsyncExitStack() as stack:

        async def opened(policy: str = ONE_YES, *, region: Region | None = None, **snippets: str) -> Office:
            shutil.copy(begun, tmp_path / "bot.db")
            return await stack.enter_async_context(Office(tmp_path, catalogue(tmp_path, policy, **snippets), region))

        yield opened


@pytest.fixture
async def office(opens: Opens) -> Office:
    """One where high risk needs one yes within ten minutes."""
    return await opens()
