"""RunCommand: check everything, then hand it to the machines' agents.

The order of the checks is a guess. RepeatMode=DryRun: that it answers with an InvokeId, and
that its runs end Success without a start and without an exit code, is a guess. Scheduled
modes, containers, launchers and delivery to OSS are not emulated and refused as such.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from bot.sandbox.ecs.actions.content import command_content
from bot.sandbox.ecs.actions.context import Context, refuse_what_is_not_emulated
from bot.sandbox.ecs.actions.instances import has_tags
from bot.sandbox.ecs.actions.limits import check_limits
from bot.sandbox.ecs.errors import ApiError, instance_not_found, instance_not_match
from bot.sandbox.ecs.machine import Machine

MAX_INSTANCES = 100
TYPES = frozenset({"RunShellScript", "RunBatScript", "RunPowerShellScript"})
_REPEAT_MODES = frozenset({"Once", "Period", "NextRebootOnly", "EveryReboot", "DryRun"})
_NOT_EMULATED = {"ContainerId", "ContainerName", "Frequency", "Launcher", "OssOutputDelivery", "ResourceGroupId"}


async def run_command(context: Context) -> dict[str, Any]:
    """{CommandId, InvokeId}. The same ClientToken with the same parameters gives the same ids."""
    params = context.params
    _check_words(context)
    check_limits(params, context.region.min_timeout, context.region.max_timeout)
    content = command_content(params)
    ids = params.get("InstanceId", [])
    if len(ids) > MAX_INSTANCES:
        raise ApiError(403, "InstanceIds.ExceedLimit", "The number of instance IDs exceeds the upper limit.")
    token = params.get("ClientToken")
    if token is not None:
        first_answer = context.region.tokens.claim(context.account_id, token, _digest(params))
        if first_answer is not None:
            return dict(first_answer)
    try:
        await context.midway()
        machines = _machines(context, ids)
        invocation = context.region.accept(
            context.account_id, machines, content.script, params, content_fault=content.fault
        )
    except BaseException:
        if token is not None:
            context.region.tokens.release(context.account_id, token)
        raise
    answer = {"CommandId": invocation.command_id, "InvokeId": invocation.invoke_id}
    if token is not None:
        context.region.tokens.settle(context.account_id, token, answer)
    return dict(answer)


def _check_words(context: Context) -> None:
    """Type, RepeatMode and TerminationMode are one of theirs."""
    params = context.params
    if context.required("Type") not in TYPES:
        raise ApiError(403, "InvalidCmdType.NotFound", "The specified command type does not exist.")
    context.required("CommandContent")
    repeat = params.get("RepeatMode") or "Once"
    if repeat not in _REPEAT_MODES:
        raise ApiError(404, "InvalidRepeatMode.NotFound", "The specified repeat mode does not exist.")
    if (params.get("TerminationMode") or "Process") not in {"Process", "ProcessTree"}:
        message = "The specified parameter TerminationMode does not exist."
        raise ApiError(404, "InvalidTerminationMode.NotFound", message)
    refuse_what_is_not_emulated(params, _NOT_EMULATED)
    if repeat not in {"Once", "DryRun"}:
        raise ApiError(400, "NotEmulated", f"ECS knows RepeatMode={repeat}, this emulator does not.")


def _machines(context: Context, ids: list[str]) -> list[Machine]:
    """The machines to run on; one that does not fit fails the whole call."""
    mine = {one.instance_id: one for one in context.region.machines.values() if one.account_id == context.account_id}
    tags = context.params.get("ResourceTag", [])
    if ids and tags:
        message = "The specified param ResourceTag conflicts with InstanceId."
        raise ApiError(400, "InvalidResourceTag.ConflictWithInstanceIds", message)
    if tags:
        machines = [one for one in mine.values() if has_tags(one, tags)]
        if not machines:
            message = "InstanceIds are not found by the specified ResourceTag."
            raise ApiError(400, "InvalidResourceTag.InstanceNotFound", message)
        if len(machines) > MAX_INSTANCES:
            message = "The number of instance IDs exceeds the upper limit."
            raise ApiError(403, "InstanceIds.ExceedLimit", message)
    elif ids:
        strange = [one for one in ids if one not in mine]
        if strange:
            raise instance_not_found(", ".join(strange))
        machines = [mine[one] for one in dict.fromkeys(ids)]
    else:
        raise ApiError(400, "MissingParam.InstanceId", "The parameter instanceId is missing or empty.")
    wanted = "linux" if context.params["Type"] == "RunShellScript" else "windows"
    unfit = [one.instance_id for one in machines if one.os != wanted or one.status != "Running"]
    if unfit:
        raise instance_not_match(", ".join(unfit))
    return machines


def _digest(params: dict[str, Any]) -> str:
    """What must be the same for a ClientToken to mean the same request."""
    told = {name: value for name, value in params.items() if name != "ClientToken"}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
