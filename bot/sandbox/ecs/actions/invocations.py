"""DescribeInvocations and DescribeInvocationResults: what became of it.

Field names are those of the SDK's response models. Output and CommandContent are Base64
unless ContentEncoding is PlainText. Without an InvokeId both list everybody's runs, newest
first: the trap that the reference warns of. An InvokeId that is not known is no error: the
list is empty (guess; the error tables name none).
"""

from __future__ import annotations

import base64
import json
from typing import Any

from bot.sandbox.ecs.actions.context import Context, refuse_what_is_not_emulated, zulu
from bot.sandbox.ecs.errors import ApiError
from bot.sandbox.ecs.invocations import Invocation, Run
from bot.sandbox.ecs.paging import paged

MAX_PAGE = 50


async def describe_invocations(context: Context) -> dict[str, Any]:
    """{Invocations: {Invocation: […]}, …paging}; per-machine rows in InvokeInstances."""
    params = context.params
    refuse_what_is_not_emulated(params, {"ResourceGroupId", "Timed"})
    include_output = params.get("IncludeOutput", False)
    if include_output and not params.get("InvokeId") and not params.get("InstanceId"):
        message = "IncludeOutput needs an InvokeId or an InstanceId."
        raise ApiError(400, "MissingParameter.InvokeId", message)  # the rule is documented, the code a guess
    found = [one for one in _seen(context) if _fits(one, params)]
    page = paged(found, params, lambda one: one.invoke_id, MAX_PAGE)
    plain = _plain(params)
    limit = context.region.invoke_instances_limit
    rows = [_invocation(one, params, plain, include_output, limit) for one in page.items]
    return {"Invocations": {"Invocation": rows}, **page.fields}


async def describe_invocation_results(context: Context) -> dict[str, Any]:
    """{Invocation: {InvocationResults: {InvocationResult: […]}, …paging}}: one row per machine."""
    params = context.params
    refuse_what_is_not_emulated(params, {"ResourceGroupId", "IncludeHistory"})
    found = [
        (one, run)
        for one in _seen(context)
        if _fits(one, {**params, "InvokeStatus": ""})
        for run in one.runs
        if _run_fits(run, params)
    ]
    page = paged(found, params, lambda pair: f"{pair[0].invoke_id}/{pair[1].machine.instance_id}", MAX_PAGE)
    plain = _plain(params)
    rows = [_result(one, run, plain) for one, run in page.items]
    return {"Invocation": {"InvocationResults": {"InvocationResult": rows}, **page.fields}}


def _seen(context: Context) -> list[Invocation]:
    """What is visible by now: an invocation may take some describes to show up."""
    shown = []
    for invocation in context.region.retained(context.account_id):
        if invocation.hidden_for:
            invocation.hidden_for -= 1
        else:
            shown.append(invocation)
    return shown


def _fits(one: Invocation, params: dict[str, Any]) -> bool:
    instance_id = params.get("InstanceId")
    tags = [(tag.get("Key", ""), tag.get("Value")) for tag in params.get("Tag", [])]
    return (
        params.get("InvokeId") in (None, "", one.invoke_id)
        and params.get("CommandId") in (None, "", one.command_id)
        and params.get("CommandType") in (None, "", one.params["Type"])
        and params.get("RepeatMode") in (None, "", one.params.get("RepeatMode") or "Once")
        and (bool(instance_id) or params.get("CommandName") in (None, "", one.params.get("Name", "")))
        and params.get("InvokeStatus") in (None, "", one.legacy_status, one.status)
        and (not instance_id or any(run.machine.instance_id == instance_id for run in one.runs))
        and all(any(key == k and value in (None, v) for k, v in one.tags) for key, value in tags)
    )


def _run_fits(run: Run, params: dict[str, Any]) -> bool:
    return params.get("InstanceId") in (None, "", run.machine.instance_id) and params.get("InvokeRecordStatus") in (
        None,
        "",
        run.legacy_status,
        run.status,
    )


def _plain(params: dict[str, Any]) -> bool:
    return bool(params.get("ContentEncoding", "Base64").lower() == "plaintext")


def _text(data: bytes, plain: bool) -> str:
    return data.decode(errors="replace") if plain else base64.b64encode(data).decode()


def _tags(one: Invocation) -> dict[str, Any]:
    return {"Tag": [{"TagKey": key, "TagValue": value} for key, value in one.tags]}


def _invocation(
    one: Invocation, params: dict[str, Any], plain: bool, include_output: bool, limit: int | None
) -> dict[str, Any]:
    instance_id = params.get("InstanceId")
    runs = [run for run in one.runs if not instance_id or run.machine.instance_id == instance_id][:limit]
    sent = one.params
    return {
        "InvokeId": one.invoke_id,
        "CommandId": one.command_id,
        "CommandName": sent.get("Name", ""),
        "CommandDescription": sent.get("Description", ""),
        "CommandType": sent["Type"],
        "CommandContent": _text(one.script.encode(), plain),
        "CreationTime": zulu(one.created),
        "Frequency": "",
        "InvocationStatus": one.status,
        "InvokeStatus": one.legacy_status,
        "Parameters": json.dumps(sent.get("Parameters") or {}),
        "RepeatMode": sent.get("RepeatMode") or "Once",
        "Tags": _tags(one),
        "TerminationMode": sent.get("TerminationMode", ""),
        "Timed": False,
        "Timeout": one.timeout,
        "Username": sent.get("Username", ""),
        "WorkingDir": sent.get("WorkingDir", ""),
        "InvokeInstances": {"InvokeInstance": [_instance(run, plain, include_output) for run in runs]},
    }


def _instance(run: Run, plain: bool, include_output: bool) -> dict[str, Any]:
    row = {
        "InstanceId": run.machine.instance_id,
        "InvocationStatus": run.status,
        "InstanceInvokeStatus": run.legacy_status,
        "CreationTime": zulu(run.created),
        "StartTime": zulu(run.started),
        "FinishTime": zulu(run.finished),
        "StopTime": zulu(run.stopped),
        "UpdateTime": zulu(run.updated),
        "Repeats": 1 if run.started else 0,
        "Timed": False,
        **_outcome(run),
    }
    if include_output:
        row["Output"] = _text(run.visible_output, plain)
    return row


def _result(one: Invocation, run: Run, plain: bool) -> dict[str, Any]:
    return {
        "InvokeId": one.invoke_id,
        "CommandId": one.command_id,
        "InstanceId": run.machine.instance_id,
        "InvocationStatus": run.status,
        "InvokeRecordStatus": run.legacy_status,
        "StartTime": zulu(run.started),
        "FinishedTime": zulu(run.finished),
        "StopTime": zulu(run.stopped),
        "Repeats": 1 if run.started else 0,
        "Output": _text(run.visible_output, plain),
        "Tags": _tags(one),
        "TerminationMode": one.params.get("TerminationMode", ""),
        "Username": one.params.get("Username", ""),
        **_outcome(run),
    }


def _outcome(run: Run) -> dict[str, Any]:
    """ExitCode is absent where no script came to its end."""
    outcome: dict[str, Any] = {
        "Dropped": run.dropped,
        "ErrorCode": run.error_code,
        "ErrorInfo": run.error_info,
    }
    if run.exit_code is not None:
        outcome["ExitCode"] = run.exit_code
    return outcome
