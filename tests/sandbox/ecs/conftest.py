"""The real SDK, pointed at a region of this process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.sandbox.ecs import SANDBOX_KEY, AccessKey, EcsServer, ManualClock, Region, linux, windows


def sdk_client(server: EcsServer, key: AccessKey = SANDBOX_KEY, **config: Any) -> Any:
    """A client of the real SDK for *server*."""
    from alibabacloud_ecs20140526.client import Client
    from alibabacloud_tea_openapi.utils_models import Config

    return Client(
        Config(
            access_key_id=key.id,
            access_key_secret=key.secret,
            security_token=key.security_token,
            endpoint=server.endpoint,
            protocol="http",
            region_id="cn-hangzhou",
            **config,
        )
    )


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def region() -> Region:
    """Two Linux machines and one Windows machine, on the real clock."""
    return Region(
        "cn-hangzhou", [linux("web-1", {"app": "web"}, 1), linux("web-2", {"app": "web"}, 2), windows("win-1")]
    )


@pytest.fixture
async def server(region: Region) -> AsyncIterator[EcsServer]:
    async with EcsServer(region) as started:
        yield started


@pytest.fixture
def ecs(server: EcsServer) -> Any:
    return sdk_client(server)
