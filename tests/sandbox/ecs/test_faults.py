"""What can go wrong between the SDK and ECS, as the SDK sees it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from alibabacloud_tea_openapi.exceptions import ServerException, ThrottlingException
from darabonba.exceptions import UnretryableException

from bot.sandbox.ecs import EcsServer, ManualClock, Region
from tests.sandbox.ecs.sdk import invocations, refusal, request, results, run

WEB_1 = "i-bp1web1"


async def test_throttled_with_and_without_a_hint(server: EcsServer, ecs: Any) -> None:
    """The SDK's own exception comes only with the header."""
    server.faults.throttle("RunCommand", retry_after_ms=1500)
    server.faults.throttle("RunCommand")
    with pytest.raises(ThrottlingException) as caught:
        await run(ecs, WEB_1)
    assert caught.value.retry_after == 1500
    assert await refusal(run(ecs, WEB_1)) == (400, "Throttling.User")


async def test_server_errors(region: Region, server: EcsServer, ecs: Any) -> None:
    """500 and 503, as often as asked, and then no more."""
    server.faults.fail("RunCommand", times=2, status=503, code="ServiceUnavailable")
    for _ in range(2):
        with pytest.raises(ServerException):
            await run(ecs, WEB_1)
    assert region.invocations == []
    await region.settled(await run(ecs, WEB_1))


async def test_a_body_that_is_no_json(server: EcsServer, ecs: Any) -> None:
    """With 502 or even with 200."""
    for status in (502, 200):
        server.faults.garble("RunCommand", status=status)
        with pytest.raises(UnretryableException):
            await run(ecs, WEB_1)


async def test_the_line_is_cut_before_anything_happens(region: Region, server: EcsServer, ecs: Any) -> None:
    """Nothing ran; the journal knows of the call."""
    server.faults.cut_before("RunCommand")
    with pytest.raises(UnretryableException):
        await run(ecs, WEB_1, client_token="token-1")
    assert region.invocations == []
    assert server.journal.calls[0].fault == "cut_before"
    await region.settled(await run(ecs, WEB_1, client_token="token-1"))


async def test_the_answer_is_lost(region: Region, server: EcsServer, ecs: Any) -> None:
    """It ran; the same token finds it and runs nothing."""
    server.faults.cut_after("RunCommand")
    with pytest.raises(UnretryableException):
        await run(ecs, WEB_1, "echo once", client_token="token-1")
    invoke_id = await run(ecs, WEB_1, "echo once", client_token="token-1")
    await region.settled(invoke_id)
    assert [one.invoke_id for one in region.invocations] == [invoke_id]
    assert region.machine("web-1").ran("echo once") == 1


async def test_the_answer_is_lost_to_the_sync_client_too(server: EcsServer, region: Region, ecs: Any) -> None:
    """In a thread."""
    server.faults.cut_after("RunCommand")
    with pytest.raises(UnretryableException):
        await asyncio.to_thread(ecs.run_command, request(WEB_1))
    assert len(region.invocations) == 1


async def test_an_answer_is_held_until_released(region: Region, server: EcsServer, ecs: Any) -> None:
    """The script may have ended long before the caller learns its InvokeId."""
    hold = server.faults.hold("RunCommand")
    calling = asyncio.create_task(run(ecs, WEB_1))
    await hold.reached.wait()
    (invocation,) = region.invocations
    await region.settled(invocation.invoke_id)
    assert not calling.done()
    assert len(await server.journal.wait_for("RunCommand", answered=False)) == 1
    hold.release()
    assert await calling == invocation.invoke_id
    (call,) = await server.journal.wait_for("RunCommand")
    assert (call.status, call.answer["InvokeId"]) == (200, invocation.invoke_id)


async def test_a_slow_answer_takes_the_regions_time(server: EcsServer, ecs: Any, clock: ManualClock) -> None:
    """No real second passes."""
    server.faults.slow("DescribeInvocations", 20)
    asking = asyncio.create_task(invocations(ecs))
    await server.journal.wait_for("DescribeInvocations", answered=False)
    await server.feed.wait_for(lambda: server.journal.calls[0].answer)
    await clock.advance(19)
    assert not asking.done()
    await clock.advance(1)
    assert await asking == []


async def test_answers_that_lie(region: Region, server: EcsServer, ecs: Any) -> None:
    """Somebody else's InvokeId; a status that no document names."""
    invoke_id = await run(ecs, WEB_1)
    await region.settled(invoke_id)
    server.faults.wrong_invoke_id("DescribeInvocationResults")
    server.faults.undocumented_status("DescribeInvocationResults", "Hibernating")
    assert (await results(ecs, invoke_id))[0].invoke_id != invoke_id
    assert (await results(ecs, invoke_id))[0].invocation_status == "Hibernating"
    assert (await results(ecs, invoke_id))[0].invocation_status == "Success"


async def test_the_state_can_be_read_as_json(region: Region, server: EcsServer, ecs: Any) -> None:
    """Machines, invocations, queued faults and calls."""
    server.faults.throttle("StopInvocation", times=2)
    invoke_id = await run(ecs, WEB_1, "systemctl stop nginx")
    await region.settled(invoke_id)
    state = json.loads(json.dumps(server.as_json()))
    (shown,) = state["regions"]
    assert shown["machines"][0]["services"] == {"nginx": "inactive", "app": "active"}
    assert shown["invocations"][0]["status"] == "Success"
    assert state["faults"] == {"StopInvocation": ["throttle", "throttle"]}
    assert state["calls"][0]["action"] == "RunCommand"
