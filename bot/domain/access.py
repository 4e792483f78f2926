"""May this person run or approve this? Default deny; user ids only."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from bot.domain.catalog import Catalog, Policy, Role, matches
from bot.domain.usergroups import SILENT, GroupId, Membership, is_group

UserId = str

ADMIN = "admin"
"""The role that BOT_ADMINS hold."""

BOOTSTRAP = "BOT_ADMINS"
"""Who granted it to them."""

WHO_LIMIT = 20
"""How many people a decision names."""

_MANAGER = Role(ADMIN, manage_roles=True)
_NOBODY = Role("")
Doing = Literal["run", "approve", "break glass"]


@dataclass(frozen=True, slots=True)
class Grant:
    """One row of the role table: *user* holds *role*, on *targets* only where given, until *until*.

    *user* may be the id of a user group as well; for each of its members there is one, then, *through* it.
    *id* is 0 until it is stored, and for the bootstrap admins of BOT_ADMINS.
    """

    user: UserId
    role: str
    granted_by: UserId
    granted_at: datetime
    targets: tuple[str, ...] | None = None
    until: datetime | None = None
    why: str = ""
    id: int = 0
    through: GroupId = ""

    def holds(self, now: datetime) -> bool:
        """Does it still count at *now*?"""
        return self.until is None or now < self.until

    def covers(self, target: str) -> bool:
        """Is *target* within its limit, if it has one?"""
        return self.targets is None or matches(self.targets, target)

    def spread(self, groups: Mapping[GroupId, Membership]) -> Iterator["Grant"]:
        """Itself, or one for each member of the user group that holds it."""
        if not is_group(self.user):
            yield self
        elif (group := groups.get(self.user)) is not None and not group.fault:
            yield from (replace(self, user=member, through=self.user) for member in group.users)


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes or no, the rule that says so, the grant it rests on, and who else could (the first WHO_LIMIT of them).

    *rule* reads such as `role oncall: run * on *`, `role oncall: granted on web-* only`,
    `policy asks for role lead` or `no role of yours allows it`. Of several grants that allow
    it, *grant* is the one that lasts longest. *unseen*, of a no: the user groups whose members may, and of which
    nobody knows who they are, each with its fault behind it (`S123 missing_scope`).
    """

    allowed: bool
    rule: str
    grant: Grant | None = None
    who: tuple[UserId, ...] = ()
    unseen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RoleTable:
    """The grants that count now, BOT_ADMINS among them as holders of `admin`; made by `at`.

    *grants* are people's; *given* are those of the table itself, those of user groups among them as they are.
    """

    policy: Policy
    grants: tuple[Grant, ...]
    given: tuple[Grant, ...] = ()
    groups: Mapping[GroupId, Membership] = field(default_factory=dict)

    @classmethod
    def at(
        cls,
        policy: Policy,
        grants: Iterable[Grant],
        admins: Iterable[UserId],
        now: datetime,
        groups: Mapping[GroupId, Membership] | None = None,
    ) -> "RoleTable":
        """What counts at *now*: neither expired grants nor those of roles that the policy no longer has.

        BOT_ADMINS hold the role `admin`; where the policy has none, they may manage roles and nothing else.
        A user group that is not among *groups*, or has a fault there, gives nobody anything.
        """
        counting = {grant for grant in grants if grant.holds(now) and grant.role in policy.roles}
        counting |= {Grant(user, ADMIN, granted_by=BOOTSTRAP, granted_at=now) for user in admins}
        given = tuple(sorted(counting, key=_strength, reverse=True))
        groups = groups or {}
        people = (one for grant in given for one in grant.spread(groups))
        return cls(policy, tuple(sorted(people, key=_strength, reverse=True)), given, groups)

    def may_run(self, user: UserId, snippet: str, target: str) -> Decision:
        """May *user* run *snippet* on *target*?"""
        return self._with_unseen(_decide(user, self._fitting("run", snippet, target), target), "run", snippet, target)

    def may_approve(self, user: UserId, snippet: str, target: str, roles: tuple[str, ...] = ()) -> Decision:
        """May *user* approve *snippet* on *target*, whoever asks for it?

        *roles*, where given, are a second condition: besides a grant whose rule allows approving,
        one of these roles must be held on *target*.
        """
        fitting = self._fitting("approve", snippet, target)
        decision = _decide(user, fitting, target, roles, self._holders(roles, target))
        return self._with_unseen(decision, "approve", snippet, target, roles)

    def may_break_glass(self, user: UserId, snippet: str, target: str) -> Decision:
        """May *user* run *snippet* on *target* at once, though policy asks for approval?"""
        decision = _decide(user, self._fitting("break glass", snippet, target), target)
        return self._with_unseen(decision, "break glass", snippet, target)

    def allowing(self, user: UserId, snippet: str, target: str) -> tuple[str, ...]:
        """The roles by which *user* may run it, sorted."""
        fitting = self.only(user)._fitting("run", snippet, target)
        return tuple(sorted({grant.role for grant, _ in fitting if grant.covers(target)}))

    def may_manage_roles(self, user: UserId) -> Decision:
        """May *user* grant and revoke? A grant that is limited to targets doesn't count: roles reach beyond them.

        Nor does one through a user group: whoever may edit the group would give roles, then.
        """
        own = [grant for grant in self.grants if grant.targets is None and not grant.through]
        managing = [grant for grant in own if self._role(grant).manage_roles]
        return _decide(user, [(grant, f"role {grant.role}: manage roles") for grant in managing])

    def approvers(self, snippet: str, target: str, roles: tuple[str, ...] = ()) -> frozenset[UserId]:
        """Everybody for whom `may_approve` says yes."""
        able = {grant.user for grant, _ in self._fitting("approve", snippet, target) if grant.covers(target)}
        return frozenset(able & self._holders(roles, target) if roles else able)

    def runnable_targets(self, user: UserId, snippet: str, catalog: Catalog) -> tuple[str, ...]:
        """The targets on which *user* may run *snippet*, sorted; none for a snippet that isn't there."""
        mine = self.only(user)
        known = catalog.snippets.get(snippet)
        fits = sorted(name for name in catalog.targets if known is not None and known.fits(name))
        return tuple(name for name in fits if mine.may_run(user, snippet, name).allowed)

    def runnable_snippets(self, user: UserId, catalog: Catalog) -> Iterator[str]:
        """The snippets that *user* may run on some target, by name; found one by one, for whoever needs only a few."""
        ways = [
            (rule, where)
            for grant in self.grants
            if grant.user == user
            for rule in self._role(grant).run
            if (where := [name for name in catalog.targets if matches(rule.targets, name) and grant.covers(name)])
        ]
        for name, snippet in sorted(catalog.snippets.items()):
            if any(matches(rule.snippets, name) and any(map(snippet.fits, where)) for rule, where in ways):
                yield name

    def visible(self, user: UserId, catalog: Catalog) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The snippets and the targets that *user* may run, or approve, in some combination; both sorted."""
        pairs = set(self.only(user)._pairs(user, catalog))
        return tuple(sorted({snippet for snippet, _ in pairs})), tuple(sorted({target for _, target in pairs}))

    def visible_snippets(self, user: UserId, catalog: Catalog) -> tuple[str, ...]:
        """The snippets that *user* may run or approve on some target."""
        return self.visible(user, catalog)[0]

    def visible_targets(self, user: UserId, catalog: Catalog) -> tuple[str, ...]:
        """The targets on which *user* may run or approve some snippet."""
        return self.visible(user, catalog)[1]

    def only(self, user: UserId) -> "RoleTable":
        """The same for *user* alone, for many questions about one person: nobody else is looked through, or named."""
        return replace(self, grants=tuple(grant for grant in self.grants if grant.user == user))

    def unseen(self, doing: Doing, snippet: str, target: str, roles: tuple[str, ...] = ()) -> tuple[str, ...]:
        """The user groups of which nobody knows who is in them, though that would count for this; see `Decision`."""
        fitting = [grant for grant, _ in replace(self, grants=self.unknown)._fitting(doing, snippet, target)]
        fitting += [grant for grant in self.unknown if grant.role in roles]
        found = {grant.user for grant in fitting if grant.covers(target)}
        return tuple(f"{group} {self.fault(group)}" for group in sorted(found))

    @property
    def unknown(self) -> tuple[Grant, ...]:
        """The grants of user groups that give nobody anything now."""
        return tuple(grant for grant in self.given if is_group(grant.user) and self.fault(grant.user))

    def fault(self, group: GroupId) -> str:
        """Why nobody knows who is in *group*; empty where it is known."""
        return self.groups.get(group, Membership(fault=SILENT)).fault

    def _with_unseen(
        self, decision: Decision, doing: Doing, snippet: str, target: str, roles: tuple[str, ...] = ()
    ) -> Decision:
        return decision if decision.allowed else replace(decision, unseen=self.unseen(doing, snippet, target, roles))

    def _pairs(self, user: UserId, catalog: Catalog) -> Iterator[tuple[str, str]]:
        for name, snippet in catalog.snippets.items():
            for target in filter(snippet.fits, catalog.targets):
                if self.may_run(user, name, target).allowed or self.may_approve(user, name, target).allowed:
                    yield name, target

    def _role(self, grant: Grant) -> Role:
        """What *grant* gives; nothing for a role that the policy doesn't have."""
        bootstrap = grant.id == 0 and grant.granted_by == BOOTSTRAP and grant.role == ADMIN
        return self.policy.roles.get(grant.role, _MANAGER if bootstrap else _NOBODY)

    def _fitting(self, doing: Doing, snippet: str, target: str) -> list["_Basis"]:
        """Every grant, with its role's first rule that fits, whether or not its limit covers *target*."""
        found: list[_Basis] = []
        for grant in self.grants:
            role = self._role(grant)
            rules = {"run": role.run, "approve": role.approve, "break glass": role.break_glass}[doing]
            if rule := next((rule for rule in rules if rule.fits(snippet, target)), None):
                said = f"{doing} {', '.join(rule.snippets)} on {', '.join(rule.targets)}"
                found.append((grant, f"role {grant.role}: {said}"))
        return found

    def _holders(self, roles: tuple[str, ...], target: str) -> frozenset[UserId]:
        """Who has one of *roles* on *target*."""
        return frozenset(g.user for g in self.grants if g.role in roles and g.covers(target))


