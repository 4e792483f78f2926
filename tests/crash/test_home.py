"""What goes wrong at home: the disk, the database, the clock, a worker, the end of the process."""

import asyncio
import resource
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn, cast

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot import app as app_module
from bot.app import App
from bot.parts import P
from bot.sandbox.ecs import CannedRunner, Region, fleet
from bot.store.sql_store import SqlStore
from bot.workers import looper
from tests.crash import invariants
from tests.crash.conftest import Holds
from tests.crash.nursery import Nursery
from tests.crash.rig import Rig
from tests.crash.stories import region_for
from tests.machine.still import StillWorld
from tests.scenarios.world import COMMANDS, World

OLGA = "U0ONCALL"
MEM = "/ecs run mem web-prod"
ROOM = 16 * 1024
"""Bytes that a file may have on a full disk: less than the first pages of any transaction that records something."""


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    """A bot in a process of its own, which has served one command."""
    async with Nursery() as nursery, Rig(nursery, tmp_path, region_for("")) as rig:
        await rig.types(rig.slack.person(OLGA), MEM)
        await rig.quiet()
        yield rig


async def readiness(rig: Rig) -> tuple[int, str]:
    """What `/readyz` says."""
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{await rig.port}/readyz") as answer:
        return answer.status, await answer.text()


