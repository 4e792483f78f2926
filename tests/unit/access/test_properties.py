"""What holds for every role table."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.access import Decision, Grant, RoleTable
from bot.domain.catalog import Catalog, Policy, Risk, Role, Rule, Snippet, Target

NOW = datetime(2026, 11, 23, 3, 10, tzinfo=UTC)
USERS = ("U1", "U2", "U3")
SNIPPETS = ("mem", "restart")
TARGETS = ("web-prod", "web-staging", "db-prod")
ROLES = ("oncall", "approver", "admin", "gone")

PATTERNS = st.lists(st.sampled_from(("*", "web-*", *TARGETS)), max_size=2).map(tuple)
RULES = st.lists(
    st.builds(Rule, st.lists(st.sampled_from(("*", *SNIPPETS)), max_size=2).map(tuple), PATTERNS), max_size=2
)
POLICIES = st.lists(
    st.builds(Role, st.sampled_from(ROLES[:3]), RULES.map(tuple), RULES.map(tuple), st.booleans()), max_size=3
).map(lambda roles: Policy({role.name: role for role in roles}))
GRANTS = st.builds(
    Grant,
    user=st.sampled_from(USERS),
    role=st.sampled_from(ROLES),
    granted_by=st.just("U0") | st.just("BOT_ADMINS"),
    granted_at=st.just(NOW),
    targets=st.none() | PATTERNS,
    until=st.none() | st.integers(-3, 3).map(lambda hours: NOW + timedelta(hours=hours)),
    id=st.integers(1, 9),
)
HELD = st.lists(GRANTS, max_size=6)
ADMINS = st.sets(st.sampled_from(USERS), max_size=1)
WANTED = st.sampled_from(((), ("oncall",), ("approver", "admin")))


def decisions(table: RoleTable, roles: tuple[str, ...] = ()) -> dict[tuple[str, ...], Decision]:
    """Every question that can be asked of *table*."""
    answers: dict[tuple[str, ...], Decision] = {("manage", user): table.may_manage_roles(user) for user in USERS}
    for user in USERS:
        for snippet in SNIPPETS:
            for target in TARGETS:
                answers["run", user, snippet, target] = table.may_run(user, snippet, target)
                answers["approve", user, snippet, target] = table.may_approve(user, snippet, target, roles)
    return answers


def allowed(table: RoleTable, roles: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    return {question for question, decision in decisions(table, roles).items() if decision.allowed}


@settings(deadline=None)
@given(POLICIES)
def test_without_grants_nothing_is_allowed(policy: Policy) -> None:
    """Default deny."""
    assert allowed(RoleTable.at(policy, (), (), NOW)) == set()


@settings(deadline=None)
@given(POLICIES, HELD, ADMINS, WANTED, st.data())
def test_taking_a_grant_away_never_allows_more(
    policy: Policy, held: list[Grant], admins: set[str], wanted: tuple[str, ...], data: st.DataObject
) -> None:
    """No grant forbids anything."""
    fewer = [grant for grant in held if data.draw(st.booleans())]
    before, after = (RoleTable.at(policy, grants, admins, NOW) for grants in (held, fewer))
    assert allowed(after, wanted) <= allowed(before, wanted)


@settings(deadline=None)
@given(POLICIES, HELD)
def test_expired_grants_never_allow(policy: Policy, held: list[Grant]) -> None:
    """Whatever they were."""
    expired = [replace(grant, until=NOW - timedelta(hours=1)) for grant in held]
    assert allowed(RoleTable.at(policy, expired, (), NOW)) == set()


@settings(deadline=None)
@given(POLICIES, HELD, WANTED, PATTERNS)
def test_a_limit_only_narrows(
    policy: Policy, held: list[Grant], wanted: tuple[str, ...], limit: tuple[str, ...]
) -> None:
    """What is allowed with it was allowed without."""
    limited = [replace(grant, targets=limit) for grant in held]
    free = [replace(grant, targets=None) for grant in held]
    narrow, wide = (allowed(RoleTable.at(policy, grants, (), NOW), wanted) for grants in (limited, free))
    assert narrow <= wide
    assert not any(question[0] == "manage" for question in narrow)


@settings(deadline=None)
@given(POLICIES, HELD, ADMINS, WANTED, st.randoms(use_true_random=False))
def test_the_order_of_grants_changes_nothing(
    policy: Policy, held: list[Grant], admins: set[str], wanted: tuple[str, ...], random: Random
) -> None:
    """Not even the words or the grant that a decision rests on."""
    shuffled = held * 2
    random.shuffle(shuffled)
    first, second = (RoleTable.at(policy, grants, admins, NOW) for grants in (held, shuffled))
    assert decisions(first, wanted) == decisions(second, wanted)


@settings(deadline=None)
@given(POLICIES, HELD, ADMINS, WANTED)
def test_a_decision_agrees_with_itself(
    policy: Policy, held: list[Grant], admins: set[str], wanted: tuple[str, ...]
) -> None:
    """A yes rests on a grant of that user; whoever is named could; approvers are those who may approve."""
    table = RoleTable.at(policy, held, admins, NOW)
    answers = decisions(table, wanted)
    for (doing, user, *rest), decision in answers.items():
        assert decision.allowed == (decision.grant is not None)
        assert decision.grant is None or (decision.grant.user == user and decision.grant.holds(NOW))
        could = {other for other in USERS if answers[(doing, other, *rest)].allowed}
        assert set(decision.who) == could - {user}
        if doing == "approve":
            assert table.approvers(rest[0], rest[1], wanted) == could


@settings(deadline=None)
@given(POLICIES, HELD, WANTED)
def test_asking_for_roles_only_narrows(policy: Policy, held: list[Grant], wanted: tuple[str, ...]) -> None:
    """They are a condition more, never a way in."""
    table = RoleTable.at(policy, held, (), NOW)
    assert allowed(table, wanted) <= allowed(table)


@settings(deadline=None)
@given(POLICIES, HELD, ADMINS, PATTERNS)
def test_a_snippet_is_runnable_where_there_is_a_target_for_it(
    policy: Policy, held: list[Grant], admins: set[str], fits: tuple[str, ...]
) -> None:
    """Found by another way than asking for each target, and with everybody else left out: the same."""
    snippets = {name: Snippet(name, "", Risk.LOW, timedelta(seconds=1), targets=fits) for name in SNIPPETS}
    catalog = Catalog(snippets, {name: Target(name, "prod", "cn-hangzhou") for name in TARGETS}, policy)
    table = RoleTable.at(policy, held, admins, NOW)
    for user in USERS:
        known = [name for name in sorted(SNIPPETS) if table.runnable_targets(user, name, catalog)]
        assert list(table.runnable_snippets(user, catalog)) == known
        assert list(table.only(user).runnable_snippets(user, catalog)) == known
