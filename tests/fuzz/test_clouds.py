"""Answers of ECS that are nearly right, and catalogues that are nearly none: named faults, no others."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot.catalog import read_catalog
from bot.cloud.aliyun import AliyunCloud
from bot.errors import CatalogError, CloudError
from bot.sandbox.ecs import Region
from bot.sandbox.ecs.seed import linux
from tests.cloud.world import PLACE, TAG, keys, order, target
from tests.fuzz.served import watched
from tests.fuzz.shapes import VALUES, examples, mutated, tried
from tests.scenarios.world import COMMANDS

ROWS: dict[str, Any] = {
    "DescribeInstances": {
        "RequestId": "r-1",
        "NextToken": "",
        "Instances": {
            "Instance": [
                {
                    "InstanceId": "i-1",
                    "InstanceName": "web-1",
                    "Status": "Running",
                    "OSType": "linux",
                    "Tags": {"Tag": []},
                }
            ]
        },
    },
    "DescribeCloudAssistantStatus": {
        "RequestId": "r-1",
        "InstanceCloudAssistantStatusSet": {
            "InstanceCloudAssistantStatus": [{"InstanceId": "i-1", "CloudAssistantStatus": "true"}]
        },
    },
    "RunCommand": {"RequestId": "r-1", "InvokeId": "t-1", "CommandId": "c-1"},
    "DescribeInvocations": {
        "RequestId": "r-1",
        "NextToken": "",
        "Invocations": {
            "Invocation": [
                {
                    "InvokeId": "t-1",
                    "InvocationStatus": "Running",
                    "CommandName": "ecs-mem-1",
                    "InvokeInstances": {"InvokeInstance": [{"InstanceId": "i-1", "InvocationStatus": "Running"}]},
                }
            ]
        },
    },
    "DescribeInvocationResults": {
        "RequestId": "r-1",
        "Invocation": {
            "NextToken": "",
            "InvocationResults": {
                "InvocationResult": [
                    {
                        "InvokeId": "t-1",
                        "InstanceId": "i-1",
                        "InvocationStatus": "Success",
                        "Output": "aGVsbG8=",
                        "ExitCode": 0,
                        "Dropped": 0,
                        "FinishedTime": "2026-11-23T03:10:00Z",
                    }
                ]
            },
        },
    },
    "StopInvocation": {"RequestId": "r-1"},
}
"""What ECS answers when all is well."""


class Strange:
    """An address at which each action is answered with what was put there."""

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        self.answers: dict[str, tuple[int, Any]] = {}
        self.region = Region("cn-hangzhou", [linux("web-1", {"app": "web"}, 1)])
        self.runner.run(self._begin())

    async def _begin(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._server = web.AppRunner(app, access_log=None)
        await self._server.setup()
        site = web.TCPSite(self._server, "127.0.0.1", 0)
        await site.start()
        self.cloud = AliyunCloud(keys(), f"http://127.0.0.1:{self._server.addresses[0][1]}", read_timeout=5)

    async def _answer(self, request: web.Request) -> web.Response:
        status, body = self.answers[request.headers["x-acs-action"]]
        return web.json_response(body, status=status)

    def close(self) -> None:
        """Take it down."""
        self.runner.run(self.cloud.close())
        self.runner.run(self._server.cleanup())
        self.runner.close()


@pytest.fixture(scope="module")
def strange() -> Iterator[Strange]:
    """One for all."""
    made = Strange()
    yield made
    made.close()


async def _use(cloud: AliyunCloud, region: Region, action: str) -> object:
    """The call of the port that comes to *action*."""
    match action:
        case "RunCommand":
            return await cloud.run(order(region))
        case "DescribeInvocations":
            return await cloud.running(*PLACE, TAG, None), await cloud.find(*PLACE, "ecs-mem-1", TAG)
        case "DescribeInvocationResults":
            listed = await cloud.newest(*PLACE, TAG), await cloud.running_rows(*PLACE, TAG, None)
            return await cloud.report(*PLACE, "t-1"), listed
        case "StopInvocation":
            await cloud.stop(*PLACE, "t-1", ["i-1"])
            return None
        case _:
            return await cloud.instances(target())


@examples(80)
@given(data=st.data(), action=st.sampled_from(sorted(ROWS)), status=st.sampled_from([200, 200, 200, 400, 403, 500]))
def test_an_answer_of_ecs_in_any_shape(strange: Strange, data: st.DataObject, action: str, status: int) -> None:
    """It is read, or is one of the three errors: nothing else comes out of the adapter, and InvokeIds are text."""
    tried["an answer of ecs in any shape"] += 1
    strange.answers = {name: (200, body) for name, body in ROWS.items()}
    strange.answers[action] = (status, data.draw(mutated(ROWS[action])))
    with watched() as faults:
        try:
            got = strange.runner.run(_use(strange.cloud, strange.region, action))
        except CloudError:
            got = None
    assert faults == []
    assert action != "RunCommand" or got is None or (isinstance(got, str) and got)


LINES = st.sampled_from(
    (COMMANDS / "restart.toml").read_text().splitlines() + (COMMANDS / "policy.toml").read_text().splitlines()
)


@examples(40)
@given(
    lines=st.lists(LINES | st.text(max_size=40) | VALUES.map(lambda value: f"x = {json.dumps(value)}"), max_size=12),
    name=st.sampled_from(["policy", "targets", "extra", "mem"]),
)
def test_a_catalogue_of_any_lines(tmp_path_factory: pytest.TempPathFactory, lines: list[str], name: str) -> None:
    """It is read, or its faults are named, each with its file."""
    tried["a catalogue of any lines"] += 1
    folder: Path = tmp_path_factory.mktemp("commands")
    for file in ("policy", "targets", "mem"):
        (folder / f"{file}.toml").write_bytes((COMMANDS / f"{file}.toml").read_bytes())
    (folder / f"{name}.toml").write_text("\n".join(lines), encoding="utf-8", errors="replace")
    faults: tuple[str, ...] | None = None
    try:
        read_catalog(folder)
    except CatalogError as error:
        faults = error.faults
    assert faults is None or (faults and all(".toml" in fault for fault in faults)), faults
