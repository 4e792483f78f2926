"""The vendor's tutorial, "run a command and query its result", as plain clients without Slack.

As written, the Python one never ends (it sends neither the instances nor the InvokeId, and knows
no `Success`); here both have their faults mended and keep their ways of waiting.
"""

import asyncio
import base64
import time
from collections.abc import Iterator
from typing import Any

from bot.sandbox.ecs import SANDBOX_KEY, EcsServer, Region

TIMEOUT = 60
FINAL = frozenset({"Success", "Failed", "PartialFailed", "Stopped"})


def java() -> Iterator[float]:
    """The pauses of the Java sample: a query at once, then every 2 s, Timeout/2 in all."""
    yield 0.0
    for _ in range(TIMEOUT // 2 - 1):
        yield 2.0


def python() -> Iterator[float]:
    """The pauses of the Python sample: 2^n s before the n-th query."""
    for number in range(TIMEOUT // 2):
        yield 2.0**number


async def measure(ecs: EcsServer, region: Region, runs: int) -> tuple[list[float], list[float]]:
    """Seconds from RunCommand to the known end, *runs* times each, the two loops side by side: they mostly sleep."""
    instances = [m.instance_id for m in region.machines.values() if m.name.startswith("web-prod")]
    client = await asyncio.to_thread(_client, ecs.endpoint, region.region_id)
    one, other = await asyncio.gather(
        asyncio.to_thread(_several, client, region.region_id, instances, java, runs),
        asyncio.to_thread(_several, client, region.region_id, instances, python, runs),
    )
    return one, other


def _client(endpoint: str, region: str) -> Any:
    from alibabacloud_ecs20140526.client import Client
    from alibabacloud_tea_openapi.utils_models import Config

    key = {"access_key_id": SANDBOX_KEY.id, "access_key_secret": SANDBOX_KEY.secret}
    return Client(Config(**key, region_id=region, endpoint=endpoint, protocol="http"))


def _several(client: Any, region: str, instances: list[str], pauses: Any, runs: int) -> list[float]:
    return [_once(client, region, instances, pauses()) for _ in range(runs)]


def _once(client: Any, region: str, instances: list[str], pauses: Iterator[float]) -> float:
    from alibabacloud_ecs20140526 import models

    began = time.perf_counter()
    run = models.RunCommandRequest(
        region_id=region,
        name="bench",
        type="RunShellScript",
        command_content=base64.b64encode(b"echo done").decode(),
        content_encoding="Base64",
        timeout=TIMEOUT,
        instance_id=instances,
    )
    invoke_id = client.run_command(run).body.invoke_id
    query = models.DescribeInvocationsRequest(region_id=region, invoke_id=invoke_id, include_output=True)
    for pause in pauses:
        time.sleep(pause)
        found = client.describe_invocations(query).body.invocations.invocation[0]
        if found.invocation_status in FINAL:
            return time.perf_counter() - began
    raise RuntimeError(f"{invoke_id} did not end")
