"""Exclusive: never two at once on the same target, approved or not."""

from datetime import timedelta

from bot.sandbox.ecs import CannedRunner, Region, fleet
from tests.scenarios.approvals.office import DISPATCHER, NOTIFIER, PLANNER, POLLER, Office, Opens
from tests.scenarios.approvals.rules import snippet
from tests.scenarios.world import id_in

SOLO = snippet("medium", "solo", "exclusive = true")
GRAVE = snippet("high", "grave", "exclusive = true")


def slow() -> Region:
    """Three machines on which everything takes until it is stopped."""
    return Region("cn-hangzhou", fleet(3, {"app": "web"}, CannedRunner("done\n", duration=3_600), "web"))


async def sends(office: Office, invocation: str) -> None:
    """It is planned, sent, and runs."""
    await office.turns(PLANNER)
    await office.turns(DISPATCHER)
    assert await office.state(invocation) == "running"


def busy(office: Office) -> list[int]:
    """How many scripts each machine is running."""
    return [machine.active + machine.queued for machine in office.region.machines.values()]


async def is_stopped(office: Office, invocation: str) -> None:
    """Olga stops it, and the machines are free."""
    await office.asks(office.olga, f"/ecs stop {invocation}")
    await office.turns(POLLER)
    await office.region.settled(office.region.invocations[-1].invoke_id)
    for _ in range(5):
        office.clock.at += timedelta(seconds=2)
        await office.turns(POLLER)
    assert await office.state(invocation) == "cancelled"


async def test_the_second_is_refused_at_asking(opens: Opens) -> None:
    """While the first runs; others than exclusive ones run beside it."""
    office = await opens(region=slow(), solo=SOLO)
    first = id_in(await office.asks(office.olga, "/ecs run solo web"))
    await sends(office, first)
    said = await office.refuses(office.olga, "/ecs run solo web", "solo on web can't run now")
    assert f"`/ecs status {first}` shows how far it is." in said
    look = id_in(await office.asks(office.olga, "/ecs run look web"))
    await sends(office, look)
    assert office.runs == 2


async def test_two_that_are_approved_at_the_same_time(opens: Opens) -> None:
    """The second waits until the first is over, and then runs: they never overlap."""
    office = await opens(region=slow(), grave=GRAVE)
    first, second = [await office.requests(office.olga, "/ecs run grave web") for _ in range(2)]
    await office.at_once(office.ben.presses(office.card(first), "Approve"))
    await office.at_once(office.carla.presses(office.card(second), "Approve"))
    await office.turns(DISPATCHER)
    states = {await office.state(first), await office.state(second)}
    assert (states, office.runs) == ({"running", "queued"}, 1)
    going, waiting = (first, second) if await office.state(first) == "running" else (second, first)
    for _ in range(5):
        office.clock.at += timedelta(seconds=2)
        await office.turns(DISPATCHER)
        assert (await office.state(waiting), office.runs) == ("queued", 1)
        assert max(busy(office)) <= 1
    await office.turns(NOTIFIER)
    assert f"{going} has web to itself" in office.told(office.olga)[-1]
    await is_stopped(office, going)
    await office.turns(DISPATCHER)
    assert (await office.state(waiting), office.runs) == ("running", 2)
    runs = [invocation for invocation in office.region.invocations if not invocation.dry_run]
    ended = max(run.finished for run in runs[0].runs if run.finished)
    assert runs[1].created >= ended
    assert max(busy(office)) <= 1


async def test_it_does_not_wait_for_ever(opens: Opens) -> None:
    """After two minutes the second is void, and says whom it waited for."""
    office = await opens(region=slow(), grave=GRAVE)
    first, second = [await office.requests(office.olga, "/ecs run grave web") for _ in range(2)]
    await office.approves(office.ben, first)
    await office.turns(DISPATCHER)
    await office.approves(office.ben, second)
    for _ in range(4):
        await office.turns(DISPATCHER)
        assert await office.state(second) == "queued"
        office.clock.at += timedelta(seconds=31)
    await office.turns(DISPATCHER)
    assert (await office.state(second), office.runs) == ("refused", 1)
    for _ in range(10):
        await office.turns(NOTIFIER)
        office.clock.at += timedelta(seconds=1)
    for said in (office.card(second).words, office.told(office.olga)[-1], office.dm(office.ben, second).words):
        assert "grave on web can't run now: another run has this target to itself. Nothing ran." in said
