"""At the moment of dispatch: is what is about to be sent still allowed, approved and the same?"""

from bot.domain import events as ev
from bot.domain.access import RoleTable
from bot.domain.invocation import Invocation
from bot.domain.plan import Plan
from bot.domain.planning import make_plan, without
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
    given = await permit(desk, inv.requester, asked_for(inv))
    if isinstance(given, Refusal):
        return ev.Voided(_of_role(inv, given))
    if inv.ask is None or inv.break_glass:
        # Nobody approved it: should policy ask for approval by now, it was not given.
        missing = given.approval is not None and not inv.break_glass
        return ev.Voided(_changed(inv, "policy asks for approval now")) if missing else None
    if (ended := _not_enough(inv, await desk.roles())) is not None:
        return ev.Voided(ended)
    return await _plan_changed(desk, cloud, inv, given)


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
    return Refusal(Why.ROLE_ENDED, subject=inv.id, who=(inv.requester,))


def _not_enough(inv: Invocation, roles: RoleTable) -> Refusal | None:
    """Every yes must come, now as then, from somebody entitled, for this digest, and not from the requester."""
    assert inv.ask is not None
    assert inv.plan is not None
    digest, wanted = inv.plan.digest, inv.ask.roles
    yes = {a.by for a in inv.approvals if a.yes and a.digest == digest} - {inv.requester}
    good = {by for by in yes if roles.may_approve(by, inv.snippet, inv.target, wanted).allowed}
    if len(good) >= inv.ask.needed:
        return None
    return Refusal(Why.ROLE_ENDED, subject=inv.id, who=tuple(sorted(yes - good)))


async def _plan_changed(desk: Desk, cloud: Cloud, inv: Invocation, given: Permit) -> ev.Event | None:
    """Resolve the target again: what was approved must be what would run now.

    A machine that the plan left out may have come back since: what was approved still leaves it out.
    """
    assert inv.plan is not None
    try:
        plan = make_plan(given.snippet, given.target, inv.params, await cloud.instances(given.target))
    except CloudRefused as error:
        return ev.Voided(Refusal(Why.CLOUD_REFUSED, target=inv.target, hint=words(error)))
    except CloudError as error:
        return later(inv, error, desk)
    if isinstance(plan, Plan):
        plan = without(plan, {u.instance: u.why for u in inv.plan.unreachable})
    if isinstance(plan, Refusal):
        return ev.Voided(plan)
    if plan.digest != inv.plan.digest:
        return ev.Voided(_changed(inv, ", ".join(inv.plan.differences(plan))))
    return None


def _changed(inv: Invocation, what: str) -> Refusal:
    return Refusal(Why.PLAN_CHANGED, subject=inv.id, hint=what)
