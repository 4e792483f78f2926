"""A region, its server, and a client of the real SDK for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.sandbox.ecs import EcsServer, ManualClock, Region, linux, windows
from tests.sandbox.ecs.sdk import sdk_client

WEB = {"app": "web"}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def region(clock: ManualClock) -> Region:
    """Two Linux machines and one Windows machine, on a clock that stands still."""
    machines = [linux("web-1", WEB, 1), linux("web-2", WEB, 2), windows("win-1", {"app": "db"}, 3)]
    return Region("cn-hangzhou", machines, clock=clock)


@pytest.fixture
async def server(region: Region) -> AsyncIterator[EcsServer]:
    async with EcsServer(region) as started:
        yield started


@pytest.fixture
def ecs(server: EcsServer) -> Any:
    return sdk_client(server)
