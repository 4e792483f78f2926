"""RunCommand with RepeatMode=DryRun: what ECS would refuse is known before anybody is asked to approve it."""

import hashlib
import json

from bot.domain.invocation import Invocation
from bot.domain.plan import Plan, cut
from bot.errors import CloudRefused
from bot.ports import Cloud, Order

CALLS = 40
"""Dry runs for one plan at most: enough to find a handful of unfit machines among a hundred by halving."""

_OF_ONE_MACHINE = "InvalidInstance"


async def unfit(cloud: Cloud, inv: Invocation, plan: Plan) -> dict[str, str]:
    """Instance id → ECS's code, for those that ECS would not run this on. Nothing runs.

    One unfit instance makes ECS refuse the whole call, and its answer does not always name it:
    the instances are halved until those that are to blame are found. A refusal that is not about
    an instance (a missing right, say), or too many of them, is raised as it came: CloudRefused.
    """
    found: dict[str, str] = {}
    calls = 0
    refusal: CloudRefused | None = None
    portions = list(cut(plan))
    while portions:
        if refusal is not None and calls >= CALLS:
            raise refusal
        part, ids = portions.pop()
        calls += 1
        try:
            await cloud.run(_order(inv, plan, (part, ids)))
        except CloudRefused as error:
            if not error.code.startswith(_OF_ONE_MACHINE):
                raise
            refusal = error
            if len(ids) == 1:
                found[ids[0]] = error.code
            else:
                half = len(ids) // 2
                portions += [(part, ids[:half]), (part, ids[half:])]
    return found


def _order(inv: Invocation, plan: Plan, portion: tuple[int, tuple[str, ...]]) -> Order:
    part, ids = plan.parts[portion[0]], portion[1]
    return Order(
        account=plan.account,
        region=plan.region,
        name=f"ecs-{inv.id}-dry",
        shell=part.shell,
        content=part.content,
        instances=ids,
        timeout=plan.timeout,
        client_token=f"{inv.id}-dry-{inv.version}-{_digest(plan, portion)}",
        user=plan.user,
        dry_run=True,
    )


def _digest(plan: Plan, portion: tuple[int, tuple[str, ...]]) -> str:
    """Of all that is tried: ECS refuses a token that it knows with other content, as after a crash while planning."""
    part, ids = plan.parts[portion[0]], portion[1]
    tried = json.dumps([part.shell, part.content, ids, plan.timeout, plan.user])
    return hashlib.sha256(tried.encode()).hexdigest()[:32]
