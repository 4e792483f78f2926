"""The plan is what is approved: what changes between the yes and the sending makes it void, and everybody reads why."""

import pytest

from bot.errors import CatalogError
from bot.sandbox.ecs import CannedRunner, linux
from tests.scenarios.approvals.office import PLANNER, Office, Opens
from tests.scenarios.approvals.rules import ONE_YES, ROLES, snippet
from tests.scenarios.world import id_in

TWO = '[[approvals]]\nrisk = ["high"]\nneeded = 2\nexpires = "10m"\n'


async def gains(office: Office) -> None:
    """Somebody adds a machine."""
    new = office.region.add(linux("web-9", {"app": "web"}))
    new.runner = CannedRunner()


async def loses(office: Office) -> None:
    """Somebody deletes one."""
    del office.region.machines[office.region.machine("web-002").instance_id]


async def offline(office: Office) -> None:
    """An agent is lost."""
    office.region.machine("web-003").set(agent_online=False)


async def stopped(office: Office) -> None:
    """A machine is switched off."""
    office.region.machine("web-001").set(status="Stopped")


async def rewritten(office: Office) -> None:
    """A pull request changes the script."""
    office.edits("zap", snippet("high", "something else"))


async def removed(office: Office) -> None:
    """A pull request takes the snippet away."""
    office.edits("zap", None)


async def stricter(office: Office) -> None:
    """Policy asks for a third person."""
    office.edits("policy", ROLES + TWO.replace("2", "3", 1))


async def elsewhere(office: Office) -> None:
    """Policy asks for leads, of whom there are none."""
    office.edits("policy", ROLES + TWO + 'roles = ["lead"]\n')


async def off_duty(office: Office) -> None:
    """The requester's shift ends."""
    await office.revokes("<@U0ONCALL> oncall")


async def resigned(office: Office) -> None:
    """An approver's role ends."""
    await office.revokes("<@U0APPROVE> approver")


CHANGES = {
    "a machine more": (gains, "not what was approved any more: web-9 is new."),
    "a machine less": (loses, "any more: web-002 is gone."),
    "an agent offline": (offline, "any more: web-003 (agent offline)."),
    "a machine stopped": (stopped, "any more: web-001 (stopped)."),
    "another script": (rewritten, "any more: the script."),
    "no script": (removed, "There is no snippet `zap`."),
    "the requester's role": (off_duty, "The role of <@U0ONCALL> that allowed"),
    "an approver's role": (resigned, "The role of <@U0APPROVE> that allowed"),
    "a third yes": (stricter, "Policy asks for 3 approvals"),
    "other roles": (elsewhere, "approval rule 1 by role lead), and it has 0."),
}


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.parametrize("between", ["two yeses", "yes and sending"])
async def test_what_changed_since(opens: Opens, what: str, between: str) -> None:
    """Nothing runs; card, requester and both approvers read what changed, and that nothing ran."""
    change, words = CHANGES[what]
    office = await opens(TWO)
    zap = await office.requests(office.olga, "/ecs run zap web")
    await office.approves(office.ben, zap)
    if between == "two yeses":
        await change(office)
    assert await office.approves(office.carla, zap) == ""
    if between == "yes and sending":
        assert await office.state(zap) == "queued"
        await change(office)
    card = await office.ends(zap)
    assert (await office.state(zap), office.runs, card.buttons) == ("refused", 0, ["Run again"])
    approvers = [office.dm(person, zap) for person in (office.ben, office.carla)]
    assert [message.buttons for message in approvers] == [[], []]
    for said in (card.words, office.told(office.olga)[-1], *(message.words for message in approvers)):
        assert words in said, said
        assert "Nothing ran" in said, said


async def test_what_matters_to_nobody(opens: Opens) -> None:
    """A machine that was left out comes back, one in staging goes, somebody else's role ends, policy asks for less."""
    office = await opens(TWO)
    await offline(office)
    zap = await office.requests(office.olga, "/ecs run zap web")
    await office.approves(office.ben, zap)
    await office.approves(office.carla, zap)
    office.region.machine("web-003").set(agent_online=True)
    office.region.machine("stage-001").set(status="Stopped")
    await office.grants("<@U0STRANGER> approver")
    await office.revokes("<@U0STRANGER> approver")
    office.edits("policy", ROLES + ONE_YES)
    card = await office.ends(zap)
    assert "2 of 3 machines succeeded · 1 not reached" in card.words
    assert [office.region.machine(f"web-00{n}").runs for n in (1, 2, 3)] == [1, 1, 0]


async def test_policy_begins_to_ask(opens: Opens) -> None:
    """What needed nobody's yes when it was asked needs one before it is sent."""
    office = await opens("")
    said = await office.asks(office.olga, "/ecs run zap web")
    await office.turns(PLANNER)
    office.edits("policy", ROLES + ONE_YES)
    card = await office.ends(id_in(said))
    assert "Policy asks for 1 approval of" in card.words
    assert "and it has 0. Nothing ran." in card.words
    assert office.runs == 0


async def test_a_broken_catalogue_changes_nothing(opens: Opens) -> None:
    """A faulty file is not read: what was approved goes on as it was."""
    office = await opens()
    zap = await office.requests(office.olga, "/ecs run zap web")
    await office.approves(office.ben, zap)
    with pytest.raises(CatalogError):
        office.edits("zap", "risk = 7")
    await office.ends(zap)
    assert office.runs == 1
