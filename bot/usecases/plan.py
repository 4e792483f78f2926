"""From a recorded invocation to a frozen plan: the target resolved, the scripts rendered."""

from datetime import datetime, timedelta

from bot.domain import events as ev
from bot.domain.access import RoleTable
from bot.domain.catalog import Catalog, OsType, Snippet, Target
from bot.domain.invocation import Invocation
from bot.domain.pacing import STALE_AFTER, back_off
from bot.domain.plan import Instance, Part, Plan, Unreachable, seconds
from bot.domain.refusal import Refusal, Why
from bot.domain.snippet import bind, render
from bot.domain.verb import Run
from bot.errors import CloudError, CloudRefused, CloudTryAgain
from bot.ports import Cloud
from bot.usecases.desk import Desk, move, since
from bot.usecases.run import check

PATIENCE = timedelta(minutes=2)
"""How long the cloud may stay silent before a request is refused rather than run late."""


async def plan_it(desk: Desk, cloud: Cloud, invocation: Invocation) -> None:
    """Resolve the target and freeze the plan, or say why there is none. Nothing runs here."""
    await move(desk, invocation.id, await _outcome(desk, cloud, invocation))


async def _outcome(desk: Desk, cloud: Cloud, inv: Invocation) -> ev.Event:
    if too_old(inv, desk.clock.now()):
        return ev.NotPlanned(Refusal(Why.TOO_OLD, subject=inv.id))
    catalog, roles = desk.catalog(), await desk.roles()
    checked = check(catalog, roles, inv.requester, Run(inv.snippet, inv.target, inv.params, inv.reason))
    if isinstance(checked, Refusal):  # since it was asked, a role ended or the catalogue changed
        return ev.NotPlanned(checked)
    snippet, target = checked
    try:
        plan = make_plan(snippet, target, inv.params, await cloud.instances(target))
    except CloudRefused as error:
        return ev.NotPlanned(Refusal(Why.CLOUD_REFUSED, target=target.name, hint=words(error)))
    except CloudError as error:
        return later(inv, error, desk)
    if isinstance(plan, Refusal):
        return ev.NotPlanned(plan)
    return _planned(catalog, roles, inv, plan)


def _planned(catalog: Catalog, roles: RoleTable, inv: Invocation, plan: Plan) -> ev.Event:
    rule = catalog.policy.approval_for(catalog.snippets[plan.snippet], catalog.targets[plan.target])
    if rule is None:
        return ev.Planned(plan)
    approvers = roles.approvers(plan.snippet, plan.target, rule.roles) - {inv.requester}
    return ev.Planned(plan, rule, tuple(sorted(approvers)))


def later(inv: Invocation, error: CloudError, desk: Desk) -> ev.Event:
    """Ask the cloud again soon; after PATIENCE, nothing runs: a command must not start when nobody expects it."""
    now = desk.clock.now()
    waited = since(_ready_at(inv), now)
    refusal = Refusal(Why.CLOUD_SILENT, target=inv.target, hint=words(error))
    if waited > PATIENCE.total_seconds():
        return ev.NotPlanned(refusal) if inv.plan is None else ev.Voided(refusal)
    asked = error.after if isinstance(error, CloudTryAgain) else None
    wait = max(back_off(1, asked), timedelta(seconds=waited / 2))
    return ev.Later(now + min(wait, timedelta(seconds=15)), words(error))


def _ready_at(inv: Invocation) -> datetime:
    """Since when nothing but the bot and the cloud holds it up: the request, or the last approval."""
    return max([inv.created_at, *(a.at for a in inv.approvals)])


def too_old(inv: Invocation, now: datetime) -> bool:
    """Did it wait so long for the bot itself that nobody expects it to run any more?"""
    return since(_ready_at(inv), now) > STALE_AFTER.total_seconds()


def make_plan(
    snippet: Snippet, target: Target, params: tuple[tuple[str, str], ...], instances: tuple[Instance, ...]
) -> Plan | Refusal:
    """Freeze what would run on those of *instances* that can be reached; name the others."""
    values = bind(snippet, params)
    if isinstance(values, Refusal):
        return values
    parts: list[Part] = []
    unreachable = [Unreachable(i.id, i.name, i.obstacle) for i in instances if i.obstacle]
    for os in OsType:
        ready = tuple((i.id, i.name) for i in instances if i.os is os and not i.obstacle)
        if not ready:
            continue
        script = snippet.scripts.get(os)
        if script is None:
            unreachable += [Unreachable(i, name, "NoScript") for i, name in ready]
            continue
        parts.append(Part(script.shell, render(script, values), ready))
    if not parts:
        hint = ", ".join(f"{u.name or u.instance}: {u.why}" for u in unreachable[:10])
        return Refusal(Why.NO_MACHINES, subject=target.name, hint=hint, size=len(unreachable))
    size = sum(len(part.instances) for part in parts)
    if size > target.max_instances:
        return Refusal(Why.TOO_MANY_MACHINES, subject=target.name, limit=target.max_instances, size=size)
    return Plan(
        snippet=snippet.name,
        target=target.name,
        env=target.env,
        account=target.account,
        region=target.region,
        params=values,
        parts=tuple(parts),
        timeout=seconds(snippet.timeout),
        user=snippet.user,
        unreachable=tuple(unreachable),
        redact=snippet.redact,
    )


def words(error: CloudError) -> str:
    """ECS's code and message, or what went wrong on the way."""
    return f"{error.code}: {error}" if error.code else str(error)
