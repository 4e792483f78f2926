"""The ECS SDK: its import, its clients, its loggers.

Importing `alibabacloud_ecs20140526.client` takes half a second and 60 MB, so it happens on first
use, in a thread. Two thirds of that are its transport and credentials (requests, aiohttp,
cryptography); the models of all actions, which the package imports as one, are the rest. A client
without them, by generic calls, would save 0.15 s and 20 MB, and lose the endpoints by region and
every check of a field's name: not worth it.
"""

import functools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.cloud.proxy import honour_no_proxy
from bot.errors import StartError

USER_AGENT = "ecs-chatops"


@dataclass(frozen=True, slots=True)
class Sdk:
    """What is used of the SDK."""

    models: Any
    client: Callable[..., Any]
    config: Callable[..., Any]
    runtime: Callable[..., Any]
    core: Any


@functools.cache
def load() -> Sdk:
    """Import the SDK. Blocks: call it in a thread.

    Both loggers would write whole URLs, script and signature included: the SDK's own where
    DEBUG=sdk is set, urllib3's at level DEBUG.
    """
    from alibabacloud_ecs20140526 import models
    from alibabacloud_ecs20140526.client import Client
    from alibabacloud_tea_openapi.utils_models import Config
    from darabonba.core import DaraCore
    from darabonba.runtime import RuntimeOptions

    for name in ("darabonba-core", "urllib3.connectionpool"):
        logging.getLogger(name).setLevel(logging.ERROR)
    return Sdk(models=models, client=Client, config=Config, runtime=RuntimeOptions, core=DaraCore)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where ECS is. *address* None: the SDK knows it by region, over https."""

    address: str | None = None
    protocol: str = "https"

    @classmethod
    def parse(cls, url: str | None) -> "Endpoint":
        """Of `http://127.0.0.1:9000`, `https://ecs.example.com` or `ecs.example.com`. Raises StartError."""
        if not url:
            return cls()
        parts = urlsplit(url if "://" in url else f"https://{url}")
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path not in ("", "/"):
            raise StartError([f"ALIBABA_CLOUD_ECS_ENDPOINT is {url!r}: give it as http://host:port"])
        return cls(parts.netloc, parts.scheme)


def make_client(
    credential: Any,
    region: str,
    endpoint: Endpoint,
    *,
    connect_timeout: float,
    read_timeout: float,
    connections: int,
) -> Any:
    """A client of one account and region that keeps up to *connections* connections open. Blocks.

    Timeouts in seconds. The SDK's own retries stay off: they sleep in the thread, and who
    may send a RunCommand again is for the dispatcher to decide.
    """
    sdk = load()
    config = sdk.config(
        credential=credential,
        region_id=region,
        endpoint=endpoint.address,
        protocol=endpoint.protocol,
        connect_timeout=int(connect_timeout * 1000),
        read_timeout=int(read_timeout * 1000),
        max_idle_conns=connections,
        user_agent=USER_AGENT,
    )
    client = sdk.client(config)
    honour_no_proxy(sdk.core, client, endpoint.protocol, connections)
    return client
