"""Looking: pages, filters, roll-ups, and what may be missing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from alibabacloud_ecs20140526 import models

from bot.sandbox.ecs import CannedRunner, EcsServer, ManualClock, Region, fleet
from bot.sandbox.ecs.invocations import roll_up, roll_up_legacy
from tests.sandbox.ecs.sdk import REGION, invocations, refusal, results, run, sdk_client

WEB_1, WEB_2, WIN_1 = "i-bp1web1", "i-bp1web2", "i-bp1win1"


@pytest.mark.parametrize(
    ("statuses", "overall", "legacy"),
    [
        ("Pending Running Success", "Pending", "Pending"),
        ("Running Failed", "Running", "Running"),
        ("Stopping Success", "Stopping", "Stopping"),
        ("Success Success", "Success", "Finished"),
        ("Success Terminated", "Success", "Finished"),
        ("Success Failed", "PartialFailed", "Finished"),
        ("Success Timeout", "PartialFailed", "PartialFailed"),
        ("Success Terminated Aborted", "PartialFailed", "PartialFailed"),
        ("Failed Failed", "Failed", "Finished"),
        ("Aborted Error Invalid", "Failed", "Failed"),
        ("Timeout Cancelled", "Failed", "Failed"),
        ("Cancelled Terminated", "Stopped", "Stopped"),
    ],
)
def test_roll_up(statuses: str, overall: str, legacy: str) -> None:
    """Success hides a stopped machine; the legacy field hides exit codes."""
    assert roll_up(statuses.split()) == overall
    assert roll_up_legacy(statuses.split()) == legacy


async def test_results_come_in_pages(clock: ManualClock) -> None:
    """Ten unless asked, fifty at most; by token, or by number."""
    region = Region(machines=fleet(60), clock=clock)
    async with EcsServer(region) as server:
        ecs = sdk_client(server)
        invoke_id = await run(ecs, list(region.machines))
        await region.settled(invoke_id)
        assert len(await results(ecs, invoke_id, max_results=None)) == 10
        assert len(await results(ecs, invoke_id, max_results=None, page_size=50, page_number=2)) == 10
        asked = models.DescribeInvocationResultsRequest(region_id=REGION, invoke_id=invoke_id, max_results=25)
        seen: list[str] = []
        while True:
            answer = (await ecs.describe_invocation_results_async(asked)).body.invocation
            seen += [row.instance_id for row in answer.invocation_results.invocation_result]
            if not answer.next_token:
                break
            asked.next_token = answer.next_token
        assert seen == list(region.machines)
        assert await refusal(results(ecs, invoke_id, max_results=51)) == (400, "InvalidParameter.MaxResults")
        foreign = results(ecs, invoke_id, next_token="bogus")
        assert await refusal(foreign) == (400, "InvalidParameter.NextToken")


async def test_without_an_invoke_id_everybodys_runs_come_back(region: Region, ecs: Any) -> None:
    """The trap: an empty InvokeId is no filter."""
    first, second = await run(ecs, WEB_1, "echo 1"), await run(ecs, WEB_1, "echo 2")
    await region.settled(first)
    await region.settled(second)
    assert [row.invoke_id for row in await results(ecs, "")] == [second, first]
    assert await results(ecs, "t-unknown") == []
    assert await invocations(ecs, invoke_id="t-unknown") == []


async def test_invocations_are_found_by_tag_name_status_and_machine(region: Region, ecs: Any) -> None:
    """Newest first."""
    tag = [models.RunCommandRequestTag(key="batch", value="b1")]
    tagged = await run(ecs, [WEB_1, WEB_2], "exit 1", name="mem", tag=tag)
    other = await run(ecs, WEB_1, name="cpu")
    for one in (tagged, other):
        await region.settled(one)

    async def ids(**fields: Any) -> list[str]:
        return [row.invoke_id for row in await invocations(ecs, **fields)]

    query = models.DescribeInvocationsRequestTag
    assert await ids() == [other, tagged]
    assert await ids(tag=[query(key="batch", value="b1")]) == [tagged]
    assert await ids(tag=[query(key="batch")]) == [tagged]
    assert await ids(tag=[query(key="batch", value="b2")]) == []
    assert await ids(command_name="cpu") == [other]
    assert await ids(instance_id=WEB_2) == [tagged]
    assert await ids(invoke_status="Finished") == [other, tagged]
    assert await ids(invoke_status="Failed") == [tagged]
    assert await ids(command_type="RunBatScript") == []
    assert await ids(max_results=1) == [other]
    assert await refusal(ids(include_output=True)) == (400, "MissingParameter.InvokeId")


async def test_a_running_script_shows_its_head(region: Region, ecs: Any) -> None:
    """Output is there before the end."""
    invoke_id = await run(ecs, WEB_1, "echo so far; sleep 1000")
    (started,) = region.invocation(invoke_id).runs
    await region.wait_for(lambda: started.status == "Running")
    process = started.process
    assert process is not None
    await process.output.grown()
    (row,) = await results(ecs, invoke_id)
    assert (row.output, row.exit_code, row.invocation_status) == ("so far\n", None, "Running")


async def test_a_new_invocation_may_stay_invisible(region: Region, ecs: Any) -> None:
    """For as many describes as asked."""
    region.hide_new_for = 2
    invoke_id = await run(ecs, WEB_1)
    assert await invocations(ecs, invoke_id=invoke_id) == []
    assert await results(ecs, invoke_id) == []
    assert len(await results(ecs, invoke_id)) == 1


async def test_records_are_kept_for_thirty_days(region: Region, ecs: Any, clock: ManualClock) -> None:
    """Then nobody knows of them."""
    invoke_id = await run(ecs, WEB_1)
    await region.settled(invoke_id)
    await clock.advance(30 * 86_400)
    assert len(await results(ecs, invoke_id)) == 1
    await clock.advance(1)
    assert await results(ecs, invoke_id) == []


async def test_instances_are_found_and_paged(clock: ManualClock) -> None:
    """By id, tag, status and name; MaxResults is lifted to ten and cut to a hundred."""
    region = Region(machines=fleet(120, {"app": "big"}, CannedRunner()), clock=clock)
    region.machine("fleet-007").set(status="Stopped")
    region.machine("fleet-008").tags["env"] = "prod"
    async with EcsServer(region) as server:
        ecs = sdk_client(server)

        async def names(**fields: Any) -> list[str]:
            asked = models.DescribeInstancesRequest(region_id=REGION, **fields)
            body = (await ecs.describe_instances_async(asked)).body
            return [one.instance_name for one in body.instances.instance]

        tag = models.DescribeInstancesRequestTag
        seven = region.machine("fleet-007").instance_id
        assert len(await names()) == 10
        assert len(await names(max_results=3)) == 10
        assert len(await names(max_results=500)) == 100
        assert len(await names(page_size=100, page_number=2)) == 20
        assert await names(status="Stopped") == ["fleet-007"]
        assert await names(instance_ids=json.dumps([seven, "i-gone"])) == ["fleet-007"]
        assert await names(tag=[tag(key="app", value="big"), tag(key="env")]) == ["fleet-008"]
        assert await names(instance_name="fleet-11*") == [f"fleet-{number}" for number in range(110, 120)]
        assert await refusal(names(instance_ids="i-1")) == (400, "InvalidInstanceIds.Malformed")
        assert await refusal(names(page_size=101)) == (400, "InvalidParameter.PageSize")
        assert await refusal(names(vpc_id="vpc-1")) == (400, "NotEmulated")


async def test_cloud_assistant_status_is_text(region: Region, ecs: Any) -> None:
    """true or false; up to a hundred ids, beyond which it refuses."""
    region.machine("web-2").set(agent_online=False)

    async def status(ids: list[str], **fields: Any) -> dict[str, str]:
        asked = models.DescribeCloudAssistantStatusRequest(region_id=REGION, instance_id=ids, **fields)
        body = (await ecs.describe_cloud_assistant_status_async(asked)).body
        rows = body.instance_cloud_assistant_status_set.instance_cloud_assistant_status
        return {row.instance_id: row.cloud_assistant_status for row in rows}

    assert await status([WEB_1, WEB_2]) == {WEB_1: "true", WEB_2: "false"}
    assert await status([], ostype="Windows") == {WIN_1: "true"}
    assert await status([], max_results=2) == {WEB_1: "true", WEB_2: "false"}
    assert await refusal(status([f"i-{number}" for number in range(101)])) == (403, "InstanceIds.ExceedLimit")
