"""DescribeInstances and DescribeCloudAssistantStatus: which machines are there, and reachable.

Limits: MaxResults of DescribeInstances is lifted to 10 and cut to 100 (SDK's parameter docs);
up to 100 instance ids in either call (parameter docs; DescribeCloudAssistantStatus page);
pages of DescribeCloudAssistantStatus hold up to 50, and paging does not count where instance
ids are given. Ids that don't exist are left out of both answers; an empty JSON array finds
nothing (both guesses).
"""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Sequence
from typing import Any

from bot.sandbox.ecs.actions.context import Context, refuse_what_is_not_emulated, zulu
from bot.sandbox.ecs.errors import ApiError
from bot.sandbox.ecs.machine import Machine
from bot.sandbox.ecs.paging import paged
from bot.sandbox.ecs.params import SCHEMAS

MAX_IDS = 100
STATUSES = frozenset({"Pending", "Running", "Starting", "Stopping", "Stopped"})
_EMULATED = frozenset(
    {"RegionId", "InstanceIds", "InstanceName", "InstanceType", "PrivateIpAddresses", "Status", "Tag", "ZoneId"}
    | {"MaxResults", "NextToken", "PageNumber", "PageSize", "AdditionalAttributes"}
    | {"OwnerAccount", "OwnerId", "ResourceOwnerAccount", "ResourceOwnerId"}
)
_SYSTEMS = {
    "linux": ("Alibaba Cloud Linux  3.2104 LTS 64位", "Alibaba Cloud Linux 3.2104 LTS 64 bit"),
    "windows": (
        "Windows Server  2022 数据中心版 64位中文版",
        "Windows Server 2022 Data Center Edition 64 bit",
    ),
}


async def describe_instances(context: Context) -> dict[str, Any]:
    """{Instances: {Instance: […]}, …paging}."""
    params = dict(context.params)
    refuse_what_is_not_emulated(params, set(SCHEMAS["DescribeInstances"].names - _EMULATED))
    if "MaxResults" in params:
        params["MaxResults"] = min(max(params["MaxResults"], 10), 100)
    elif params.get("NextToken"):
        params["MaxResults"] = 10
    found = [machine for machine in _mine(context) if _fits(machine, params)]
    page = paged(found, params, lambda machine: machine.instance_id, 100)
    rows = [_instance(machine, context) for machine in page.items]
    return {"Instances": {"Instance": rows}, **page.fields}


async def describe_cloud_assistant_status(context: Context) -> dict[str, Any]:
    """{InstanceCloudAssistantStatusSet: {InstanceCloudAssistantStatus: […]}, …paging}.

    CloudAssistantStatus is the text true or false: a heartbeat in the last two minutes.
    """
    params = context.params
    ids = params.get("InstanceId", [])
    if len(ids) > MAX_IDS:
        raise ApiError(403, "InstanceIds.ExceedLimit", "The number of instance IDs exceeds the upper limit.")
    os = params.get("OSType", "").lower()
    found = [
        machine for machine in _mine(context) if (not ids or machine.instance_id in ids) and os in ("", machine.os)
    ]
    shown: Sequence[Machine] = found
    fields: dict[str, Any] = {"PageNumber": 1, "PageSize": 10, "TotalCount": len(found), "NextToken": ""}
    if not ids:
        page = paged(found, params, lambda machine: machine.instance_id, 50)
        shown, fields = page.items, page.fields
    rows = [_assistant(machine, context) for machine in shown]
    return {"InstanceCloudAssistantStatusSet": {"InstanceCloudAssistantStatus": rows}, **fields}


def _mine(context: Context) -> list[Machine]:
    return [one for one in context.region.machines.values() if one.account_id == context.account_id]


def _fits(machine: Machine, params: dict[str, Any]) -> bool:
    ids = _json_list(params, "InstanceIds")
    addresses = _json_list(params, "PrivateIpAddresses")
    status = params.get("Status", "")
    if status and status not in STATUSES:
        raise ApiError(400, "InvalidStatus.NotFound", "The specified instance status does not exist.")
    return (
        (ids is None or machine.instance_id in ids)
        and (addresses is None or machine.private_ip in addresses)
        and status in ("", machine.status)
        and params.get("ZoneId") in (None, "", machine.zone)
        and params.get("InstanceType") in (None, "", machine.instance_type)
        and fnmatch.fnmatchcase(machine.name, params.get("InstanceName") or "*")
        and has_tags(machine, params.get("Tag", []))
    )


def has_tags(machine: Machine, tags: list[dict[str, str]]) -> bool:
    """All of *tags*; one without a Value asks for the key alone."""
    return all(
        tag.get("Key", "") in machine.tags and ("Value" not in tag or machine.tags[tag["Key"]] == tag["Value"])
        for tag in tags
    )


def _json_list(params: dict[str, Any], name: str) -> list[str] | None:
    """A JSON array of at most 100 strings; None where it is not given. Codes: guesses in ECS's style."""
    text = params.get(name)
    if not text:
        return None
    try:
        values = json.loads(text)
    except json.JSONDecodeError:
        values = None
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ApiError(400, f"Invalid{name}.Malformed", f"The specified {name} is no JSON array of strings.")
    if len(values) > MAX_IDS:
        raise ApiError(400, f"Invalid{name}.Malformed", f"The specified {name} has more than {MAX_IDS} entries.")
    return values


def _instance(machine: Machine, context: Context) -> dict[str, Any]:
    name, name_en = _SYSTEMS[machine.os]
    return {
        "InstanceId": machine.instance_id,
        "InstanceName": machine.name,
        "HostName": machine.name,
        "Status": machine.status,
        "OSType": machine.os,
        "OSName": name,
        "OSNameEn": name_en,
        "RegionId": context.region.region_id,
        "ZoneId": machine.zone,
        "InstanceType": machine.instance_type,
        "InstanceTypeFamily": machine.instance_type.rpartition(".")[0],
        "InstanceNetworkType": "vpc",
        "InstanceChargeType": "PostPaid",
        "Cpu": 2,
        "Memory": 8192,
        "CreationTime": "2026-01-05T08:00Z",
        "StartTime": "2026-01-05T08:01Z",
        "PublicIpAddress": {"IpAddress": []},
        "VpcAttributes": {
            "PrivateIpAddress": {"IpAddress": [machine.private_ip]},
            "VpcId": "vpc-bp1sandbox",
            "VSwitchId": "vsw-bp1sandbox",
            "NatIpAddress": "",
        },
        "Tags": {"Tag": [{"TagKey": key, "TagValue": value} for key, value in machine.tags.items()]},
    }


def _assistant(machine: Machine, context: Context) -> dict[str, Any]:
    online = machine.reachable
    return {
        "InstanceId": machine.instance_id,
        "CloudAssistantStatus": "true" if online else "false",
        "CloudAssistantVersion": "2.2.4.1068" if machine.os == "linux" else "2.1.4.1068",
        "OSType": "Linux" if machine.os == "linux" else "Windows",
        "ActiveTaskCount": machine.active,
        "InvocationCount": machine.runs,
        "LastHeartbeatTime": zulu(context.region.clock.now()) if online else "2026-01-05T08:01:00Z",
        "LastInvokedTime": zulu(machine.last_invoked),
        "SupportSessionManager": True,
    }
