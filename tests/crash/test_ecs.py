"""ECS at its worst: what nobody expects of a cloud, and what it must come to here."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cloud.aliyun import AliyunCloud
from bot.cloud.credentials import AccessKey, Credentials
from bot.parts import P
from bot.sandbox.ecs import SANDBOX_KEY, CannedRunner, EcsServer, Faults, Region, fleet
from bot.sandbox.ecs.clock import SystemClock
from bot.sandbox.ecs.errors import ApiError
from bot.sandbox.ecs.throttle import Throttle
from tests.crash.conftest import Holds
from tests.scenarios.world import World, catalogue, id_in

WEBS = ("web-prod-1", "web-prod-2", "web-prod-3")


class Skewed(SystemClock):
    """ECS's own clock, off by *by*."""

    by = timedelta(0)

    def now(self) -> datetime:
        """What ECS takes the time to be."""
        return datetime.now(UTC) + self.by


class Down(Throttle):
    """A region that answers every call with 503."""

    def count(self, action: str, account_id: str, now: datetime) -> None:
        """No."""
        raise ApiError(503, "ServiceUnavailable", "The request has failed due to a temporary failure of the server.")


EXPIRED: dict[str, Callable[[Faults, str], None]] = {
    "the security token": lambda faults, action: faults.fail(action, 3, 400, "InvalidSecurityToken.Expired"),
    "the access key": lambda faults, action: faults.fail(action, 3, 404, "InvalidAccessKeyId.NotFound"),
    "the time of the request": lambda faults, action: faults.fail(action, 3, 400, "InvalidTimeStamp.Expired"),
}


@pytest.mark.parametrize("what", EXPIRED)
async def test_credentials_expire_over_a_run(quick: World, holds: Holds, what: str) -> None:
    """It goes on in the cloud; when the credentials are good again, it is found and told."""
    EXPIRED[what](quick.ecs.faults, "DescribeInvocationResults")
    said = await quick.asks(quick.olga, "/ecs run mem web-prod")
    await quick.ends(said)
    assert quick.ran(*WEBS) == [1, 1, 1]
    assert await holds(quick) == {}


@pytest.mark.parametrize("what", EXPIRED)
async def test_credentials_have_expired_when_it_is_sent(quick: World, holds: Holds, what: str) -> None:
    """A definite no: nothing ran, and ECS's own word for it is read."""
    EXPIRED[what](quick.ecs.faults, "RunCommand")
    thread = await quick.ends(await quick.asks(quick.olga, "/ecs run mem web-prod"), "failed")
    assert "Invalid" in thread.words
    assert quick.runs == 0
    await holds(quick)


async def test_credentials_expire_while_a_send_is_in_doubt(quick: World, holds: Holds) -> None:
    """The first answer is lost, the second is a no to the credentials: the run is looked for, and found."""
    quick.ecs.faults.cut_after("RunCommand")
    EXPIRED["the security token"](quick.ecs.faults, "RunCommand")
    await quick.ends(await quick.asks(quick.olga, "/ecs run mem web-prod"))
    assert quick.ran(*WEBS) == [1, 1, 1]
    assert await holds(quick) == {}


@pytest.mark.parametrize("minutes", [20, -20])
async def test_clocks_that_disagree(tmp_path: Path, holds: Holds, minutes: int) -> None:
    """ECS takes our requests for old, or for ones to come: Olga reads it, nothing runs; later all is well."""
    world = World(tmp_path)
    wall = Skewed()
    wall.by = timedelta(minutes=minutes)
    world.ecs = EcsServer(world.region, wall=wall)
    async with world:
        await world.asks(world.olga, "/ecs run mem web-prod")
        await world.told(world.olga, "InvalidTimeStamp.Expired", "Nothing ran")
        assert world.runs == 0
        wall.by = timedelta(0)
        await world.runs_mem()
        assert await holds(world) == {}


