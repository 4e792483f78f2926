"""NO_PROXY counts, though the SDK forgets it."""

import pytest

from bot.cloud.aliyun import AliyunCloud
from bot.cloud.proxy import directly
from bot.errors import CloudTryAgain
from bot.sandbox.ecs import EcsServer, Region
from tests.cloud.world import PLACE, keys, target

DEAD = "http://127.0.0.1:9"  # discard: nobody listens


@pytest.fixture
def behind_a_proxy(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("NO_PROXY", "no_proxy", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTP_PROXY", DEAD)
    return monkeypatch


async def test_loopback_is_reached_without_the_proxy(
    behind_a_proxy: pytest.MonkeyPatch, cloud: AliyunCloud, region: Region
) -> None:
    """The sandbox works on a computer that has a company's proxy set. If this fails, so does the seam in `proxy`."""
    assert len(await cloud.instances(target())) == 6


async def test_another_address_goes_through_the_proxy(behind_a_proxy: pytest.MonkeyPatch, server: EcsServer) -> None:
    cloud = AliyunCloud(keys(), "http://ecs.invalid:8080")
    with pytest.raises(CloudTryAgain):
        await cloud.report(*PLACE, "t-1")
    await cloud.close()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:9000/?a=b", True),
        ("http://[::1]:9000/", True),
        ("http://localhost/", True),
        ("https://ecs-vpc.cn-hangzhou.aliyuncs.com/", True),
        ("https://ecs.cn-hangzhou.example.com/", False),
    ],
)
def test_what_no_proxy_names(behind_a_proxy: pytest.MonkeyPatch, url: str, expected: bool) -> None:
    behind_a_proxy.setenv("NO_PROXY", ".aliyuncs.com")
    assert directly(url) is expected
