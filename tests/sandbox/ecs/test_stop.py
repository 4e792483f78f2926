"""StopInvocation: asked for, then seen."""

from __future__ import annotations

from typing import Any

from alibabacloud_ecs20140526 import models

from bot.sandbox.ecs import ManualClock, Region
from tests.sandbox.ecs.sdk import REGION, refusal, results, run

WEB_1, WEB_2 = "i-bp1web1", "i-bp1web2"


async def stop(ecs: Any, invoke_id: str | None, ids: list[str] | None = None) -> None:
    asked = models.StopInvocationRequest(region_id=REGION, invoke_id=invoke_id, instance_id=ids)
    await ecs.stop_invocation_async(asked)


async def test_a_running_script_is_terminated(region: Region, ecs: Any, clock: ManualClock) -> None:
    """Stopping first, then Terminated: output kept, no exit code."""
    region.machine("web-1").stop_delay = 3
    invoke_id = await run(ecs, WEB_1, "echo begun; sleep 1000")
    (run_,) = region.invocation(invoke_id).runs
    await region.wait_for(lambda: run_.status == "Running")
    assert run_.process is not None
    await run_.process.output.grown()
    await stop(ecs, invoke_id)
    assert (await results(ecs, invoke_id))[0].invocation_status == "Stopping"
    await clock.advance(3)
    invocation = await region.settled(invoke_id)
    (row,) = await results(ecs, invoke_id)
    assert (row.invocation_status, row.invoke_record_status) == ("Terminated", "Stopped")
    assert (row.exit_code, row.output) == (None, "begun\n")
    assert row.stop_time
    assert invocation.status == "Stopped"


async def test_one_machine_of_two(region: Region, ecs: Any) -> None:
    """The other goes on; the whole reads Success in the end."""
    region.machine("web-2").set(agent_online=False)
    invoke_id = await run(ecs, [WEB_1, WEB_2])
    await stop(ecs, invoke_id, [WEB_2])
    invocation = await region.settled(invoke_id)
    assert [one.status for one in invocation.runs] == ["Success", "Cancelled"]
    assert invocation.status == "Success"
    assert region.machine("web-2").runs == 0


async def test_stopping_what_has_ended_changes_nothing(region: Region, ecs: Any) -> None:
    """No error either: a guess."""
    invoke_id = await run(ecs, WEB_1)
    await region.settled(invoke_id)
    await stop(ecs, invoke_id)
    assert region.invocation(invoke_id).status == "Success"


async def test_what_it_refuses(region: Region, ecs: Any) -> None:
    """Unknown invocations and machines, too many machines, no InvokeId."""
    invoke_id = await run(ecs, WEB_1)
    assert await refusal(stop(ecs, "t-unknown")) == (404, "InvalidInvokeId.NotFound")
    assert await refusal(stop(ecs, invoke_id, [WEB_2])) == (404, "InvalidInstanceId.NotFound")
    assert await refusal(stop(ecs, None)) == (400, "MissingParameter.InvokeId")
    many = [f"i-{number}" for number in range(51)]
    assert await refusal(stop(ecs, invoke_id, many)) == (403, "InstanceIds.ExceedLimit")
    await region.settled(invoke_id)
