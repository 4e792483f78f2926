"""The real SDK, pointed at a region of this process, and the few calls that most tests make."""

from __future__ import annotations

import asyncio
import os
from typing import Any

from alibabacloud_ecs20140526 import models
from alibabacloud_ecs20140526.client import Client
from alibabacloud_tea_openapi.utils_models import Config

from bot.sandbox.ecs import SANDBOX_KEY, AccessKey, EcsServer

REGION = "cn-hangzhou"


def sdk_client(server: EcsServer, key: AccessKey = SANDBOX_KEY, **config: Any) -> Any:
    """A client of the real SDK for *server*."""
    return Client(
        Config(
            access_key_id=key.id,
            access_key_secret=key.secret,
            security_token=key.security_token,
            endpoint=server.endpoint,
            protocol="http",
            **config,
        )
    )


async def run(ecs: Any, ids: list[str] | str, script: str = "echo ok", **fields: Any) -> str:
    """RunCommand, through the SDK's async method; the InvokeId."""
    answer = await ecs.run_command_async(request(ids, script, **fields))
    return str(answer.body.invoke_id)


def request(ids: list[str] | str, script: str = "echo ok", **fields: Any) -> Any:
    """A RunCommandRequest for a Linux machine unless *fields* say otherwise."""
    fields = {"type": "RunShellScript", "region_id": REGION, **fields}
    instance_id = [ids] if isinstance(ids, str) else ids
    return models.RunCommandRequest(instance_id=instance_id, command_content=script, **fields)


async def results(ecs: Any, invoke_id: str, **fields: Any) -> list[Any]:
    """The rows of DescribeInvocationResults in plain text, through the SDK's sync method in a thread."""
    fields = {"content_encoding": "PlainText", "max_results": 50, **fields}
    asked = models.DescribeInvocationResultsRequest(region_id=REGION, invoke_id=invoke_id, **fields)
    answer = await asyncio.to_thread(ecs.describe_invocation_results, asked)
    return list(answer.body.invocation.invocation_results.invocation_result)


async def invocations(ecs: Any, **fields: Any) -> list[Any]:
    """The rows of DescribeInvocations."""
    asked = models.DescribeInvocationsRequest(region_id=REGION, **fields)
    answer = await ecs.describe_invocations_async(asked)
    return list(answer.body.invocations.invocation)


async def refusal(call: Any) -> tuple[int, str]:
    """The HTTP status and code with which ECS refuses *call*, an awaitable."""
    from alibabacloud_tea_openapi.exceptions import AlibabaCloudException

    try:
        await call
    except AlibabaCloudException as error:
        return int(error.status_code), str(error.code)
    raise AssertionError("it was not refused")


async def gone(pid: int) -> None:
    """Returns once the process *pid* has ended, whoever its parent is."""
    try:
        watched = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(watched, ended.set)
    try:
        await asyncio.wait_for(ended.wait(), 30)
    finally:
        loop.remove_reader(watched)
        os.close(watched)
