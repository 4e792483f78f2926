"""Clients, connections, threads: what the adapter keeps, and that the event loop never waits for it."""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cloud import sdk
from bot.cloud.credentials import AccessKey, Credentials
from bot.cloud.line import Line, portions, together
from bot.errors import CloudNotKnown, CloudRefused, CloudTryAgain, StartError
from bot.sandbox.ecs import AccessKey as ServerKey
from bot.sandbox.ecs import EcsServer, Region, linux
from tests.cloud.world import keys


class Watched(Line):
    """Counts the SDK clients that it makes."""

    made = 0

    def _make(self, account: str, region: str) -> object:
        self.made += 1
        return super()._make(account, region)


@pytest.fixture
async def both() -> AsyncIterator[EcsServer]:
    """Two regions, two accounts."""
    away = linux("far")
    away.account_id = "2222"
    beijing = Region("cn-beijing", [linux("north")])
    beijing.add(away)
    key = ServerKey("LTAI5tOtherAccount000000", "other", account_id="2222")
    async with EcsServer(Region("cn-hangzhou", [linux("near")]), beijing) as running:
        running.verifier.add(key)
        yield running


def line(server: EcsServer, credentials: Credentials | None = None, *, concurrency: int = 16) -> Watched:
    return Watched(credentials or keys(), server.url, concurrency=concurrency)


async def test_one_client_for_each_account_and_region(both: EcsServer) -> None:
    """A client made for one region must not answer for another."""
    seen = line(both, keys(other=AccessKey("LTAI5tOtherAccount000000", "other")))
    places = [("default", "cn-hangzhou"), ("default", "cn-beijing"), ("other", "cn-beijing")]
    names = []
    for place in places * 2:
        body = await seen.call(*place, "DescribeInstances", max_results=100)
        names.append([row.instance_name for row in body.instances.instance])
    assert names == [["near"], ["north"], ["far"]] * 2
    assert seen.made == 3
    assert {call.access_key_id[:10] for call in both.journal.calls} == {"LTAI5tSand", "LTAI5tOthe"}
    await seen.close()


async def test_concurrent_first_calls_make_one_client(both: EcsServer) -> None:
    seen = line(both)
    await asyncio.gather(*(seen.call("default", "cn-hangzhou", "DescribeInstances") for _ in range(20)))
    assert seen.made == 1
    await seen.close()


async def test_a_client_that_could_not_be_made_is_made_at_the_next_call(both: EcsServer) -> None:
    given: dict[str, AccessKey] = {}
    seen = line(both, Credentials(given))
    for _ in range(2):
        with pytest.raises(CloudRefused):
            await seen.call("default", "cn-hangzhou", "DescribeInstances")
    given["default"] = AccessKey("LTAI5tSandboxKeyForTests", "sandbox-secret-not-a-real-one")
    await seen.call("default", "cn-hangzhou", "DescribeInstances")
    assert seen.made == 3
    await seen.close()


async def test_connections_are_kept(both: EcsServer) -> None:
    """No more than there are threads, over many calls and both regions."""
    ports: set[object] = set()
    assert both._runner is not None
    assert both._runner.server is not None
    seen = line(both, concurrency=4)
    for round_ in range(5):
        calls = (seen.call("default", region, "DescribeInstances") for region in ("cn-hangzhou", "cn-beijing") * 5)
        await asyncio.gather(*calls)
        ports |= {c.transport.get_extra_info("peername") for c in both._runner.server.connections if c.transport}
        assert 1 <= len(ports) <= 4, round_
    await seen.close()


async def test_a_cancelled_call_that_waits_for_a_thread_is_never_made(both: EcsServer) -> None:
    seen = line(both, concurrency=1)
    held = both.faults.hold("DescribeInstances")
    first = asyncio.create_task(seen.call("default", "cn-hangzhou", "DescribeInstances"))
    await held.reached.wait()
    second = asyncio.create_task(seen.call("default", "cn-hangzhou", "DescribeInvocations", invoke_id="t-1"))
    await asyncio.sleep(0)
    second.cancel()
    held.release()
    await first
    with pytest.raises(asyncio.CancelledError):
        await second
    await seen.close()
    assert [call.action for call in both.journal.calls] == ["DescribeInstances"]


