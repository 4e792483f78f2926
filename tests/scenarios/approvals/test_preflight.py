"""Nobody is woken for what could not run."""

import asyncio

from bot.sandbox.slack import Person
from tests.scenarios.approvals.office import NOTIFIER, PLANNER, Office, Opens
from tests.scenarios.approvals.rules import machines
from tests.scenarios.world import id_in


def nobody_woken(office: Office) -> bool:
    """No approver has a direct message, and there is no card."""
    people: tuple[Person, ...] = (office.ben, office.carla)
    return not any(office.dms(person) for person in people) and not office.cards()


async def test_what_ecs_would_refuse(office: Office) -> None:
    """Olga alone reads ECS's own words."""
    office.ecs.faults.fail("RunCommand", status=403, code="Forbidden.RAM")
    zap = await office.requests(office.olga, "/ecs run zap web")
    assert (await office.state(zap), office.runs) == ("refused", 0)
    assert "ECS refused this on `web`: RunCommand: Forbidden.RAM" in office.told(office.olga)[-1]
    assert "Nothing ran" in office.told(office.olga)[-1]
    assert nobody_woken(office)


async def test_one_unfit_machine_among_twelve(opens: Opens) -> None:
    """It stops between the look and the dry run: it is found by halving, named, and the other eleven are asked for."""
    office = await opens(region=machines(12))
    held = office.ecs.faults.hold("RunCommand", in_flight=True)
    zap = id_in(await office.asks(office.olga, "/ecs run zap web"))
    planning = asyncio.create_task(office.turns(PLANNER))
    await held.reached.wait()
    assert nobody_woken(office)
    office.region.machine("web-007").set(status="Stopped")
    held.release()
    await planning
    await office.settles()
    dry = office.ecs.journal.of("RunCommand")
    assert {call.params["RepeatMode"] for call in dry} == {"DryRun"}
    assert 1 < len(dry) <= 2 * 4 + 1
    for message in (office.card(zap), office.dm(office.ben, zap), office.dm(office.carla, zap)):
        assert "11 of 12 machines ready" in message.words
        assert "*Left out:* web-007 (" in message.words
        assert "⚠ *PRODUCTION · 11 machines" in message.words
    assert await office.approves(office.ben, zap) == ""
    card = await office.ends(zap)
    assert "11 of 12 machines succeeded · 1 not reached" in card.words
    assert sum(machine.runs for machine in office.region.machines.values()) == 11


async def test_a_machine_that_is_offline(office: Office) -> None:
    """It is named on the card and in the direct messages, before anybody says yes."""
    office.region.machine("web-002").set(agent_online=False)
    zap = await office.requests(office.olga, "/ecs run zap web")
    for message in (office.card(zap), office.dm(office.ben, zap)):
        assert "2 of 3 machines ready" in message.words
        assert "*Left out:* web-002 (agent offline)" in message.words


async def test_no_machine_at_all(office: Office) -> None:
    """All are offline, or there is none: Olga reads which and why, nobody else anything."""
    for name in ("web-001", "web-002", "web-003"):
        office.region.machine(name).set(agent_online=False)
    await office.requests(office.olga, "/ecs run zap web")
    assert "No machine of `web` can be reached: web-001 (agent offline), web-002" in office.told(office.olga)[-1]
    office.region.machines.clear()
    await office.requests(office.olga, "/ecs run zap stage")
    assert "`stage` fits no machine. Nothing ran." in office.told(office.olga)[-1]
    assert nobody_woken(office)


async def test_a_dry_run_that_is_not_answered(office: Office) -> None:
    """Olga is told that it waits; the approvers are asked once ECS has answered."""
    office.ecs.faults.throttle("RunCommand", times=20)
    said = await office.asks(office.olga, "/ecs run zap web")
    await office.turns(PLANNER, NOTIFIER)
    assert "zap on web has to wait" in office.told(office.olga)[-1]
    assert nobody_woken(office)
    office.ecs.faults.clear()
    for _ in range(4):
        await office.later(seconds=15)
    assert await office.state(id_in(said)) == "awaiting_approval"
    assert len(office.dms(office.ben)) == 1
