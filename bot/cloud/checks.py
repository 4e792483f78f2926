"""What `check` finds out about the cloud before anybody needs it."""

import itertools
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.cloud import machines, runs
from bot.cloud.line import Line, together
from bot.domain.catalog import OsType, Shell, Target
from bot.domain.plan import Instance
from bot.errors import CloudError, CloudRefused, CloudTryAgain
from bot.ports import Order

NO_SUCH_RUN = "t-ecs-chatops-check"
"""An InvokeId that no run has: StopInvocation of it is refused as not found, if it is permitted."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. *ok* None: it could not be tried. *todo*: what to do where it isn't ok."""

    name: str
    ok: bool | None
    todo: str = ""


async def check(line: Line, targets: Sequence[Target]) -> tuple[Check, ...]:
    """Reachability, credentials and every permission, per account and region of *targets*. Raises nothing.

    Nothing is run: RunCommand is tried as a dry run on one machine that could take it.
    """
    places = itertools.groupby(sorted(targets, key=_place), key=_place)
    done = await together(_check_place(line, place, tuple(there)) for place, there in places)
    return tuple(itertools.chain.from_iterable(done))


def _place(target: Target) -> tuple[str, str]:
    return target.account, target.region


async def _check_place(line: Line, place: tuple[str, str], targets: tuple[Target, ...]) -> list[Check]:
    where = f"{place[1]}" if place[0] == "default" else f"{place[0]}/{place[1]}"
    try:
        await line.call(*place, "DescribeInstances", max_results=10)
    except CloudTryAgain as error:
        return [Check(f"{where}: reachable", ok=False, todo=_mend_reach(error))]
    except CloudError as error:
        if not _denied(error):
            return [Check(f"{where}: credentials", ok=False, todo=_mend_key(error))]
    found: list[Instance] = []

    async def look_for_machines() -> None:
        for target in targets:
            found.extend(await machines.describe(line, target))

    tried = [
        Check(f"{where}: reachable", ok=True),
        Check(f"{where}: credentials", ok=True),
        await _permitted(where, "DescribeInstances", lambda: line.call(*place, "DescribeInstances", max_results=10)),
        await _permitted(
            where,
            "DescribeCloudAssistantStatus",
            lambda: line.call(*place, "DescribeCloudAssistantStatus", max_results=10),
        ),
        await _permitted(
            where,
            "DescribeInvocations",
            lambda: line.call(*place, "DescribeInvocations", invoke_id=NO_SUCH_RUN, max_results=10),
        ),
        await _permitted(
            where,
            "DescribeInvocationResults",
            lambda: line.call(*place, "DescribeInvocationResults", invoke_id=NO_SUCH_RUN, max_results=10),
        ),
    ]
    try:
        await look_for_machines()
    except CloudError:
        found.clear()
    ready = next((instance for instance in found if not instance.obstacle), None)
    tried.append(await _dry_run(line, place, where, ready))
    stopping = ready.id if ready else "i-ecs-chatops-check"
    tried.append(
        await _permitted(
            where,
            "StopInvocation",
            lambda: line.call(*place, "StopInvocation", invoke_id=NO_SUCH_RUN, instance_id=[stopping]),
        )
    )
    return tried


async def _dry_run(line: Line, place: tuple[str, str], where: str, ready: Instance | None) -> Check:
    if ready is None:
        return Check(f"{where}: ecs:RunCommand", ok=None, todo="no target has a running machine with its agent online")
    order = Order(
        account=place[0],
        region=place[1],
        name="ecs-chatops-check",
        shell=Shell.POWERSHELL if ready.os is OsType.WINDOWS else Shell.BASH,
        content="exit 0",
        instances=(ready.id,),
        timeout=60,
        client_token=f"check-{uuid.uuid4()}",
        dry_run=True,
    )
    return await _permitted(where, "RunCommand", lambda: runs.run(line, order))


async def _permitted(where: str, action: str, attempt: Callable[[], Awaitable[object]]) -> Check:
    """Is *action* permitted? Any answer but a denial means that it is: a refusal of the rest comes after it."""
    name = f"{where}: ecs:{action}"
    try:
        await attempt()
    except CloudRefused as error:
        if _denied(error):
            return Check(name, ok=False, todo=f"allow ecs:{action} in the RAM policy")
    except CloudError as error:
        return Check(name, ok=None, todo=_mend_reach(error))
    return Check(name, ok=True)


def _denied(error: CloudError) -> bool:
    return error.code.startswith(("Forbidden", "NoPermission", "UnauthorizedOperation"))


def _mend_key(error: CloudError) -> str:
    return f"check the access key, its secret and the region ({error.code or error})"


def _mend_reach(error: CloudError) -> str:
    if error.code:
        return f"ECS can't answer now ({error.code}): try again"
    return f"let the bot reach ECS: network, proxy, ALIBABA_CLOUD_ECS_ENDPOINT ({error})"
