"""A region on loopback, and the adapter under test, on the real SDK."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from bot.cloud.aliyun import AliyunCloud
from bot.cloud.credentials import Credentials
from bot.sandbox.ecs import CannedRunner, EcsServer, Region, fleet, linux, windows
from tests.cloud.world import keys


@pytest.fixture
def region() -> Region:
    """Three Linux machines that run bash, one Windows, one whose agent is away, one stopped; 120 canned ones."""
    away, down = linux("web-8", {"app": "web"}, 8), linux("web-9", {"app": "web"}, 9)
    away.agent_online = False
    down.status = "Stopped"
    web = [linux(f"web-{n}", {"app": "web"}, n) for n in (1, 2, 3)]
    made = Region("cn-hangzhou", [*web, windows("web-win", {"app": "web"}, 4), away, down])
    for machine in fleet(120, {"app": "fleet"}, CannedRunner()):
        made.add(machine)
    return made


@pytest.fixture
async def server(region: Region) -> AsyncIterator[EcsServer]:
    async with EcsServer(region) as running:
        yield running


@pytest.fixture
async def make_cloud(server: EcsServer) -> AsyncIterator[Callable[..., AliyunCloud]]:
    """AliyunCloud with other settings; all are closed at the end."""
    async with AsyncExitStack() as stack:

        def make(credentials: Credentials | None = None, **settings: Any) -> AliyunCloud:
            cloud = AliyunCloud(credentials or keys(), server.url, **settings)
            stack.push_async_callback(cloud.close)
            return cloud

        yield make


@pytest.fixture
def cloud(make_cloud: Callable[..., AliyunCloud]) -> AliyunCloud:
    return make_cloud()
