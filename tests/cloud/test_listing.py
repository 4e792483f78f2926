"""What ECS lists by tag: the runs that go on, a run that is looked for by its name, and the newest of all."""

import json

import pytest

from bot.cloud.aliyun import AliyunCloud
from bot.domain.result import Outcome
from bot.errors import CloudTryAgain
from bot.sandbox.ecs import CannedRunner, EcsServer, Region
from tests.cloud.world import PLACE, TAG, order


async def test_those_that_run_are_listed(cloud: AliyunCloud, region: Region, server: EcsServer) -> None:
    """By the bot's tag, fifty a page, the newest first; what is over stands there no more."""
    ids = [await cloud.run(order(region, "sleep", "fleet-001", client_token=f"t-{n}")) for n in range(3)]
    for invoke_id in ids:
        await region.settled(invoke_id)
    region.machine("fleet-002").runner = CannedRunner(duration=3600)
    slow = [await cloud.run(order(region, "sleep", "fleet-002", client_token=f"s-{n}")) for n in range(10)]
    await region.wait_for(lambda: all(one.legacy_status == "Running" for one in region.invocations[3:]))
    page = await cloud.running(*PLACE, TAG, None)
    assert sorted(page.ended) == sorted(slow)
    assert page.token is None
    assert len(server.journal.of("DescribeInvocations")) == 1


