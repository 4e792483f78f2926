"""What people ask without changing anything. Everybody sees only what they may use."""

from dataclasses import dataclass

from bot.domain.access import Decision, Grant, UserId
from bot.domain.catalog import ApprovalRule, Snippet, Target
from bot.domain.guards import Circumstances, objection
from bot.domain.invocation import Invocation
from bot.domain.near import near
from bot.domain.powers import Power, approvable, powers
from bot.domain.refusal import Refusal, Why
from bot.domain.verb import Can
from bot.ports import StoredEvent
from bot.usecases.control import may_see
from bot.usecases.desk import Desk, lock_on

SHOWN = 15
"""Invocations that a list shows at most."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What one person may use."""

    snippets: tuple[Snippet, ...]
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class SnippetPage:
    """One snippet, where the asker may run it (or else approve it), and the approval it needs on the first of those."""

    snippet: Snippet
    targets: tuple[Target, ...]
    approval: ApprovalRule | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why somebody may or may not: the decision, the approval it needs then, who could give it, what else stands in
    the way right now."""

    decision: Decision
    approval: ApprovalRule | None = None
    approvers: tuple[UserId, ...] = ()
    obstacle: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Self:
    """Who somebody is to the bot; *approves* are the snippets and the targets that they may approve.

    *unknown* are the grants of user groups that they may be in, for all one knows.
    """

    grants: tuple[Grant, ...]
    admin: bool
    offer: Offer
    approves: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    unknown: tuple[tuple[Grant, str], ...] = ()


async def offer(desk: Desk, user: UserId) -> Offer:
    """What *user* may run; what they may only approve is not among it."""
    catalog, roles = desk.catalog(), await desk.roles()
    where = {name: roles.runnable_targets(user, name, catalog) for name in sorted(catalog.snippets)}
    targets = sorted({target for on in where.values() for target in on})
    return Offer(
        tuple(catalog.snippets[name] for name, on in where.items() if on),
        tuple(catalog.targets[name] for name in targets),
    )


async def helped(desk: Desk, user: UserId) -> tuple[tuple[Snippet, ...], frozenset[Power]]:
    """What help is good for: the snippets that *user* may run, and what they may do at all."""
    roles = await desk.roles()
    return (await offer(desk, user)).snippets, powers(roles, user, desk.catalog())


async def snippet_page(desk: Desk, user: UserId, name: str) -> SnippetPage | Refusal:
    """One snippet in full, if *user* may use it; to others it does not exist."""
    catalog, roles = desk.catalog(), await desk.roles()
    visible = roles.visible_snippets(user, catalog)
    if name not in visible:
        return Refusal(Why.UNKNOWN_SNIPPET, subject=name, near=near(name, visible))
    snippet = catalog.snippets[name]
    fits = sorted(filter(snippet.fits, catalog.targets))
    where = roles.runnable_targets(user, name, catalog) or [t for t in fits if roles.may_approve(user, name, t).allowed]
    targets = tuple(catalog.targets[t] for t in where)
    rules = (catalog.policy.approval_for(snippet, target) for target in targets)
    return SnippetPage(snippet, targets, next((rule for rule in rules if rule is not None), None))


async def status(desk: Desk, user: UserId, invocation: str) -> Invocation | Refusal:
    """One invocation, for those who may see it; to others it does not exist."""
    inv = await desk.store.load(invocation)
    if inv is None or not may_see(await desk.roles(), user, inv):
        return Refusal(Why.UNKNOWN_INVOCATION, subject=invocation)
    return inv


async def open_now(desk: Desk, user: UserId) -> tuple[Invocation, ...]:
    """What is under way and *user* may see, the newest first."""
    roles = await desk.roles()
    found = await desk.store.recent(10 * SHOWN, open_only=True)
    return tuple(inv for inv in found if may_see(roles, user, inv))[:SHOWN]


async def to_review(desk: Desk, user: UserId) -> tuple[Invocation, ...]:
    """What ran under break-glass, nobody has reviewed, and *user* may see; the oldest first."""
    roles = await desk.roles()
    found = await desk.store.to_review(10 * SHOWN)
    return tuple(inv for inv in found if may_see(roles, user, inv))[:SHOWN]


async def history(desk: Desk, user: UserId) -> tuple[Invocation, ...]:
    """The last invocations that *user* may see, the newest first."""
    roles = await desk.roles()
    found = await desk.store.recent(10 * SHOWN)
    return tuple(inv for inv in found if may_see(roles, user, inv))[:SHOWN]


async def whoami(desk: Desk, user: UserId) -> Self:
    """*user*'s grants, and what they come to."""
    roles = await desk.roles()
    grants = tuple(g for g in roles.grants if g.user == user)
    unknown = tuple((grant, roles.fault(grant.user)) for grant in roles.unknown)
    approves = approvable(roles, user, desk.catalog())
    return Self(grants, roles.may_manage_roles(user).allowed, await offer(desk, user), approves, unknown)


async def audit(desk: Desk, user: UserId, invocation: str) -> tuple[StoredEvent, ...] | Refusal:
    """The timeline of one invocation, for those who may see it."""
    found = await status(desk, user, invocation)
    return found if isinstance(found, Refusal) else await desk.store.events(found.id)


async def can(desk: Desk, asker: UserId, verb: Can) -> Explanation | Refusal:
    """Which rule decides. Of others only those may ask who manage roles: who may do what is worth knowing."""
    catalog, roles = desk.catalog(), await desk.roles()
    user = verb.user or asker
    if user != asker and not (manager := roles.may_manage_roles(asker)).allowed:
        return Refusal(Why.NOT_ALLOWED, subject="ask what others may do", rule=manager.rule, who=manager.who)
    if verb.snippet not in catalog.snippets:
        known = roles.visible_snippets(asker, catalog)
        return Refusal(Why.UNKNOWN_SNIPPET, subject=verb.snippet, near=near(verb.snippet, known))
    if verb.target not in catalog.targets:
        known = roles.visible_targets(asker, catalog)
        return Refusal(Why.UNKNOWN_TARGET, subject=verb.target, near=near(verb.target, known))
    snippet, target = catalog.snippets[verb.snippet], catalog.targets[verb.target]
    rule = catalog.policy.approval_for(snippet, target)
    wanted = rule.roles if rule else ()
    if verb.verb == "approve":
        return Explanation(roles.may_approve(user, verb.snippet, verb.target, wanted), rule)
    now = desk.clock.now()
    lock = await lock_on(desk, target.name, now)
    around = Circumstances(now, user, None, roles.allowing(user, snippet.name, target.name), lock)
    approvers = roles.approvers(verb.snippet, verb.target, wanted) - {user} if rule else frozenset()
    return Explanation(
        roles.may_run(user, verb.snippet, verb.target),
        rule,
        tuple(sorted(approvers)),
        objection(catalog.policy, snippet, target, around),
    )