_Basis = tuple[Grant, str]


def _decide(
    user: UserId,
    fitting: list[_Basis],
    target: str | None = None,
    roles: tuple[str, ...] = (),
    holders: frozenset[UserId] = frozenset(),
) -> Decision:
    """Who of *fitting*, strongest grant first, is covered on *target* and, where *roles* are asked for, a holder."""
    covered = [basis for basis in fitting if target is None or basis[0].covers(target)]
    counting = [basis for basis in covered if not roles or basis[0].user in holders]
    who = tuple(sorted({grant.user for grant, _ in counting} - {user}))[:WHO_LIMIT]
    for grant, rule in counting:
        if grant.user == user:
            return Decision(True, rule, grant, who)
    return Decision(False, _denial(user, fitting, covered, roles), None, who)


def _denial(user: UserId, fitting: list[_Basis], covered: list[_Basis], roles: tuple[str, ...]) -> str:
    """The nearest thing to a yes that *user* has, and what it lacks."""
    if any(grant.user == user for grant, _ in covered):
        return f"policy asks for role {' or '.join(roles)}"
    for grant, _ in fitting:
        if grant.user == user:
            return f"role {grant.role}: granted on {', '.join(grant.targets or ())} only"
    return "no role of yours allows it"


def _strength(grant: Grant) -> tuple[object, ...]:
    """Sorts by how long a grant lasts; what follows only makes the order the same every time."""
    lasts = (grant.until is None, grant.until.timestamp() if grant.until else 0.0)
    return (
        *lasts,
        grant.targets is None,
        grant.user,
        grant.role,
        grant.targets or (),
        grant.granted_at.timestamp(),
        grant.granted_by,
        grant.why,
        grant.id,
        grant.through,
    )
