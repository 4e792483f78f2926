"""What RunCommand refuses before anything runs: limits, words, machines, tokens."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from alibabacloud_ecs20140526 import models

from bot.sandbox.ecs import EcsServer, ManualClock, Region
from tests.sandbox.ecs.sdk import refusal, request, results, run

WEB_1, WEB_2, WIN_1 = "i-bp1web1", "i-bp1web2", "i-bp1win1"


def tags(count: int) -> list[Any]:
    return [models.RunCommandRequestTag(key=f"k{number}", value="v") for number in range(count)]


def tag(key: str, value: str = "v") -> list[Any]:
    return [models.RunCommandRequestTag(key=key, value=value)]


def resource(key: str, value: str) -> list[Any]:
    return [models.RunCommandRequestResourceTag(key=key, value=value)]


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"name": "n" * 129}, (403, "CmdName.ExceedLimit")),
        ({"description": "d" * 513}, (403, "CmdDesc.ExceedLimit")),
        ({"username": "u" * 256}, (403, "Username.ExceedLimit")),
        ({"working_dir": "/" + "w" * 200}, (400, "InvalidParameter.WorkingDir")),
        ({"timeout": 9}, (400, "InvalidParameter.Timeout")),
        ({"timeout": 86_401}, (400, "InvalidParameter.Timeout")),
        ({"type": "RunPerlScript"}, (403, "InvalidCmdType.NotFound")),
        ({"type": None}, (400, "MissingParameter.Type")),
        ({"script": ""}, (400, "MissingParameter.CommandContent")),
        ({"script": "x" * 18_433}, (403, "CmdContent.ExceedLimit")),
        ({"script": "x" * 14_000, "keep_command": True}, (403, "CmdContent.ExceedLimit")),
        ({"repeat_mode": "Sometimes"}, (404, "InvalidRepeatMode.NotFound")),
        ({"repeat_mode": "Period"}, (400, "NotEmulated")),
        ({"container_id": "abc"}, (400, "NotEmulated")),
        ({"termination_mode": "Gently"}, (404, "InvalidTerminationMode.NotFound")),
        ({"tag": tags(21)}, (400, "NumberExceed.Tags")),
        ({"tag": tag("")}, (400, "MissingParameter.TagKey")),
        ({"tag": tag("acs:x")}, (400, "InvalidTagKey.Malformed")),
        ({"tag": tag("k", "v" * 129)}, (400, "InvalidTagValue.Malformed")),
        ({"tag": tag("k") + tag("k")}, (400, "Duplicate.TagKey")),
        ({"parameters": {"a": "b"}}, (400, "Parameter.Disabled")),
        ({"script": "echo {{a}}", "enable_parameter": True}, (400, "Parameter.MissingValue")),
        ({"enable_parameter": True, "parameters": {"b": "c"}}, (403, "Parameter.NotMatched")),
        ({"client_token": "t" * 65}, (400, "InvalidClientToken.Malformed")),
        ({"client_token": "tøken"}, (400, "InvalidClientToken.Malformed")),
        ({"ids": []}, (400, "MissingParam.InstanceId")),
        ({"ids": [WEB_1, "i-gone"]}, (404, "InvalidInstance.NotFound")),
        ({"ids": [WEB_1, WIN_1]}, (400, "InvalidInstance.NotMatch")),
        ({"type": "RunBatScript"}, (400, "InvalidInstance.NotMatch")),
        ({"resource_tag": resource("app", "web")}, (400, "InvalidResourceTag.ConflictWithInstanceIds")),
        ({"ids": [], "resource_tag": resource("app", "nil")}, (400, "InvalidResourceTag.InstanceNotFound")),
    ],
)
async def test_refused(region: Region, ecs: Any, fields: dict[str, Any], refused: tuple[int, str]) -> None:
    """With ECS's status and code, and nothing begins anywhere."""
    ids, script = fields.pop("ids", [WEB_1]), fields.pop("script", "echo ok")
    assert await refusal(run(ecs, ids, script, **fields)) == refused
    assert region.invocations == []


async def test_a_stopped_machine_fails_the_whole_call(region: Region, ecs: Any) -> None:
    """One that is not Running is enough."""
    region.machine("web-2").set(status="Stopped")
    assert await refusal(run(ecs, [WEB_1, WEB_2])) == (400, "InvalidInstance.NotMatch")
    assert region.machine("web-1").runs == 0


async def test_the_largest_content_is_taken(region: Region, ecs: Any) -> None:
    """24 KB of Base64 are 18,432 bytes of script."""
    script = "#" + "x" * 18_431
    invoke_id = await run(ecs, WEB_1, script)
    assert (await region.settled(invoke_id)).status == "Success"


async def test_parameters_are_pasted_unquoted(region: Region, ecs: Any) -> None:
    """Which is why they are never to be used."""
    fields = {"enable_parameter": True, "parameters": {"name": "x; echo injected"}}
    invoke_id = await run(ecs, WEB_1, "echo {{ name }}", **fields)
    await region.settled(invoke_id)
    assert (await results(ecs, invoke_id))[0].output == "x\ninjected\n"


async def test_resource_tags_choose_machines(region: Region, ecs: Any) -> None:
    """Without any InstanceId."""
    invoke_id = await run(ecs, [], resource_tag=resource("app", "web"))
    invocation = await region.settled(invoke_id)
    assert [one.machine.name for one in invocation.runs] == ["web-1", "web-2"]


async def test_the_same_token_runs_once(region: Region, ecs: Any) -> None:
    """Also after the machine was stopped: the answer is remembered, not worked out again."""
    first = await run(ecs, WEB_1, client_token="token-1")
    await region.settled(first)
    region.machine("web-1").set(status="Stopped")
    assert await run(ecs, WEB_1, client_token="token-1") == first
    assert region.machine("web-1").runs == 1
    mismatch = run(ecs, WEB_1, "echo other", client_token="token-1")
    assert await refusal(mismatch) == (403, "IdempotentParameterMismatch")


async def test_a_token_in_flight(region: Region, server: EcsServer, ecs: Any) -> None:
    """A second sending, while the first is being worked on, is told so."""
    hold = server.faults.hold("RunCommand", in_flight=True)
    first = asyncio.create_task(ecs.run_command_async(request(WEB_1, client_token="token-1")))
    await hold.reached.wait()
    assert await refusal(run(ecs, WEB_1, client_token="token-1")) == (403, "IdempotentProcessing")
    assert region.invocations == []
    hold.release()
    invoke_id = (await first).body.invoke_id
    await region.settled(invoke_id)
    assert region.machine("web-1").runs == 1


async def test_a_refused_request_frees_its_token(region: Region, ecs: Any) -> None:
    """A guess; the alternative would be to answer the refusal again."""
    region.machine("web-1").set(status="Stopped")
    assert await refusal(run(ecs, WEB_1, client_token="token-1")) == (400, "InvalidInstance.NotMatch")
    region.machine("web-1").set(status="Running")
    await region.settled(await run(ecs, WEB_1, client_token="token-1"))


async def test_a_token_is_forgotten_in_the_end(region: Region, ecs: Any, clock: ManualClock) -> None:
    """Then it would run again: nothing may rest on it for longer."""
    region.tokens.lifetime = timedelta(minutes=10)
    first = await run(ecs, WEB_1, client_token="token-1")
    await region.settled(first)
    await clock.advance(601)
    second = await run(ecs, WEB_1, client_token="token-1")
    await region.settled(second)
    assert first != second
    assert region.machine("web-1").runs == 2