async def test_reads_that_hang_leave_room_for_writes(both: EcsServer) -> None:
    """All threads for reads wait for a region that does not answer: a stop goes out."""
    seen = line(both, concurrency=1)
    held = both.faults.hold("DescribeInstances")
    read = asyncio.create_task(seen.call("default", "cn-hangzhou", "DescribeInstances"))
    await held.reached.wait()
    with pytest.raises(CloudRefused):
        await seen.call("default", "cn-hangzhou", "StopInvocation", invoke_id="t-1", instance_id=["i-1"])
    assert not read.done()
    held.release()
    await read
    await seen.close()


async def test_a_call_whose_time_is_over_is_never_made(both: EcsServer) -> None:
    """It waited too long for a thread, or the process stood still."""
    seen = line(both)
    now = datetime.now(UTC)
    with pytest.raises(CloudTryAgain) as again:
        await seen.call("default", "cn-hangzhou", "RunCommand", not_after=now)
    assert again.value.sent is False
    assert both.journal.calls == []
    await seen.call("default", "cn-hangzhou", "DescribeInstances", not_after=now + timedelta(minutes=1))
    assert len(both.journal.calls) == 1
    await seen.close()


async def test_no_thread_can_be_started(both: EcsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is there may do it yet, later: of a script it is not said that it was not sent."""

    def refused(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    seen = line(both)
    with monkeypatch.context() as full:
        full.setattr(threading.Thread, "start", refused)
        with pytest.raises(CloudNotKnown):
            await seen.call("default", "cn-hangzhou", "RunCommand")
        with pytest.raises(CloudTryAgain) as again:
            await seen.call("default", "cn-hangzhou", "DescribeInstances")
    assert again.value.sent
    await seen.call("default", "cn-hangzhou", "DescribeInstances")
    await seen.close()


async def test_a_list_that_does_not_end_is_no_list(both: EcsServer) -> None:
    """Half a list must not be taken for a whole one."""
    seen = line(both)
    body = '{"RequestId": "r", "NextToken": "again", "Instances": {"Instance": []}}'
    both.faults.garble("DescribeInstances", times=3, status=200, body=body)
    with pytest.raises(CloudTryAgain):
        await seen.pages("default", "cn-hangzhou", "DescribeInstances")
    assert len(both.journal.calls) == 2
    await seen.close()


async def test_the_first_error_ends_the_others() -> None:
    ended: list[str] = []

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("waiting")

    async def fail() -> None:
        raise CloudTryAgain("no")

    with pytest.raises(CloudTryAgain) as again:
        await together([wait(), fail()])
    assert again.value.__context__ is None
    assert ended == ["waiting"]


async def test_importing_the_adapter_does_not_import_the_sdk() -> None:
    """Half a second and 60 MB: not before they are needed."""
    code = "import sys, bot.cloud.aliyun; print([m for m in sys.modules if m.startswith(('alibaba', 'dara', 'Tea'))])"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    assert out.decode().strip() == "[]"


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        (None, sdk.Endpoint()),
        ("", sdk.Endpoint()),
        ("http://127.0.0.1:9000", sdk.Endpoint("127.0.0.1:9000", "http")),
        ("https://ecs.example.com/", sdk.Endpoint("ecs.example.com", "https")),
        ("ecs-vpc.cn-hangzhou.aliyuncs.com", sdk.Endpoint("ecs-vpc.cn-hangzhou.aliyuncs.com", "https")),
    ],
)
def test_an_endpoint(url: str | None, endpoint: sdk.Endpoint) -> None:
    assert sdk.Endpoint.parse(url) == endpoint


@pytest.mark.parametrize("url", ["ftp://x", "http://", "http://host/path"])
def test_no_endpoint(url: str) -> None:
    with pytest.raises(StartError, match="ALIBABA_CLOUD_ECS_ENDPOINT"):
        sdk.Endpoint.parse(url)


@pytest.mark.parametrize(
    ("region", "host"),
    [("cn-hangzhou", "ecs-cn-hangzhou.aliyuncs.com"), ("eu-central-1", "ecs.eu-central-1.aliyuncs.com")],
)
def test_without_an_endpoint_the_sdk_knows_it(region: str, host: str) -> None:
    client = sdk.make_client(None, region, sdk.Endpoint(), connect_timeout=5, read_timeout=10, connections=4)
    assert client._endpoint == host
    assert client._protocol == "https"


@given(st.lists(st.text(max_size=3), max_size=230), st.integers(1, 100))
def test_portions_are_the_whole_in_order(ids: list[str], size: int) -> None:
    cut = [list(part) for part in portions(ids, size)]
    assert [i for part in cut for i in part] == ids
    assert all(1 <= len(part) <= size for part in cut)
