"""Slack and ECS for bots that are started as people start them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox.ecs import EcsServer, sandbox_region
from bot.sandbox.slack import SlackServer
from bot.slack import manifest
from tests.running.process import environment


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    """A workspace in which the app was made from its manifest: it has those scopes and no others."""
    async with SlackServer(scopes=manifest.scopes(), commands=[manifest.COMMAND], events=manifest.EVENTS) as server:
        yield server


@pytest.fixture
async def ecs() -> AsyncIterator[EcsServer]:
    """The sandbox's region."""
    async with EcsServer(sandbox_region()) as server:
        yield server


@pytest.fixture
def env(slack: SlackServer, ecs: EcsServer, tmp_path: Path) -> dict[str, str]:
    """All that the bot needs."""
    return environment(slack, ecs, tmp_path)
