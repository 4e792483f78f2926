"""`check`, and the RAM policy: what the adapter calls is what it may."""

import json
import socket
from collections.abc import Callable

import pytest

from bot.cloud.aliyun import AliyunCloud
from bot.cloud.credentials import AccessKey, Credentials
from bot.cloud.line import METHODS
from bot.cloud.ram import ram_policy
from bot.sandbox.ecs import SANDBOX_KEY, EcsServer, Region
from bot.sandbox.ecs import AccessKey as ServerKey
from tests.cloud.world import PLACE, TAG, keys, order, target

MakeCloud = Callable[..., AliyunCloud]
LITTLE = "LTAI5tLittleRights000000"


async def test_all_is_well(cloud: AliyunCloud, server: EcsServer, region: Region) -> None:
    """Every right is tried, and nothing runs."""
    found = await cloud.checks([target(), target(name="fleet", tags=(("app", "fleet"),))])
    assert [(check.name, check.ok) for check in found if check.ok is not True] == []
    assert {f"cn-hangzhou: ecs:{action}" for action in METHODS} < {check.name for check in found}
    (dry,) = server.journal.of("RunCommand")
    assert dry.params["RepeatMode"] == "DryRun"
    assert not any(machine.runs for machine in region.machines.values())


@pytest.mark.parametrize("missing", sorted(METHODS))
async def test_a_missing_right_is_named(make_cloud: MakeCloud, server: EcsServer, missing: str) -> None:
    server.verifier.add(ServerKey(LITTLE, "s", actions=frozenset(METHODS) - {missing}))
    cloud = make_cloud(Credentials({"default": AccessKey(LITTLE, "s")}))
    found = {check.name: check for check in await cloud.checks([target()])}
    check = found[f"cn-hangzhou: ecs:{missing}"]
    assert (check.ok, check.todo) == (False, f"allow ecs:{missing} in the RAM policy")
    assert found["cn-hangzhou: credentials"].ok


@pytest.mark.parametrize(
    "key", [AccessKey("LTAI5tNobodysKey00000000", "whatever"), AccessKey(SANDBOX_KEY.id, "a-wrong-secret")]
)
async def test_a_key_that_is_refused(make_cloud: MakeCloud, key: AccessKey) -> None:
    (check,) = await make_cloud(Credentials({"default": key})).checks([target()])
    assert (check.name, check.ok) == ("cn-hangzhou: credentials", False)
    assert "secret" in check.todo
    assert key.secret not in check.todo


async def test_a_region_that_is_not_there(cloud: AliyunCloud) -> None:
    found = {check.name: check for check in await cloud.checks([target(), target(region="cn-nowhere")])}
    assert found["cn-hangzhou: credentials"].ok
    assert found["cn-nowhere: credentials"].ok is False
    assert "InvalidRegionId.NotFound" in found["cn-nowhere: credentials"].todo


async def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    cloud = AliyunCloud(keys(), f"http://127.0.0.1:{port}")
    (check,) = await cloud.checks([target()])
    assert (check.name, check.ok) == ("cn-hangzhou: reachable", False)
    await cloud.close()


async def test_no_machine_to_try_it_on(cloud: AliyunCloud, server: EcsServer) -> None:
    found = {check.name: check for check in await cloud.checks([target(tags=(("app", "none"),))])}
    assert found["cn-hangzhou: ecs:RunCommand"].ok is None
    assert found["cn-hangzhou: ecs:StopInvocation"].ok
    assert server.journal.of("RunCommand") == []


async def test_throttled_while_checking(cloud: AliyunCloud, server: EcsServer) -> None:
    """That ECS can't answer now says nothing of a right."""
    server.faults.throttle("DescribeInvocations")
    found = {check.name: check for check in await cloud.checks([target()])}
    check = found["cn-hangzhou: ecs:DescribeInvocations"]
    assert check.ok is None
    assert "Throttling.User" in check.todo


def granted() -> set[str]:
    return {action for statement in ram_policy()["Statement"] for action in statement["Action"]}


async def test_the_policy_is_what_the_adapter_calls(cloud: AliyunCloud, server: EcsServer, region: Region) -> None:
    """No more, no less: every method of the port, and the journal of what it called."""
    await cloud.instances(target())
    invoke_id = await cloud.run(order(region))
    await region.settled(invoke_id)
    await cloud.running(*PLACE, TAG, None)
    await cloud.newest(*PLACE, TAG)
    await cloud.report(*PLACE, invoke_id)
    await cloud.stop(*PLACE, invoke_id, [region.machine("web-1").instance_id])
    await cloud.find(*PLACE, "ecs-mem-1", TAG)
    await cloud.checks([target()])
    assert {f"ecs:{call.action}" for call in server.journal.calls} == granted()


async def test_a_key_with_that_policy_can_do_the_work(make_cloud: MakeCloud, server: EcsServer, region: Region) -> None:
    allowed = frozenset(action.removeprefix("ecs:") for action in granted())
    server.verifier.add(ServerKey(LITTLE, "s", actions=allowed))
    cloud = make_cloud(Credentials({"default": AccessKey(LITTLE, "s")}))
    invoke_id = await cloud.run(order(region))
    await region.settled(invoke_id)
    report = await cloud.report(*PLACE, invoke_id)
    assert report is not None
    assert len(report.results) == 1


def test_run_command_is_granted_no_wider_than_the_targets() -> None:
    policy = ram_policy([target(), target(instances=("i-1",)), target(region="cn-beijing", instances=("i-2",))])
    (run,) = [statement for statement in policy["Statement"] if statement["Action"] == ["ecs:RunCommand"]]
    assert run["Resource"] == ["acs:ecs:cn-beijing:*:instance/i-2", "acs:ecs:cn-hangzhou:*:instance/*"]
    assert json.loads(json.dumps(policy)) == policy