async def test_more_than_a_page_run(cloud: AliyunCloud, region: Region) -> None:
    """The second page begins where the first ends."""
    machines = [f"fleet-{n:03}" for n in range(1, 7)]
    for name in machines:
        region.machine(name).runner = CannedRunner(duration=3600)
    ids = [await cloud.run(order(region, "s", machines[n // 10], client_token=f"s-{n}")) for n in range(60)]
    await region.wait_for(lambda: all(one.legacy_status == "Running" for one in region.invocations))
    first = await cloud.running(*PLACE, TAG, None)
    assert sorted(first.ended) == sorted(ids[10:])
    second = await cloud.running(*PLACE, TAG, first.token)
    assert sorted(second.ended) == sorted(ids[:10])
    assert second.token is None


async def test_what_runs_is_listed_by_instance(cloud: AliyunCloud, region: Region, server: EcsServer) -> None:
    """Of the other API: a run on several machines takes as many rows, so that the next page can begin with its rest."""
    machines = [f"fleet-{n:03}" for n in range(1, 11)]
    for name in machines:
        region.machine(name).runner = CannedRunner(duration=3600)
    over = await cloud.run(order(region, "true", "fleet-011", client_token="over"))
    ids = [await cloud.run(order(region, "s", *machines[:9], client_token=f"s-{n}")) for n in range(6)]
    await region.settled(over)
    await region.wait_for(lambda: all(one.legacy_status == "Running" for one in region.invocations[1:]))
    first = await cloud.running_rows(*PLACE, TAG, None)
    assert set(first.ended) == set(ids)
    assert set(first.ended.values()) == {frozenset()}
    second = await cloud.running_rows(*PLACE, TAG, first.token)
    assert set(second.ended) == {ids[0]}
    assert second.token is None
    assert len(server.journal.of("DescribeInvocationResults")) == 2


async def test_a_list_that_does_not_move_on(cloud: AliyunCloud, server: EcsServer) -> None:
    """The same token again is not the end of it: who is missing would be taken to have ended."""
    bodies: dict[str, dict[str, object]] = {
        "DescribeInvocations": {"NextToken": "x", "Invocations": {"Invocation": []}},
        "DescribeInvocationResults": {"Invocation": {"NextToken": "x", "InvocationResults": {"InvocationResult": []}}},
    }
    for action, listing in (("DescribeInvocations", cloud.running), ("DescribeInvocationResults", cloud.running_rows)):
        for _ in range(2):
            server.faults.garble(action, status=200, body=json.dumps({"RequestId": "r", **bodies[action]}))
        first = await listing(*PLACE, TAG, None)
        assert first.token == "x"
        with pytest.raises(CloudTryAgain, match="does not end"):
            await listing(*PLACE, TAG, first.token)


async def test_what_stands_before_a_token_that_stays_was_seen(cloud: AliyunCloud, server: EcsServer) -> None:
    """A run that was looked for by its name is found; one that was not there may stand on a page that nobody saw."""
    rows = [{"InvokeId": "t-1", "CommandName": "mine", "InvocationStatus": "Running"}]
    body = json.dumps({"RequestId": "r", "NextToken": "x", "Invocations": {"Invocation": rows}})
    for _ in range(6):
        server.faults.garble("DescribeInvocations", status=200, body=body)
    assert await cloud.find(*PLACE, "mine", TAG) == "t-1"
    with pytest.raises(CloudTryAgain, match="does not end"):
        await cloud.find(*PLACE, "another", TAG)
    assert [one.invoke_id for one in await cloud.listed(*PLACE)] == ["t-1", "t-1"]


async def test_other_tags_are_not_listed(cloud: AliyunCloud, region: Region) -> None:
    """One lane has its own listing."""
    region.machine("fleet-001").runner = CannedRunner(duration=3600)
    fast = await cloud.run(order(region, "s", "fleet-001", client_token="a", tags=(TAG, ("ecs-chatops-pace", "0"))))
    await cloud.run(order(region, "s", "fleet-001", client_token="b", tags=(TAG, ("ecs-chatops-pace", "4"))))
    await region.wait_for(lambda: all(one.legacy_status == "Running" for one in region.invocations))
    assert list((await cloud.running(*PLACE, ("ecs-chatops-pace", "0"), None)).ended) == [fast]
    assert list((await cloud.running_rows(*PLACE, ("ecs-chatops-pace", "0"), None)).ended) == [fast]
    assert list(await cloud.newest(*PLACE, ("ecs-chatops-pace", "0"))) == [fast]


async def test_some_instances_have_ended(cloud: AliyunCloud, region: Region) -> None:
    """How many, of a run that goes on."""
    region.machine("fleet-001").runner = CannedRunner(duration=3600)
    invoke_id = await cloud.run(order(region, "sleep", "fleet-001", "fleet-002"))
    await region.wait_for(lambda: [run.status for run in region.invocations[0].runs] == ["Running", "Success"])
    ended = frozenset({region.machine("fleet-002").instance_id})
    assert (await cloud.running(*PLACE, TAG, None)).ended == {invoke_id: ended}
    report = await cloud.report(*PLACE, invoke_id)
    assert report is not None
    assert [result.outcome for result in report.results] == [Outcome.SUCCEEDED]
    assert [instance for instance, _ in report.going] == [region.machine("fleet-001").instance_id]


async def test_a_new_run_may_not_be_seen_yet(cloud: AliyunCloud, region: Region) -> None:
    """That is no end, and no error."""
    region.hide_new_for = 1
    invoke_id = await cloud.run(order(region))
    assert await cloud.report(*PLACE, invoke_id) is None
    assert await cloud.report(*PLACE, invoke_id) is not None


async def test_a_run_is_found_by_its_very_name_and_tag(cloud: AliyunCloud, region: Region) -> None:
    tag = ("ecs-chatops-id", "inv_1")
    first = await cloud.run(order(region, name="ecs-1-0", tags=(TAG, tag), client_token="a"))
    await cloud.run(order(region, name="ecs-1-01", tags=(TAG, tag), client_token="b"))
    await cloud.run(order(region, name="ecs-1-0", tags=(TAG, ("ecs-chatops-id", "inv_2")), client_token="c"))
    assert await cloud.find(*PLACE, "ecs-1-0", tag) == first
    assert await cloud.find(*PLACE, "ecs-1", tag) is None


async def test_the_newest_runs_of_the_bot_are_listed_in_two_calls(
    cloud: AliyunCloud, region: Region, server: EcsServer
) -> None:
    """With what their tags tell; runs of others are none of them."""
    tags = (TAG, ("ecs-chatops-id", "i1"), ("ecs-chatops-by", "U1"))

    async def runs(name: str, tags: tuple[tuple[str, str], ...]) -> str:
        return await cloud.run(order(region, "echo", "fleet-001", name=name, client_token=name, tags=tags))

    made = [await runs(f"ecs-i1-{number}", tags) for number in range(101)]
    await runs("another", ())
    before = len(server.journal.of("DescribeInvocations"))
    found = await cloud.listed(*PLACE)
    assert [one.invoke_id for one in found] == made[:0:-1]
    assert (found[0].name, found[0].invocation, found[0].requester) == ("ecs-i1-100", "i1", "U1")
    assert found[0].created_at is not None
    assert len(server.journal.of("DescribeInvocations")) == before + 2
