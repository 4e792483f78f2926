"""May this be asked for, planned, sent, right now? Asked again at each of these moments."""

from dataclasses import dataclass

from bot.domain.access import Decision, RoleTable, UserId
from bot.domain.batches import claim_name
from bot.domain.catalog import ApprovalRule, Catalog, Snippet, Target
from bot.domain.guards import Circumstances, frozen, objection, window_start
from bot.domain.near import near
from bot.domain.plan import CONTENT_LIMIT
from bot.domain.refusal import Refusal, Why
from bot.domain.snippet import bind, render, too_large
from bot.domain.verb import Run
from bot.usecases.desk import Desk, lock_on


@dataclass(frozen=True, slots=True)
class Permit:
    """It may be. *approval* is the rule that asks for approval; *break_glass*: that or a freeze is passed over."""

    snippet: Snippet
    target: Target
    approval: ApprovalRule | None
    break_glass: bool


async def permit(
    desk: Desk, user: UserId, verb: Run, *, channel: str | None = None, first: bool = False
) -> Permit | Refusal:
    """Check *verb* of *user* against catalogue, role table and guards as they are now.

    *channel* is where it is asked, None once it was. *first*: it is being asked, and counts
    towards the limit of runs.
    """
    catalog, roles = desk.catalog(), await desk.roles()
    checked = check(catalog, roles, user, verb)
    if isinstance(checked, Refusal):
        return checked
    snippet, target = checked
    now = desk.clock.now()
    glass = verb.break_glass and _something_to_pass(catalog, snippet, target, desk)
    around = Circumstances(
        now=now,
        user=user,
        channel=channel,
        roles=roles.allowing(user, snippet.name, target.name),
        lock=await lock_on(desk, target.name, now),
        recent=await _recent(desk, user) if first else 0,
        break_glass=glass,
    )
    refusal = (
        _glass(roles, user, verb, glass) or objection(catalog.policy, snippet, target, around) or _reason(catalog, verb)
    )
    if refusal is None and first and snippet.exclusive:
        refusal = await _busy(desk, snippet, target)
    return refusal or Permit(snippet, target, catalog.policy.approval_for(snippet, target), glass)


def check(catalog: Catalog, roles: RoleTable, user: UserId, verb: Run) -> tuple[Snippet, Target] | Refusal:
    """Names, access, parameters. Access comes before the parameters: a stranger learns nothing from trying."""
    if (refusal := _named(catalog, roles, user, verb) or _allowed(roles, user, verb)) is not None:
        return refusal
    snippet, target = catalog.snippets[verb.snippet], catalog.targets[verb.target]
    if not snippet.fits(target.name):
        return Refusal(Why.SNIPPET_NOT_FOR_TARGET, subject=snippet.name, target=target.name)
    values = bind(snippet, verb.params)
    if isinstance(values, Refusal):
        return values
    for script in snippet.scripts.values():
        if (size := too_large(render(script, values))) is not None:
            return Refusal(Why.SCRIPT_TOO_LARGE, subject=snippet.name, limit=CONTENT_LIMIT, size=size)
    return snippet, target


def _named(catalog: Catalog, roles: RoleTable, user: UserId, verb: Run) -> Refusal | None:
    """A refusal where the snippet or the target does not exist; near matches only from what *user* may use."""
    if verb.snippet not in catalog.snippets:
        known = roles.visible_snippets(user, catalog)
        return Refusal(Why.UNKNOWN_SNIPPET, subject=verb.snippet, near=near(verb.snippet, known))
    if verb.target not in catalog.targets:
        known = roles.visible_targets(user, catalog)
        return Refusal(Why.UNKNOWN_TARGET, subject=verb.target, near=near(verb.target, known))
    return None


def _allowed(roles: RoleTable, user: UserId, verb: Run) -> Refusal | None:
    decision = roles.may_run(user, verb.snippet, verb.target)
    if decision.allowed:
        return None
    subject = f"run {verb.snippet}"
    return not_allowed(decision, subject, verb.target)


def not_allowed(decision: Decision, subject: str, target: str = "", why: Why = Why.NOT_ALLOWED) -> Refusal:
    """What *decision*, a no, is to the person: who else could, and which user groups nobody could look into."""
    return Refusal(why, subject=subject, target=target, rule=decision.rule, who=decision.who, near=decision.unseen)


def _something_to_pass(catalog: Catalog, snippet: Snippet, target: Target, desk: Desk) -> bool:
    """Where neither approval nor a freeze stands in the way, there is no glass to break."""
    policy = catalog.policy
    needs = policy.approval_for(snippet, target) is not None
    return needs or frozen(policy, snippet, target, desk.clock.now()) is not None


def _glass(roles: RoleTable, user: UserId, verb: Run, glass: bool) -> Refusal | None:
    if not glass:
        return None
    decision = roles.may_break_glass(user, verb.snippet, verb.target)
    if not decision.allowed:
        return not_allowed(decision, verb.snippet, verb.target, Why.NO_BREAK_GLASS)
    if verb.private:  # it passes approval because everybody sees it
        return Refusal(Why.LOUD_GLASS, subject=verb.snippet, target=verb.target)
    if not verb.reason:
        return Refusal(Why.REASON_NEEDED, subject=verb.snippet, target=verb.target, rule="break-glass")
    return None


def _reason(catalog: Catalog, verb: Run) -> Refusal | None:
    rule = catalog.policy.approval_for(catalog.snippets[verb.snippet], catalog.targets[verb.target])
    if rule is None or not rule.reason or verb.reason:
        return None
    return Refusal(Why.REASON_NEEDED, subject=verb.snippet, target=verb.target, rule=f"approval rule {rule.number}")


async def _recent(desk: Desk, user: UserId) -> int:
    since = window_start(desk.catalog().policy, desk.clock.now())
    return await desk.store.asked_since(user, since) if since is not None else 0


async def _busy(desk: Desk, snippet: Snippet, target: Target) -> Refusal | None:
    holder = await desk.store.holder(claim_name(target.account, target.region, target.name))
    return Refusal(Why.EXCLUSIVE, subject=snippet.name, target=target.name, hint=holder) if holder else None
