"""Who may run, approve and manage, and what is said about it."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.access import ADMIN, BOOTSTRAP, WHO_LIMIT, Decision, Grant, RoleTable
from bot.domain.catalog import Catalog, Policy, Risk, Role, Rule, Snippet, Target

NOW = datetime(2026, 11, 23, 3, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
ANY = Rule(("*",), ("*",))
ONCALL = Role("oncall", run=(Rule(("mem", "disk"), ("db-*",)), ANY))
APPROVER = Role("approver", approve=(ANY,))
DBA = Role("dba")
POLICY = Policy(
    {role.name: role for role in (ONCALL, APPROVER, DBA, Role("admin", run=(ANY,), manage_roles=True), Role("viewer"))}
)
ALLOWED_BY_NONE = "no role of yours allows it"


def grant(user: str, role: str, *targets: str, until: datetime | None = None, number: int = 1) -> Grant:
    return Grant(user, role, "U0", NOW - HOUR, targets or None, until, id=number)


def table(*grants: Grant, admins: tuple[str, ...] = (), policy: Policy = POLICY) -> RoleTable:
    return RoleTable.at(policy, grants, admins, NOW)


def test_nobody_may_do_anything_by_default() -> None:
    """An empty table allows nothing, and knows nobody to ask."""
    no = Decision(False, ALLOWED_BY_NONE)
    assert table().may_run("U1", "mem", "web-prod") == no
    assert table().may_approve("U1", "mem", "web-prod") == no
    assert table().may_manage_roles("U1") == no
    assert table(grant("U1", "viewer")).may_run("U1", "mem", "web-prod") == no


def test_the_first_rule_that_fits_is_named() -> None:
    """With the grant that it rests on."""
    held = grant("U1", "oncall")
    assert table(held).may_run("U1", "mem", "web-prod") == Decision(True, "role oncall: run * on *", held)
    assert table(held).may_run("U1", "mem", "db-prod") == Decision(True, "role oncall: run mem, disk on db-*", held)
    assert not table(held).may_approve("U1", "mem", "web-prod").allowed


def test_approving_is_not_running() -> None:
    """An approver who may not run is no danger alone."""
    held = grant("U1", "approver")
    assert table(held).may_approve("U1", "mem", "web-prod") == Decision(True, "role approver: approve * on *", held)
    assert table(held).may_run("U1", "mem", "web-prod").rule == ALLOWED_BY_NONE


def test_an_expired_grant_is_left_out() -> None:
    """It counts until the moment of its end, not at it."""
    assert not table(grant("U1", "oncall", until=NOW)).may_run("U1", "mem", "web-prod").allowed
    assert table(grant("U1", "oncall", until=NOW + HOUR)).may_run("U1", "mem", "web-prod").allowed


def test_the_grant_that_lasts_longest_is_the_one() -> None:
    """What ends last is what the decision rests on."""
    short, long, endless = (grant("U1", "oncall", until=until) for until in (NOW + HOUR, NOW + 2 * HOUR, None))
    assert table(short, long).may_run("U1", "mem", "x").grant == long
    assert table(short, endless, long).may_run("U1", "mem", "x").grant == endless


def test_a_limit_restricts_running_and_approving() -> None:
    """And the refusal says which limit it was."""
    limited = table(grant("U1", "oncall", "web-*", "cache"), grant("U1", "approver", "web-*"))
    assert limited.may_run("U1", "mem", "web-prod").allowed
    assert limited.may_run("U1", "mem", "db-prod").rule == "role oncall: granted on web-*, cache only"
    assert limited.may_approve("U1", "mem", "web-prod").allowed
    assert limited.may_approve("U1", "mem", "db-prod").rule == "role approver: granted on web-* only"


def test_a_limited_admin_manages_no_roles() -> None:
    """They could lift their own limit."""
    assert not table(grant("U1", "admin", "web-*")).may_manage_roles("U1").allowed
    assert not table(grant("U1", "admin", "*")).may_manage_roles("U1").allowed
    assert table(grant("U1", "admin")).may_manage_roles("U1").rule == "role admin: manage roles"


def test_bot_admins_hold_the_role_admin() -> None:
    """Without a row in the table, and without end."""
    decision = table(admins=("U9",)).may_run("U9", "mem", "web-prod")
    assert decision.rule == "role admin: run * on *"
    assert decision.grant == Grant("U9", ADMIN, granted_by=BOOTSTRAP, granted_at=NOW)
    assert table(admins=("U9",)).may_manage_roles("U9").allowed


def test_bot_admins_manage_roles_where_the_policy_has_no_admin() -> None:
    """And nothing else: somebody has to hand out the roles that there are."""
    bare = Policy({"oncall": ONCALL})
    held = table(grant("U1", "admin"), admins=("U9",), policy=bare)
    assert held.may_manage_roles("U9").allowed
    assert not held.may_run("U9", "mem", "web-prod").allowed
    assert not held.may_manage_roles("U1").allowed


def test_a_policy_that_gives_admin_less_is_obeyed() -> None:
    """BOT_ADMINS are holders of the role as it stands."""
    assert not table(admins=("U9",), policy=Policy({ADMIN: Role(ADMIN)})).may_manage_roles("U9").allowed


def test_a_role_that_the_policy_lost_counts_for_nothing() -> None:
    """The row stays; the rule is gone."""
    lost = table(grant("U1", "gone"))
    assert lost.grants == ()
    assert not lost.may_run("U1", "mem", "web-prod").allowed
    assert not RoleTable(POLICY, (grant("U1", "gone"),)).may_manage_roles("U1").allowed


def test_roles_are_a_second_condition_for_approving() -> None:
    """One of them must be held on the target, besides a rule that allows approving."""
    able, both = grant("U1", "approver"), grant("U2", "approver")
    held = table(able, both, grant("U2", "dba", "db-*"), grant("U3", "dba"))
    assert held.may_approve("U1", "mem", "db-prod", ("dba",)) == Decision(
        False, "policy asks for role dba", None, ("U2",)
    )
    assert held.may_approve("U2", "mem", "db-prod", ("dba",)) == Decision(True, "role approver: approve * on *", both)
    assert held.may_approve("U3", "mem", "db-prod", ("dba",)).rule == ALLOWED_BY_NONE
    assert held.may_approve("U2", "mem", "web-prod", ("dba", "lead")).rule == "policy asks for role dba or lead"
    assert held.approvers("mem", "db-prod", ("dba",)) == {"U2"}
    assert held.approvers("mem", "db-prod") == {"U1", "U2"}
    assert held.approvers("mem", "db-prod", ("nobody",)) == frozenset()


def test_who_could_is_sorted_without_the_asker_and_capped() -> None:
    """Each once, though they hold it twice."""
    held = table(grant("U2", "oncall"), grant("U2", "admin"), grant("U1", "oncall"), grant("U3", "oncall", "db-*"))
    assert held.may_run("U9", "mem", "web-prod").who == ("U1", "U2")
    assert held.may_run("U1", "mem", "web-prod").who == ("U2",)
    many = table(*(grant(f"U{n:03}", "oncall") for n in range(50)))
    assert many.may_run("U9", "mem", "x").who == tuple(f"U{n:03}" for n in range(WHO_LIMIT))


def snippet(name: str, *targets: str) -> Snippet:
    return Snippet(name, "", Risk.LOW, HOUR, targets or ("*",))


CATALOG = Catalog(
    {s.name: s for s in (snippet("mem"), snippet("vacuum", "db-*"), snippet("restart", "web-*"))},
    {name: Target(name, "prod", "cn-hangzhou") for name in ("web-prod", "db-prod", "cache")},
    POLICY,
)


@pytest.mark.parametrize(
    ("held", "snippets", "targets"),
    [
        (grant("U1", "oncall"), ("mem", "restart", "vacuum"), ("cache", "db-prod", "web-prod")),
        (grant("U1", "oncall", "db-*"), ("mem", "vacuum"), ("db-prod",)),
        (grant("U1", "approver", "web-*"), ("mem", "restart"), ("web-prod",)),
        (grant("U1", "viewer"), (), ()),
        (grant("U2", "oncall"), (), ()),
    ],
)
def test_what_somebody_sees(held: Grant, snippets: tuple[str, ...], targets: tuple[str, ...]) -> None:
    """What they may run or approve, where the snippet may be used at all."""
    assert table(held).visible("U1", CATALOG) == (snippets, targets)
    assert table(held).visible_snippets("U1", CATALOG) == snippets
    assert table(held).visible_targets("U1", CATALOG) == targets


def test_runnable_targets() -> None:
    """Those that the snippet is for and the grant covers."""
    held = table(grant("U1", "oncall", "web-*", "db-*"), grant("U2", "approver"))
    assert held.runnable_targets("U1", "mem", CATALOG) == ("db-prod", "web-prod")
    assert held.runnable_targets("U1", "vacuum", CATALOG) == ("db-prod",)
    assert held.runnable_targets("U1", "nothing", CATALOG) == ()
    assert held.runnable_targets("U2", "mem", CATALOG) == ()
