"""Every method of the port, over real sockets."""

from datetime import UTC, datetime, timedelta

from bot.cloud.aliyun import AliyunCloud
from bot.domain.catalog import Shell
from bot.domain.result import Outcome
from bot.ports import Order
from bot.sandbox.ecs import EcsServer, Region


def order(region: Region, script: str = "echo hello", *names: str, **more: object) -> Order:
    ids = tuple(region.machine(name).instance_id for name in names or ("web-1",))
    fields = {
        "account": "default",
        "region": "cn-hangzhou",
        "name": "ecs-mem-1",
        "shell": Shell.BASH,
        "content": script,
        "instances": ids,
        "timeout": 60,
        "client_token": "token-1",
        "tags": (("ecs-chatops", "run"),),
    }
    return Order(**{**fields, **more})  # type: ignore[arg-type]


async def test_a_script_runs_and_its_output_comes_back(cloud: AliyunCloud, region: Region, server: EcsServer) -> None:
    """RunCommand, DescribeInvocations, DescribeInvocationResults, as a poller would."""
    invoke_id = await cloud.run(order(region, "echo 你好; exit 3", "web-1", "web-2"))
    await region.settled(invoke_id)
    sights = await cloud.look("default", "cn-hangzhou", [invoke_id])
    assert sights[invoke_id].over
    assert (sights[invoke_id].finished, sights[invoke_id].total) == (2, 2)
    first, second = await cloud.results("default", "cn-hangzhou", invoke_id)
    assert first.output == "你好\n"
    assert first.outcome is second.outcome is Outcome.FAILED
    assert first.exit_code == 3
    assert first.error_code == "ExitCodeNonzero"
    assert first.finished_at is not None
    assert datetime.now(UTC) - first.finished_at < timedelta(minutes=1)
