"""DescribeInstances and DescribeCloudAssistantStatus → Instances."""

import itertools
import json
from collections.abc import Sequence
from typing import Any

from bot.cloud.line import Line, portions, rows, together
from bot.domain.catalog import OsType, Target
from bot.domain.plan import Instance

IDS_PER_CALL = 100
"""Ids that DescribeInstances takes, and its largest page (SDK docs of DescribeInstancesRequest)."""

AGENTS_PER_CALL = 50
"""Largest page of DescribeCloudAssistantStatus. How many ids it takes is not documented: no more than a page."""


async def describe(line: Line, target: Target) -> tuple[Instance, ...]:
    """All machines that *target* names, by name, then id. Ids that ECS doesn't return are `NotFound`."""
    ids = tuple(dict.fromkeys(target.instances))
    asked: list[dict[str, Any]] = [{"tag": target.tags}] if target.tags else []
    if ids:
        asked = [{"instance_ids": json.dumps(part)} for part in portions(ids, IDS_PER_CALL)]
    pages = await together(
        line.pages(target.account, target.region, "DescribeInstances", max_results=IDS_PER_CALL, **fields)
        for fields in asked
    )
    bodies = itertools.chain.from_iterable(pages)
    known = {row.instance_id: row for body in bodies for row in rows(body, "instances", "instance")}
    if ids:
        known = {i: known[i] for i in ids if i in known}
    running = [i for i, row in known.items() if row.status == "Running"]
    online = await _online(line, target, running)
    found = [
        Instance(
            id=row.instance_id,
            name=row.instance_name or row.instance_id,
            os=OsType.WINDOWS if (row.ostype or "").lower() == "windows" else OsType.LINUX,
            status=row.status or "Unknown",
            agent_online=row.instance_id in online,
        )
        for row in known.values()
    ]
    missing = [
        Instance(id=i, name=i, os=OsType.LINUX, status="NotFound", agent_online=False) for i in ids if i not in known
    ]
    return tuple(sorted(found + missing, key=lambda instance: (instance.name, instance.id)))


async def _online(line: Line, target: Target, ids: Sequence[str]) -> frozenset[str]:
    """Those of *ids* whose agent was heard of in the last 2 minutes. The status is the string `true`."""
    pages = await together(
        line.pages(
            target.account,
            target.region,
            "DescribeCloudAssistantStatus",
            instance_id=list(part),
            max_results=AGENTS_PER_CALL,
        )
        for part in portions(ids, AGENTS_PER_CALL)
    )
    return frozenset(
        row.instance_id
        for body in itertools.chain.from_iterable(pages)
        for row in rows(body, "instance_cloud_assistant_status_set", "instance_cloud_assistant_status")
        if str(row.cloud_assistant_status).lower() == "true"
    )