async def test_a_region_is_down_while_another_works(tmp_path: Path, holds: Holds) -> None:
    """What was asked of the one waits and says so; the other serves as ever."""
    folder = catalogue(tmp_path)
    with (folder / "targets.toml").open("a") as targets:
        targets.write('\n[web-far]\nenv = "staging"\nregion = "cn-shanghai"\ntags = { app = "far" }\n')
    far = Region("cn-shanghai", fleet(2, {"app": "far"}, CannedRunner("far away"), "far"))
    world = World(tmp_path, commands=folder)
    world.ecs = EcsServer(world.region, far)
    far.throttle = Down()
    async with world:
        said = await world.asks(world.olga, "/ecs run mem web-far")
        await world.told(world.olga, "has to wait", "ServiceUnavailable")
        await world.runs_mem()
        far.throttle = Throttle()
        await world.ends(said)
        assert [machine.runs for machine in far.machines.values()] == [1, 1]
        await world.stop()


async def test_a_run_that_never_ends(quick: World, holds: Holds) -> None:
    """ECS says Running long after the timeout: ten minutes past it, it is unknown, and nothing is sent again."""
    quick.ecs.faults.undocumented_status("DescribeInvocationResults", "Running", times=10_000)
    said = await quick.asks(quick.olga, "/ecs run mem web-prod")
    await quick.ecs.journal.wait_for("DescribeInvocationResults")
    await quick.later(timedelta(minutes=12))
    thread = await quick.ends(said, "unknown")
    assert "overdue: still running" in thread.words
    assert len(quick.sends) == 1
    await holds(quick)


async def test_answers_slower_than_the_read_timeout(tmp_path: Path, holds: Holds) -> None:
    """Every answer to RunCommand comes too late at first: the same token again, and one run."""
    world = World(tmp_path)

    def hurried(port: P, /) -> P:
        """The same cloud, which waits for an answer for a third of a second only."""
        if not isinstance(port, AliyunCloud):
            return port
        key = AccessKey(SANDBOX_KEY.id, SANDBOX_KEY.secret)
        made: P = AliyunCloud(Credentials({"default": key}), world.ecs.url, read_timeout=0.3)  # type: ignore[assignment]
        return made

    world.wrap = hurried
    async with world:
        world.ecs.faults.slow("RunCommand", 0.6, times=2)
        world.ecs.faults.slow("DescribeInvocationResults", 0.6)
        world.ecs.faults.slow("DescribeInstances", 0.6)
        await world.ends(await world.asks(world.olga, "/ecs run mem web-prod"))
        assert (world.runs, len(world.tokens), len(world.sends)) == (1, 1, 3)
        assert await holds(world) == {}


async def test_the_first_sending_is_still_processed(quick: World, holds: Holds) -> None:
    """IdempotentProcessing: the same token again, until there is an answer."""
    quick.ecs.faults.fail("RunCommand", times=2, status=403, code="IdempotentProcessing")
    await quick.ends(await quick.asks(quick.olga, "/ecs run mem web-prod"))
    assert (quick.runs, len(quick.tokens), len(quick.sends)) == (1, 1, 3)
    assert await holds(quick) == {}


async def test_the_token_was_used_for_something_else(quick: World, holds: Holds) -> None:
    """IdempotentParameterMismatch to the first sending: nothing of ours ran, and it says so."""
    quick.ecs.faults.fail("RunCommand", status=403, code="IdempotentParameterMismatch")
    thread = await quick.ends(await quick.asks(quick.olga, "/ecs run mem web-prod"), "failed")
    assert "IdempotentParameterMismatch" in thread.words
    assert quick.runs == 0
    await holds(quick)


async def test_the_token_of_a_send_in_doubt_is_said_to_be_of_something_else(quick: World, holds: Holds) -> None:
    """The answer to the first sending was lost: the run is found by its name and tag, never sent anew."""
    quick.ecs.faults.cut_after("RunCommand")
    quick.ecs.faults.fail("RunCommand", times=5, status=403, code="IdempotentParameterMismatch")
    said = await quick.asks(quick.olga, "/ecs run mem web-prod")
    await quick.ends(said)
    assert (quick.runs, len(quick.tokens)) == (1, 1)
    assert id_in(said) in str(quick.region.invocations[0].tags)
    assert await holds(quick) == {}
