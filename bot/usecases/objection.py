"""At the moment of dispatch: is what is about to be sent still allowed, approved and the same?"""

from bot.domain import events as ev
from bot.domain.access import RoleTable, UserId
from bot.domain.again import narrowed
from bot.domain.catalog import ApprovalRule
from bot.domain.invocation import Invocation
from bot.domain.planning import make_plan
from bot.domain.refusal import Refusal, Why
from bot.errors import CloudError, CloudRefused
from bot.ports import Cloud
from bot.usecases.desk import Desk
from bot.usecases.permit import Permit, permit
from bot.usecases.plan import later, too_old, words
from bot.usecases.run import asked_for


async def objection(desk: Desk, cloud: Cloud, inv: Invocation) -> ev.Event | None:
    """Why *inv* may not be sent now, though it was allowed when it was asked; None where nothing speaks against it."""
    assert inv.plan is not None
    if too_old(inv, desk.clock.now()):
        return ev.Voided(Refusal(Why.TOO_OLD, subject=inv.id))
    people = await _people(desk, inv)
    if isinstance(people, Refusal):
        return ev.Voided(people)
    if inv.ask is None or inv.break_glass:
        return None
    if (changed := await _plan_changed(desk, cloud, inv, people)) is not None:
        return changed
    again = await _people(desk, inv)  # to look at the machines takes its time, in which a role can end
    return ev.Voided(again) if isinstance(again, Refusal) else None


async def _people(desk: Desk, inv: Invocation) -> Permit | Refusal:
    """May who asked still ask for it, and have enough people said yes to it who still may?"""
    given = await permit(desk, inv.requester, asked_for(inv))
    if isinstance(given, Refusal):
        return _of_role(inv, given)
    if inv.break_glass:
        return given
    roles = await desk.roles()
    ended = _not_enough(inv, roles) if inv.ask is not None else None
    return ended or _more_asked(inv, given.approval, roles) or given


async def authority_ended(desk: Desk, inv: Invocation) -> Refusal | None:
    """Why what is left of *inv* may not be sent any more, as far as people and policy go; None where it may."""
    given = await permit(desk, inv.requester, asked_for(inv))
    if isinstance(given, Refusal):
        return given
    waited_for = inv.ask is not None and not inv.break_glass
    return _not_enough(inv, await desk.roles()) if waited_for else None


def _of_role(inv: Invocation, refusal: Refusal) -> Refusal:
    if refusal.why is not Why.NOT_ALLOWED:
        return refusal
    return Refusal(Why.ROLE_ENDED, subject=inv.id, who=(inv.requester,), near=refusal.near)


def _not_enough(inv: Invocation, roles: RoleTable) -> Refusal | None:
    """Every yes must come, now as then, from somebody entitled, for this digest, and not from the requester."""
    assert inv.ask is not None
    yes = _yes(inv)
    good = _entitled(inv, yes, inv.ask.roles, roles)
    if len(good) >= inv.ask.needed:
        return None
    unseen = roles.unseen("approve", inv.snippet, inv.target, inv.ask.roles)
    return Refusal(Why.ROLE_ENDED, subject=inv.id, who=tuple(sorted(yes - good)), near=unseen)


def _more_asked(inv: Invocation, rule: ApprovalRule | None, roles: RoleTable) -> Refusal | None:
    """Policy may ask for more by now than it did when the plan was made; what it asks less does not matter."""
    if rule is None or (size := len(_entitled(inv, _yes(inv), rule.roles, roles))) >= rule.needed:
        return None
    by = f" by role {' or '.join(rule.roles)}" if rule.roles else ""
    return Refusal(Why.PLAN_CHANGED, inv.id, rule=f"approval rule {rule.number}{by}", limit=rule.needed, size=size)


def _yes(inv: Invocation) -> set[UserId]:
    """Who, besides the requester, said yes to what is planned."""
    digest = inv.plan.digest if inv.plan else ""
    return {a.by for a in inv.approvals if a.yes and a.digest == digest} - {inv.requester}


def _entitled(inv: Invocation, users: set[UserId], wanted: tuple[str, ...], roles: RoleTable) -> set[UserId]:
    return {user for user in users if roles.may_approve(user, inv.snippet, inv.target, wanted).allowed}


async def _plan_changed(desk: Desk, cloud: Cloud, inv: Invocation, given: Permit) -> ev.Event | None:
    """Resolve the target again: what was approved must be what would run now.

    A machine that the plan left out may have come back since: what was approved still leaves it out.
    """
    assert inv.plan is not None
    try:
        there = narrowed(await cloud.instances(given.target), inv.only)
    except CloudRefused as error:
        return ev.Voided(Refusal(Why.CLOUD_REFUSED, target=inv.target, hint=words(error)))
    except CloudError as error:
        return later(inv, error, desk)
    left_out = {u.instance for u in inv.plan.unreachable}
    plan = make_plan(given.snippet, given.target, inv.params, tuple(i for i in there if i.id not in left_out))
    if isinstance(plan, Refusal):
        return ev.Voided(plan)
    if plan.digest != inv.plan.digest:
        return ev.Voided(_changed(inv, ", ".join(inv.plan.differences(plan))))
    return None


def _changed(inv: Invocation, what: str) -> Refusal:
    return Refusal(Why.PLAN_CHANGED, subject=inv.id, hint=what)
