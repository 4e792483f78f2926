"""Offices to open, each with a policy of its own."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.sandbox.ecs import Region
from tests.scenarios.approvals.office import ONE_YES, USUAL, Office, Opens, catalogue


@pytest.fixture
async def opens(tmp_path: Path) -> AsyncIterator[Opens]:
    """Opens an office; it closes with the test."""
    async with AsyncExitStack() as stack:

        async def opened(
            policy: str = ONE_YES, *, region: Region | None = None, granted: bool = True, **snippets: str
        ) -> Office:
            office = Office(tmp_path, catalogue(tmp_path, policy, **snippets), region)
            await stack.enter_async_context(office)
            await office.grants(*(USUAL if granted else ()))
            return office

        yield opened


@pytest.fixture
async def office(opens: Opens) -> Office:
    """One where high risk needs one yes within ten minutes."""
    return await opens()
