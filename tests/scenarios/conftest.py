"""The world that scenarios happen in."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import structlog

from tests.scenarios.world import World

structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()])


@pytest.fixture(params=["socket", "http"])
async def world(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """The sandbox's workspace and region, and a bot, in each of Slack's two modes."""
    async with World(tmp_path, http=request.param == "http") as world:
        yield world


@pytest.fixture
async def http(tmp_path: Path) -> AsyncIterator[World]:
    """The same over HTTP alone."""
    async with World(tmp_path, http=True) as world:
        yield world


@pytest.fixture
async def quick(tmp_path: Path) -> AsyncIterator[World]:
    """The same in Socket Mode alone, for what does not depend on the mode."""
    async with World(tmp_path) as world:
        yield world
