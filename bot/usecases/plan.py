"""From a recorded invocation to a frozen plan: the target resolved, the scripts rendered, everything tried dry."""

from datetime import datetime, timedelta

from bot.domain import events as ev
from bot.domain.access import RoleTable, UserId
from bot.domain.again import narrowed
from bot.domain.catalog import ApprovalRule
from bot.domain.guards import MANY, off_hours
from bot.domain.invocation import Alarm, Invocation
from bot.domain.pacing import STALE_AFTER, back_off
from bot.domain.plan import Plan
from bot.domain.planning import make_plan, without
from bot.domain.refusal import Refusal, Why
from bot.errors import CloudError, CloudRefused, CloudTryAgain
from bot.ports import Chat, Cloud
from bot.usecases.about import about
from bot.usecases.desk import Desk, move, since
from bot.usecases.permit import Permit, permit
from bot.usecases.preflight import unfit
from bot.usecases.run import asked_for

PATIENCE = timedelta(minutes=2)
"""How long the cloud may stay silent before a request is refused rather than run late."""

_PROD = frozenset({"prod", "production"})


@about(lambda _desk, _cloud, _chat, invocation: invocation.id)
async def plan_it(desk: Desk, cloud: Cloud, chat: Chat, invocation: Invocation) -> None:
    """Resolve the target and freeze the plan, or say why there is none. Nothing runs here."""
    await move(desk, invocation.id, await _outcome(desk, cloud, chat, invocation))


async def _outcome(desk: Desk, cloud: Cloud, chat: Chat, inv: Invocation) -> ev.Event:
    if too_old(inv, desk.clock.now()):
        return ev.NotPlanned(Refusal(Why.TOO_OLD, subject=inv.id))
    given = await permit(desk, inv.requester, asked_for(inv), channel=inv.asked_in or inv.home)
    if isinstance(given, Refusal):  # since it was asked, a role ended, a lock came, the catalogue changed
        return ev.NotPlanned(given)
    rule = given.approval
    if given.break_glass and rule is None:
        rule = ApprovalRule(number=0, reason=True)  # nobody is waited for, but somebody has to review it
    try:
        plan = await _plan(desk, cloud, inv, given, dry=rule is not None and not given.break_glass)
    except CloudRefused as error:
        return ev.NotPlanned(Refusal(Why.CLOUD_REFUSED, target=inv.target, hint=words(error)))
    except CloudError as error:
        return later(inv, error, desk)
    if isinstance(plan, Refusal):
        return ev.NotPlanned(plan)
    return ev.Planned(plan) if rule is None else await _to_approve(desk, chat, inv, plan, rule)


async def _plan(desk: Desk, cloud: Cloud, inv: Invocation, given: Permit, *, dry: bool) -> Plan | Refusal:
    """The plan; *dry*: what nobody could run is found out before anybody is woken."""
    there = narrowed(await cloud.instances(given.target), inv.only)
    plan = make_plan(given.snippet, given.target, inv.params, there)
    if dry and isinstance(plan, Plan):
        plan = without(plan, await unfit(cloud, inv, plan))
    most = desk.catalog().policy.limits.machines
    if isinstance(plan, Plan) and most is not None and plan.size > most:
        return Refusal(Why.TOO_MANY_MACHINES, plan.target, rule="limits.machines", limit=most, size=plan.size)
    return plan


async def _to_approve(desk: Desk, chat: Chat, inv: Invocation, plan: Plan, rule: ApprovalRule) -> ev.Event:
    """Whom to tell, and what they have to see; refused at once where too few people could ever say yes."""
    roles = await desk.roles()
    entitled = roles.approvers(plan.snippet, plan.target, rule.roles) - {inv.requester}
    approvers = tuple(sorted(await chat.reachable(entitled)))
    if len(approvers) < rule.needed and not inv.break_glass:
        return ev.NotPlanned(_no_quorum(plan, rule, approvers, roles))
    return ev.Planned(plan, rule, approvers, await _alarms(desk, plan))


def _no_quorum(plan: Plan, rule: ApprovalRule, approvers: tuple[UserId, ...], roles: RoleTable) -> Refusal:
    return Refusal(
        Why.NO_QUORUM,
        plan.snippet,
        plan.target,
        rule=f"approval rule {rule.number}",
        limit=rule.needed,
        size=len(approvers),
        who=approvers,
        near=roles.unseen("approve", plan.snippet, plan.target, rule.roles),
    )


async def _alarms(desk: Desk, plan: Plan) -> tuple[Alarm, ...]:
    hours = desk.catalog().policy.hours
    found = {
        Alarm.PROD: plan.env.lower() in _PROD,
        Alarm.MANY: plan.size >= MANY,
        Alarm.FIRST_USE: not await desk.store.succeeded_before(plan.snippet, plan.target),
        Alarm.OFF_HOURS: off_hours(hours, desk.clock.now()),
    }
    return tuple(alarm for alarm, there in found.items() if there)


def later(inv: Invocation, error: CloudError, desk: Desk) -> ev.Event:
    """Ask the cloud again soon; after PATIENCE, nothing runs: a command must not start when nobody expects it."""
    now = desk.clock.now()
    refusal = Refusal(Why.CLOUD_SILENT, target=inv.target, hint=words(error))
    if waited(inv, now) > PATIENCE:
        return ev.NotPlanned(refusal) if inv.plan is None else ev.Voided(refusal)
    asked = error.after if isinstance(error, CloudTryAgain) else None
    wait = max(back_off(1, asked), waited(inv, now) / 2)
    return ev.Later(now + min(wait, timedelta(seconds=15)), words(error))


def waited(inv: Invocation, now: datetime) -> timedelta:
    """How long nothing but the bot and the cloud has held it up: since the request, or the last approval."""
    return timedelta(seconds=since(max([inv.created_at, *(a.at for a in inv.approvals)]), now))


def too_old(inv: Invocation, now: datetime) -> bool:
    """Did it wait so long for the bot itself that nobody expects it to run any more?"""
    return waited(inv, now) > STALE_AFTER


def words(error: CloudError) -> str:
    """ECS's code and message, or what went wrong on the way."""
    return str(error) if error.code in str(error) else f"{error.code}: {error}"
