"""What the wire does wrong, and the one of three errors that it comes to."""

import base64
import logging
import socket
from collections.abc import Callable, Iterator

import pytest
from structlog.testing import capture_logs

from bot.cloud.aliyun import AliyunCloud
from bot.cloud.credentials import AccessKey, Credentials
from bot.errors import CloudError, CloudNotKnown, CloudRefused, CloudTryAgain
from bot.sandbox.ecs import SANDBOX_KEY, EcsServer, Region
from bot.sandbox.ecs import AccessKey as ServerKey
from tests.cloud.world import PLACE, TAG, keys, order, target

CANARY = "canary-4711-never-in-a-log"
SCRIPT = f"echo {CANARY}"
HIDDEN = (CANARY, base64.b64encode(SCRIPT.encode()).decode()[:20], SANDBOX_KEY.secret, "Signature=", "http://", "/?")

MakeCloud = Callable[..., AliyunCloud]


@pytest.fixture(autouse=True)
def nothing_leaks(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No script, secret or URL in any log of any test here, at any level."""
    caplog.set_level(logging.DEBUG)
    with capture_logs() as logs:
        yield
    ours = [
        record.getMessage() for record in caplog.get_records("call") if record.name not in ("aiohttp.access", "asyncio")
    ]
    for text in [*map(str, logs), *ours]:
        assert not [word for word in HIDDEN if word in text]


def clean(error: BaseException) -> None:
    """Nor in the error, nor in anything that hangs on it."""
    assert error.__cause__ is None
    assert error.__context__ is None
    for text in (str(error), repr(error), repr(vars(error))):
        assert not [word for word in HIDDEN if word in text]


Failed = pytest.ExceptionInfo[CloudError]


@pytest.mark.parametrize(("retry_after_ms", "after"), [(None, None), (2500, 2.5)])
async def test_throttled(
    cloud: AliyunCloud, region: Region, server: EcsServer, retry_after_ms: int | None, after: float | None
) -> None:
    """With and without x-acs-retry-after, of which the SDK makes different exceptions."""
    server.faults.throttle("RunCommand", retry_after_ms=retry_after_ms)
    with pytest.raises(CloudTryAgain) as again:
        await cloud.run(order(region, SCRIPT))
    assert (again.value.code, again.value.throttled, again.value.after) == ("Throttling.User", True, after)
    assert again.value.request_id
    clean(again.value)
    assert region.invocations == []


@pytest.mark.parametrize(("status", "code"), [(500, "InternalError.Dispatch"), (503, "ServiceUnavailable")])
async def test_a_fault_of_the_server(
    cloud: AliyunCloud, region: Region, server: EcsServer, status: int, code: str
) -> None:
    server.faults.fail("RunCommand", status=status, code=code)
    server.faults.fail("DescribeInstances", status=status, code=code)
    for call in (lambda: cloud.run(order(region, SCRIPT)), lambda: cloud.instances(target())):
        with pytest.raises(CloudTryAgain) as again:
            await call()
        assert (again.value.code, again.value.throttled) == (code, False)
        clean(again.value)


@pytest.mark.parametrize(
    ("status", "body"),
    [(502, "<html>Bad Gateway</html>"), (403, "no"), (200, "<html>Welcome</html>"), (200, "[]"), (200, "null"),
     (200, "{}"), (400, "{}"), (200, '{"InvokeId": ""}'), (200, '{"InvokeId": null}'), (504, "")],
)  # fmt: skip
async def test_an_answer_that_is_none(
    cloud: AliyunCloud, region: Region, server: EcsServer, status: int, body: str
) -> None:
    """For a write it may have happened."""
    server.faults.garble("RunCommand", status=status, body=body)
    with pytest.raises(CloudNotKnown) as unknown:
        await cloud.run(order(region, SCRIPT))
    clean(unknown.value)


@pytest.mark.parametrize(
    ("status", "body"), [(502, "<html>Bad Gateway</html>"), (200, "no"), (200, "[]"), (200, "{}"), (403, "")]
)
async def test_a_read_that_can_not_be_read_is_read_again(
    cloud: AliyunCloud, server: EcsServer, status: int, body: str
) -> None:
    results = ["DescribeInvocationResults"] * 3
    for action in ("DescribeInstances", "DescribeInvocations", *results):
        server.faults.garble(action, status=status, body=body)
    for call in (
        cloud.instances,
        lambda _: cloud.running(*PLACE, TAG, None),
        lambda _: cloud.running_rows(*PLACE, TAG, None),
        lambda _: cloud.newest(*PLACE, TAG),
        lambda _: cloud.report(*PLACE, "t-1"),
    ):
        with pytest.raises(CloudTryAgain) as again:
            await call(target())
        clean(again.value)


async def test_a_stop_without_a_readable_answer_is_not_known(cloud: AliyunCloud, server: EcsServer) -> None:
    server.faults.garble("StopInvocation", status=200, body="{}")
    with pytest.raises(CloudNotKnown):
        await cloud.stop(*PLACE, "t-1", ["i-1"])


async def test_a_cut_before_it_was_handled(cloud: AliyunCloud, region: Region, server: EcsServer) -> None:
    """Nobody can tell it from a cut afterwards."""
    server.faults.cut_before("RunCommand")
    with pytest.raises(CloudNotKnown) as unknown:
        await cloud.run(order(region, SCRIPT))
    clean(unknown.value)
    assert region.invocations == []


async def test_a_cut_after_it_took_effect_and_the_same_token_again(
    cloud: AliyunCloud, region: Region, server: EcsServer
) -> None:
    """The script runs once, though the answer was lost."""
    server.faults.cut_after("RunCommand")
    with pytest.raises(CloudNotKnown) as unknown:
        await cloud.run(order(region, SCRIPT))
    clean(unknown.value)
    invoke_id = await cloud.run(order(region, SCRIPT))
    await region.settled(invoke_id)
    assert [one.invoke_id for one in region.invocations] == [invoke_id]
    assert region.machine("web-1").ran(SCRIPT) == 1


async def test_the_sdk_sends_nothing_twice(cloud: AliyunCloud, region: Region, server: EcsServer) -> None:
    """Who may send again is for the dispatcher to decide."""
    server.faults.fail("RunCommand", times=3)
    server.faults.throttle("StopInvocation", times=3, retry_after_ms=1)
    with pytest.raises(CloudTryAgain):
        await cloud.run(order(region, SCRIPT))
    with pytest.raises(CloudTryAgain):
        await cloud.stop(*PLACE, "t-1", ["i-1"])
    assert len(server.journal.of("RunCommand")) == len(server.journal.of("StopInvocation")) == 1


async def test_no_answer_in_time(make_cloud: MakeCloud, region: Region, server: EcsServer) -> None:
    cloud = make_cloud(read_timeout=0.1)
    held = server.faults.hold("RunCommand")
    with pytest.raises(CloudNotKnown) as unknown:
        await cloud.run(order(region, SCRIPT))
    held.release()
    clean(unknown.value)
    assert len(region.invocations) == 1


async def test_nobody_listens(region: Region) -> None:
    """The connection is refused before anything is sent: nothing can have happened."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    cloud = AliyunCloud(keys(), f"http://127.0.0.1:{port}")
    with pytest.raises(CloudTryAgain) as again:
        await cloud.run(order(region, SCRIPT))
    assert ("not sent" in str(again.value), again.value.sent) == (True, False)
    clean(again.value)
    await cloud.close()


async def test_after_closing_nothing_is_sent(cloud: AliyunCloud, region: Region, server: EcsServer) -> None:
    await cloud.close()
    with pytest.raises(CloudTryAgain):
        await cloud.run(order(region, SCRIPT))
    assert server.journal.calls == []


async def test_another_runs_answer_is_nobodys(cloud: AliyunCloud, region: Region, server: EcsServer) -> None:
    invoke_id = await cloud.run(order(region, SCRIPT))
    await region.settled(invoke_id)
    server.faults.wrong_invoke_id("DescribeInvocationResults")
    with capture_logs() as logs:
        assert await cloud.report(*PLACE, invoke_id) is None
    assert [line["event"] for line in logs] == ["answer_for_another_run"]


async def test_an_undocumented_status_is_still_running(cloud: AliyunCloud, region: Region, server: EcsServer) -> None:
    invoke_id = await cloud.run(order(region, "true"))
    await region.settled(invoke_id)
    server.faults.undocumented_status("DescribeInvocationResults", "Hibernating")
    report = await cloud.report(*PLACE, invoke_id)
    assert report is not None
    assert (report.results, len(report.going)) == ((), 1)


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (AccessKey("LTAI5tNobodysKey00000000", "whatever"), "InvalidAccessKeyId.NotFound"),
        (AccessKey(SANDBOX_KEY.id, "a-wrong-secret"), "SignatureDoesNotMatch"),
    ],
)
async def test_refused_credentials(make_cloud: MakeCloud, region: Region, key: AccessKey, code: str) -> None:
    cloud = make_cloud(Credentials({"default": key}))
    with pytest.raises(CloudRefused) as refusal:
        await cloud.run(order(region, SCRIPT))
    assert refusal.value.code == code
    assert key.secret not in str(refusal.value)
    clean(refusal.value)


async def test_a_missing_right(make_cloud: MakeCloud, region: Region, server: EcsServer) -> None:
    server.verifier.add(ServerKey("LTAI5tLittleRights000000", "s", actions=frozenset({"DescribeInstances"})))
    cloud = make_cloud(Credentials({"default": AccessKey("LTAI5tLittleRights000000", "s")}))
    with pytest.raises(CloudRefused) as refusal:
        await cloud.run(order(region, SCRIPT))
    assert refusal.value.code == "Forbidden.RAM"
    clean(refusal.value)


async def test_an_account_that_nobody_set_up(cloud: AliyunCloud, server: EcsServer) -> None:
    with pytest.raises(CloudRefused) as refusal:
        await cloud.instances(target(account="other"))
    assert "'other'" in str(refusal.value)
    assert server.journal.calls == []


async def test_a_call_that_can_not_be_made_ready_is_refused(cloud: AliyunCloud, region: Region) -> None:
    """A fault of ours is not retried for ten minutes as if ECS were away."""
    with pytest.raises(CloudRefused) as refusal:
        await cloud.run(order(region, SCRIPT, tags=((CANARY,),)))
    clean(refusal.value)
