"""User groups that hold roles are asked for again and again, never too many at once."""

from bot.domain.access import Grant
from bot.domain.change import Event
from bot.domain.usergroups import Membership
from bot.workers.planner import Planner
from bot.workers.rollkeeper import BETWEEN, EACH, RollKeeper
from tests.workers.conftest import Office
from tests.workers.fakes import NOW


async def give(office: Office, holder: str, role: str = "oncall") -> None:
    """A role to *holder*."""
    await office.store.grant(Grant(holder, role, "UADMIN", NOW), Event("role_granted", "UADMIN"), NOW)


async def test_each_group_in_its_turn(office: Office) -> None:
    """One at a time, each once a minute; people are not asked for."""
    keeper = RollKeeper(office.desk)
    assert await office.turns(keeper) == (0, 0)
    assert await keeper.next_at(NOW) is None
    await give(office, "S1")
    await give(office, "S2")
    for _ in range(3):
        await office.turns(keeper)
    assert office.groups.refreshed == ["S1"]
    office.clock.at += BETWEEN
    await office.turns(keeper)
    assert office.groups.refreshed == ["S1", "S2"]
    assert await keeper.next_at(office.clock.at) == NOW + EACH
    office.clock.at = NOW + EACH
    await office.turns(keeper)
    assert office.groups.refreshed == ["S1", "S2", "S1"]


async def test_a_group_that_holds_nothing_any_more_is_left_alone(office: Office) -> None:
    """The next look does not find it."""
    keeper = RollKeeper(office.desk)
    await give(office, "S1")
    await office.turns(keeper)
    await office.store.revoke("S1", "oncall", Event("role_revoked", "UADMIN"), NOW)
    office.clock.at += EACH
    assert await office.turns(keeper) == (0, 0)
    assert office.groups.refreshed == ["S1"]


async def test_a_quorum_counts_the_groups_members(office: Office) -> None:
    """And where nobody knows who they are, the refusal says so at once."""
    for user in ("U2", "U3"):
        await office.store.revoke(user, "approver", Event("role_revoked", "UADMIN"), NOW)
    await give(office, "S1", "approver")
    office.policy(needed=2)
    refused = await office.load(await office.planned())
    assert refused.refusal is not None
    assert (refused.refusal.why, refused.refusal.size, refused.refusal.near) == ("no_quorum", 0, ("S1 no_answer",))
    office.groups.known["S1"] = Membership(frozenset({"U1", "U2"}))  # the requester does not count
    assert (await office.load(await office.planned())).state == "refused"
    office.groups.known["S1"] = Membership(frozenset({"U2", "U3"}))
    inv = await office.asks()
    await office.turns(Planner(office.desk, office.cloud, office.chat))
    assert (await office.load(inv)).state == "awaiting_approval"
