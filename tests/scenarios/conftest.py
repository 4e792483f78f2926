"""The world that scenarios happen in."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scenarios.world import World


@pytest.fixture(params=["socket", "http"])
async def world(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """The sandbox's workspace and region, and a bot, in each of Slack's two modes."""
    async with World(tmp_path, http=request.param == "http") as world:
        yield world


@pytest.fixture
async def quick(tmp_path: Path) -> AsyncIterator[World]:
    """The same in Socket Mode alone, for what does not depend on the mode."""
    async with World(tmp_path) as world:
        yield world