@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process are Linux's")
async def test_the_disk_is_full(rig: Rig) -> None:
    """Who asks reads that nothing was recorded, and nothing runs. With room again it serves on."""
    no_limit = resource.prlimit(await rig.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(await rig.pid, resource.RLIMIT_FSIZE, (ROOM, no_limit[1]))
    assert await rig.types(rig.slack.person(OLGA), MEM) == ""
    assert len(rig.region.invocations) == 1
    resource.prlimit(await rig.pid, resource.RLIMIT_FSIZE, no_limit)
    assert await rig.types(rig.slack.person(OLGA), MEM) != ""
    await rig.quiet()
    await rig.stop()
    assert len(rig.region.invocations) == 2
    assert rig.log.count("answer_failed") == 1
    await invariants.check(rig.database_url, rig.region, rig.slack, promised=rig.promises.ids)


async def test_another_process_locks_the_database(rig: Rig) -> None:
    """Who asks is answered in time, readiness is red; when the lock ends it serves on, and nothing was half done."""
    with closing(sqlite3.connect(rig.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert await rig.types(rig.slack.person(OLGA), MEM) == ""
        assert rig.promises.lost == 0
        assert (await readiness(rig))[0] == 503
        other.execute("ROLLBACK")
    assert await rig.types(rig.slack.person(OLGA), MEM) != ""
    await rig.quiet()
    assert await readiness(rig) == (200, "ready\n")
    await rig.stop()
    assert len(rig.region.invocations) == 2
    await invariants.check(rig.database_url, rig.region, rig.slack, promised=rig.promises.ids)


async def test_sigterm_while_a_send_is_under_way(quick: World, holds: Holds) -> None:
    """It waits for the answer, and writes it down: the next process looks, and sends nothing."""
    hold = quick.ecs.faults.hold("RunCommand")
    said = await quick.asks(quick.olga, MEM)
    await hold.reached.wait()
    ending = asyncio.create_task(quick.stop())
    await asyncio.sleep(0)
    hold.release()
    await ending
    assert len(quick.sends) == 1
    await quick.start()
    await quick.ends(said)
    assert len(quick.sends) == 1
    assert await holds(quick) == {}


async def test_sigterm_while_ecs_does_not_answer(quick: World, holds: Holds, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its time it waits no longer: the send is handed on, and the next process sends the same token."""
    hold = quick.ecs.faults.hold("RunCommand")
    said = await quick.asks(quick.olga, MEM)
    await hold.reached.wait()
    with monkeypatch.context() as hurried, capture_logs() as lines:
        hurried.setattr(app_module, "DRAIN", 0.2)
        ending = asyncio.create_task(quick.stop())
        await quick.slack.sockets.until_gone(quick.slack.sockets.open[-1])
        while not any(line["event"] == "stopped" for line in lines):  # noqa: ASYNC110 - the log tells nobody of its lines
            await asyncio.sleep(0)
        hold.release()  # a thread of the SDK's can't be cut off: the process ends with its answer or read timeout
        await ending
    (handed_on,) = (line["handed_on"] for line in lines if line["event"] == "stopped")
    assert handed_on >= 1  # and, on a slow machine, a message that was just being sent
    await quick.start()
    await quick.ends(said)
    assert (quick.runs, len(quick.tokens)) == (1, 1)
    assert await holds(quick) == {}


class Blind:
    """A store in which what is due can't be found."""

    def __init__(self, store: object) -> None:
        self._store = store

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    async def claim_due(self, *_args: object, **_more: object) -> NoReturn:
        """No."""
        raise RuntimeError("it is broken")


async def test_a_worker_that_can_not_work_ends_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A half-dead bot is worse than a restart: after six times in a row all stops, with that worker's error."""
    monkeypatch.setattr(looper, "PATIENCE", timedelta(0))

    def blinded(port: P, /) -> P:
        return cast("P", Blind(port)) if isinstance(port, SqlStore) else port

    async with World(tmp_path) as world:
        await world.stop()
        with pytest.raises(ExceptionGroup) as ended:
            await App(world.settings, world.clock, blinded).run()
        assert ended.group_contains(RuntimeError, match="it is broken")
        assert world.slack.sockets.open == []
        await world.start()
        await world.runs_mem()


@pytest.fixture
async def still(tmp_path: Path) -> AsyncIterator[StillWorld]:
    """A bot whose clock stands, and whose workers turn when told."""
    machines = fleet(3, {"app": "web", "env": "prod"}, CannedRunner("done"))
    async with StillWorld(tmp_path, Region("cn-hangzhou", machines), COMMANDS) as world:
        world.clock.at = datetime.now(UTC)  # what is sent to ECS is timed by the machine's own clock, too
        for grant in ("<@U0ONCALL> oncall", "<@U0APPROVE> approver"):
            await world.slack.person("U0ADMIN").types(f"/ecs role grant {grant}", channel="C0OPS")
        yield world


async def settle(world: StillWorld) -> None:
    """Workers turn, and time passes, until all is over and said."""
    for _ in range(80):
        for run in list(world.region.invocations):
            await world.region.settled(run.invoke_id)
        for worker in world.workers:
            await world.turn(worker)
        if not await world.parts.store.recent(10, open_only=True) and await world.parts.store.next_owed() is None:
            return
        world.clock.at += timedelta(minutes=1)
    raise AssertionError("it does not end")


@pytest.mark.parametrize("step", [timedelta(hours=-1), timedelta(seconds=-30), timedelta(minutes=9)])
@pytest.mark.parametrize("turns", [0, 1, 2, 3])
async def test_the_clock_steps(still: StillWorld, tmp_path: Path, step: timedelta, turns: int) -> None:
    """Back or forward, at any moment of a run: it ends, and ran once. What is due waits as long as it went back."""
    await still.slack.person(OLGA).types(MEM, channel="C0OPS")
    for worker in still.workers[:turns]:
        await still.turn(worker)
    still.clock.at += step
    await settle(still)
    await still.crash()
    assert [machine.runs for machine in still.region.machines.values()] == [1, 1, 1]
    await invariants.check(f"sqlite:///{tmp_path}/bot.db", still.region, still.slack)
    await still.start()


async def test_the_clock_leaps_past_an_approval(still: StillWorld, tmp_path: Path) -> None:
    """It has expired, whatever the reason: nothing runs on a yes that comes after."""
    await still.slack.person(OLGA).types("/ecs run restart web-prod --service app --reason stuck", channel="C0OPS")
    for worker in still.workers:
        await still.turn(worker)
    card = next(m for m in still.slack.workspace.all_messages("C0OPS") if "Approve" in m.buttons)
    still.clock.at += timedelta(days=1)
    await still.slack.person("U0APPROVE").presses(card, "Approve")
    await settle(still)
    await still.crash()
    assert [run for run in still.region.invocations if not run.dry_run] == []
    await invariants.check(f"sqlite:///{tmp_path}/bot.db", still.region, still.slack)
    await still.start()
