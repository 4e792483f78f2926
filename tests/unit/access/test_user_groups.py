"""User groups that hold roles: each member has what the group has, and nobody where nobody knows."""

from dataclasses import replace

from bot.domain.access import RoleTable
from bot.domain.usergroups import SILENT, Membership, is_group
from tests.unit.access.test_role_table import NOW, POLICY, grant, table

PAIR = {"S1": Membership(frozenset({"U1", "U2"}))}


def through(*grants: tuple[str, str], groups: dict[str, Membership]) -> RoleTable:
    return RoleTable.at(POLICY, [grant(who, role) for who, role in grants], (), NOW, groups)


def test_a_member_may_what_the_group_may() -> None:
    """And the decision says through which group."""
    roles = through(("S1", "oncall"), groups=PAIR)
    decision = roles.may_run("U1", "mem", "web-prod")
    assert decision.allowed
    assert decision.grant == replace(grant("U1", "oncall"), through="S1")
    assert decision.who == ("U2",)
    assert not roles.may_run("U3", "mem", "web-prod").allowed
    assert not roles.may_run("S1", "mem", "web-prod").allowed
    assert roles.given == (grant("S1", "oncall"),)


def test_members_are_approvers_each_once() -> None:
    """Quorums count people: who is in two groups, or holds it besides, is one."""
    groups = PAIR | {"S2": Membership(frozenset({"U2", "U3"}))}
    roles = through(("S1", "approver"), ("S2", "approver"), ("U1", "approver"), groups=groups)
    assert roles.approvers("restart", "web-prod") == {"U1", "U2", "U3"}


def test_what_nobody_knows_gives_nobody_anything() -> None:
    """A fault, and a group of which nothing was heard: a no that names them, to those whom it may concern alone."""
    for groups, fault in (({"S1": Membership(PAIR["S1"].users, "missing_scope")}, "missing_scope"), ({}, SILENT)):
        roles = through(("S1", "oncall"), groups=groups)
        decision = roles.may_run("U1", "mem", "web-prod")
        assert (decision.allowed, decision.unseen) == (False, (f"S1 {fault}",))
        assert roles.may_approve("U1", "mem", "web-prod").unseen == ()
        assert roles.fault("S1") == fault


def test_nobody_manages_roles_through_a_group() -> None:
    """Whoever may edit the group in Slack would be an admin here."""
    assert not through(("S1", "admin"), groups=PAIR).may_manage_roles("U1").allowed
    assert table(grant("U1", "admin")).may_manage_roles("U1").allowed


def test_ids_of_groups() -> None:
    """A word in capitals is no id."""
    assert [one for one in ("S1", "S0ONCALL", "SAM", "U1", "S", "S1|x", "s1") if is_group(one)] == ["S1", "S0ONCALL"]
