"""The parameters of each action: names, types, and how they lie flat in the query string.

Names and types are those of the request models of the SDK 7.11.8 (a test compares them).
``InstanceId.1`` is a list, ``Tag.1.Key`` a list of pairs, Parameters is JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.ecs.errors import ApiError, invalid, unknown_parameter

_OWNER_STRINGS = "OwnerAccount ResourceOwnerAccount"
_OWNER_INTEGERS = "OwnerId ResourceOwnerId"
_PAGING = "MaxResults PageNumber PageSize"
_INDEX = re.compile(r"^(?P<name>[A-Za-z0-9]+)\.(?P<index>[1-9][0-9]{0,3})(?:\.(?P<part>Key|Value))?$")


@dataclass(frozen=True)
class Schema:
    """What an action takes. *pairs* are lists of Key and Value."""

    strings: frozenset[str]
    integers: frozenset[str] = frozenset()
    booleans: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    pairs: frozenset[str] = frozenset()
    json: frozenset[str] = field(default=frozenset())

    @property
    def names(self) -> frozenset[str]:
        return self.strings | self.integers | self.booleans | self.lists | self.pairs | self.json


def _schema(
    *, strings: str = "", integers: str = "", booleans: str = "", lists: str = "", pairs: str = "", as_json: str = ""
) -> Schema:
    return Schema(
        strings=frozenset(f"{strings} {_OWNER_STRINGS}".split()),
        integers=frozenset(f"{integers} {_OWNER_INTEGERS}".split()),
        booleans=frozenset(booleans.split()),
        lists=frozenset(lists.split()),
        pairs=frozenset(pairs.split()),
        json=frozenset(as_json.split()),
    )


SCHEMAS: Mapping[str, Schema] = {
    "RunCommand": _schema(
        strings=(
            "ClientToken CommandContent ContainerId ContainerName ContentEncoding Description Frequency Launcher "
            "Name OssOutputDelivery RegionId RepeatMode ResourceGroupId TerminationMode Type Username "
            "WindowsPasswordName WorkingDir"
        ),
        integers="Timeout",
        booleans="EnableParameter KeepCommand Timed",
        lists="InstanceId",
        pairs="ResourceTag Tag",
        as_json="Parameters",
    ),
    "DescribeInvocations": _schema(
        strings=(
            "CommandId CommandName CommandType ContentEncoding InstanceId InvokeId InvokeStatus NextToken RegionId "
            "RepeatMode ResourceGroupId"
        ),
        integers=_PAGING,
        booleans="IncludeOutput Timed",
        pairs="Tag",
    ),
    "DescribeInvocationResults": _schema(
        strings=("CommandId ContentEncoding InstanceId InvokeId InvokeRecordStatus NextToken RegionId ResourceGroupId"),
        integers=_PAGING,
        booleans="IncludeHistory",
        pairs="Tag",
    ),
    "StopInvocation": _schema(strings="InvokeId RegionId", lists="InstanceId"),
    "DescribeInstances": _schema(
        strings=(
            "EipAddresses HpcClusterId HttpEndpoint HttpTokens ImageId InnerIpAddresses InstanceChargeType "
            "InstanceIds InstanceName InstanceNetworkType InstanceType InstanceTypeFamily InternetChargeType "
            "KeyPairName LockReason NextToken PrivateIpAddresses PublicIpAddresses RdmaIpAddresses RegionId "
            "ResourceGroupId SecurityGroupId Status VSwitchId VpcId ZoneId"
        ),
        integers=f"HttpPutResponseHopLimit {_PAGING}",
        booleans="DeviceAvailable DryRun IoOptimized NeedSaleCycle",
        lists="AdditionalAttributes Ipv6Address",
        pairs="Filter Tag",
    ),
    "DescribeCloudAssistantStatus": _schema(strings="NextToken OSType RegionId", integers=_PAGING, lists="InstanceId"),
    "DescribeRegions": _schema(strings="AcceptLanguage InstanceChargeType ResourceType"),
}


def parse(action: str, query: Mapping[str, str]) -> dict[str, Any]:
    """Typed parameters of *query*: str, int, bool, list[str], list of {Key, Value}, or JSON.

    Raises ApiError for an unknown name, a wrong type or a malformed index.
    """
    schema = SCHEMAS[action]
    params: dict[str, Any] = {}
    indexed: dict[str, dict[int, Any]] = {}
    for name, text in query.items():
        if name in schema.strings:
            params[name] = text
        elif name in schema.integers:
            params[name] = _integer(name, text)
        elif name in schema.booleans:
            params[name] = _boolean(name, text)
        elif name in schema.json:
            params[name] = _object(name, text)
        else:
            _collect(schema, name, text, indexed)
    for name, values in indexed.items():
        params[name] = [values[index] for index in sorted(values)]
    return params


def _collect(schema: Schema, name: str, text: str, indexed: dict[str, dict[int, Any]]) -> None:
    match = _INDEX.match(name)
    if match is None:
        raise unknown_parameter(name)
    base, index, part = match["name"], int(match["index"]), match["part"]
    if base in schema.lists and part is None:
        indexed.setdefault(base, {})[index] = text
    elif base in schema.pairs and part is not None:
        indexed.setdefault(base, {}).setdefault(index, {})[part] = text
    else:
        raise unknown_parameter(name)


def _integer(name: str, text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,18}", text):
        raise invalid(name, "an integer is expected")
    return int(text)


def _boolean(name: str, text: str) -> bool:
    """The SDK sends Python's True and False; ECS takes any case."""
    if text.lower() not in {"true", "false"}:
        raise invalid(name, "true or false is expected")
    return text.lower() == "true"


def _object(name: str, text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise invalid(name, "JSON is expected") from error
    if not isinstance(value, dict):
        raise ApiError(400, f"InvalidParameter.{name}", f"The specified parameter {name} is not valid.")
    return value
