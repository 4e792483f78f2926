"""From a snippet, a target and the machines there are to a plan. Pure: what the machines are, the cloud said before."""

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.catalog import OsType, Snippet, Target
from bot.domain.plan import Instance, Part, Plan, Unreachable, seconds
from bot.domain.refusal import Refusal, Why
from bot.domain.snippet import bind, render


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
        return nothing_ready(target.name, tuple(unreachable))
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
        exclusive=snippet.exclusive,
    )


def without(plan: Plan, unfit: Mapping[str, str]) -> Plan | Refusal:
    """*plan* without the instances of *unfit* (id → why), which it names as unreachable."""
    if not unfit:
        return plan
    names = plan.names
    parts = tuple(
        replace(part, instances=kept)
        for part in plan.parts
        if (kept := tuple((i, name) for i, name in part.instances if i not in unfit))
    )
    left_out = tuple(Unreachable(i, names.get(i, ""), why) for i, why in sorted(unfit.items()) if i in names)
    unreachable = (*(u for u in plan.unreachable if u.instance not in unfit), *left_out)
    if not parts:
        return nothing_ready(plan.target, unreachable)
    return replace(plan, parts=parts, unreachable=unreachable)


def nothing_ready(target: str, unreachable: tuple[Unreachable, ...]) -> Refusal:
    """None of the target's machines can run anything."""
    hint = ", ".join(f"{u.name or u.instance}: {u.why}" for u in unreachable[:10])
    return Refusal(Why.NO_MACHINES, subject=target, hint=hint, size=len(unreachable))
