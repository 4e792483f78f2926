"""StopInvocation: ask for the end of an invocation, on all of its machines or on some.

Codes and statuses: error table of the StopInvocation page (2025-12). What ECS answers for a
run that is already final is not said there; here nothing happens and the answer is 200 (guess).
"""

from __future__ import annotations

from typing import Any

from bot.sandbox.ecs.actions.context import Context
from bot.sandbox.ecs.errors import ApiError

MAX_INSTANCES = 50


async def stop_invocation(context: Context) -> dict[str, Any]:
    """Answers before anything has stopped: poll for Stopping, then Terminated or Cancelled."""
    invoke_id = context.required("InvokeId")
    ids = context.params.get("InstanceId", [])
    if len(ids) > MAX_INSTANCES:
        raise ApiError(403, "InstanceIds.ExceedLimit", "The number of instance IDs exceeds the upper limit.")
    found = next((one for one in context.region.retained(context.account_id) if one.invoke_id == invoke_id), None)
    if found is None:
        raise ApiError(404, "InvalidInvokeId.NotFound", "The specified invoke ID does not exist.")
    known = {run.machine.instance_id for run in found.runs}
    strange = [one for one in ids if one not in known]
    if strange:
        message = f"The specified parameter InstanceId does not exist: {', '.join(strange)}"
        raise ApiError(404, "InvalidInstanceId.NotFound", message)
    await context.midway()
    for run in found.runs:
        if not ids or run.machine.instance_id in ids:
            context.region.stop(run)
    return {}
