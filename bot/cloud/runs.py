"""RunCommand, StopInvocation, and what DescribeInvocations says of runs."""

import base64
from collections.abc import AsyncGenerator, Iterable, Sequence
from typing import Any

import structlog

from bot.cloud import status
from bot.cloud.line import Line, onward, portions, rows, together
from bot.cloud.results import moment
from bot.domain.strays import Listed
from bot.errors import CloudNotKnown, CloudRefused, CloudTryAgain
from bot.ports import Order, Running, Tag

PAGE = 50
"""Largest MaxResults of DescribeInvocations."""

STOPS_PER_CALL = 50
"""Instances that one StopInvocation takes."""

FIND_PAGES = 20

LIST_PAGES = 2
"""Pages of the newest runs that one round of reconciling looks at."""

logger = structlog.get_logger(__name__)


async def run(line: Line, order: Order) -> str:
    """RunCommand; its InvokeId, or an empty text for a dry run that made none.

    The script goes as Base64. ECS counts its limit of 24 KB in Base64 anyway, every byte and line
    end arrives as it was, and in the URL, where all parameters travel, CJK text in plain would
    take 9 bytes a character against 4.
    """
    if not order.client_token or not order.instances:
        raise CloudRefused("RunCommand needs a ClientToken and at least one instance")
    try:
        body = await line.call(
            order.account,
            order.region,
            "RunCommand",
            not_after=order.not_after,
            client_token=order.client_token,
            command_content=base64.b64encode(order.content.encode("utf-8", "surrogateescape")).decode("ascii"),
            content_encoding="Base64",
            enable_parameter=False,
            instance_id=list(order.instances),
            keep_command=False,
            name=order.name,
            repeat_mode="DryRun" if order.dry_run else "Once",
            tag=order.tags or None,
            termination_mode="ProcessTree",
            timeout=order.timeout,
            type=order.shell.command_type,
            username=order.user or None,
        )
    except CloudRefused as refusal:
        if order.dry_run and refusal.code.startswith("DryRunOperation"):
            return ""  # the code with which other actions of ECS say that a dry run went well
        raise
    invoke_id = body.invoke_id if isinstance(body.invoke_id, str) else ""
    if not invoke_id and not order.dry_run:
        raise CloudNotKnown("RunCommand: the answer has no InvokeId; it may have happened")
    return invoke_id


async def running(line: Line, account: str, region: str, tag: Tag, token: str | None) -> Running:
    """A page of the runs with *tag* that run, and which of their instances have ended.

    InvokeStatus=Running is a documented filter of DescribeInvocations; that runs which are still Pending are left out
    by it, and in which order the others come, is a guess: who is missing is asked for by id before it is called over.
    """
    body = await _tagged(line, account, region, tag, token, invoke_status="Running")
    listed = rows(body, "invocations", "invocation")
    # ECS may list only some of many instances, so this can be too few; the results tell it exactly
    going = {row.invoke_id: _ended(row) for row in listed if row.invoke_id and not _over(row)}
    return Running(going, onward(body.next_token, token))


def _ended(row: Any) -> frozenset[str]:
    instances = rows(row, "invoke_instances", "invoke_instance")
    final = [one for one in instances if status.PER_INSTANCE.get(one.invocation_status or "") is not None]
    return frozenset(one.instance_id for one in final if one.instance_id)


def _over(row: Any) -> bool:
    return status.over(row.invocation_status or row.invoke_status or "")


async def _listing(line: Line, account: str, region: str, tag: Tag, pages: int) -> AsyncGenerator[Any, None]:
    """The runs with *tag*, at most *pages* pages of them, as rows. CloudTryAgain where it can't be read on."""
    token: str | None = None
    for left in reversed(range(pages)):
        body = await _tagged(line, account, region, tag, token)
        for row in rows(body, "invocations", "invocation"):
            yield row
        if not left or (token := onward(body.next_token, token)) is None:
            return


async def _tagged(line: Line, account: str, region: str, tag: Tag, token: str | None, **only: Any) -> Any:
    """A page of the runs with *tag*, without what they print."""
    return await line.call(
        account,
        region,
        "DescribeInvocations",
        tag=[tag],
        content_encoding="PlainText",
        include_output=False,
        max_results=PAGE,
        next_token=token,
        **only,
    )


async def stop(line: Line, account: str, region: str, invoke_id: str, instances: Sequence[str]) -> None:
    """StopInvocation, 50 instances a call. No instances, nothing to stop; over already is no error."""
    if not invoke_id:
        raise CloudRefused("StopInvocation needs an InvokeId")
    await together(_stop(line, account, region, invoke_id, part) for part in portions(instances, STOPS_PER_CALL))


async def _stop(line: Line, account: str, region: str, invoke_id: str, part: Iterable[str]) -> None:
    try:
        await line.call(account, region, "StopInvocation", invoke_id=invoke_id, instance_id=list(part))
    except CloudRefused as refusal:
        if not refusal.code.startswith(("InvalidInvokeStatus", "InvalidInvocationStatus")):
            raise


async def find(line: Line, account: str, region: str, name: str, tag: Tag) -> str | None:
    """The newest run with *tag* and exactly this *name*, among the first thousand with *tag*. One that was seen counts,
    whatever comes of the pages after it; None says that all were read."""
    newest: Any = None
    try:
        async for row in _listing(line, account, region, tag, FIND_PAGES):
            if row.command_name == name and row.invoke_id and (newest is None or _begun(row) > _begun(newest)):
                newest = row
    except CloudTryAgain:
        if newest is None:
            raise
    return None if newest is None else str(newest.invoke_id)


def _begun(row: Any) -> str:
    return row.creation_time or ""


async def listed(line: Line, account: str, region: str, tag: Tag) -> tuple[Listed, ...]:
    """The first LIST_PAGES pages of runs with *tag*: the newest, as far as ECS keeps to that (it is not documented)."""
    found = _listing(line, account, region, tag, LIST_PAGES)
    return tuple([_listed(row, tag[0]) async for row in found if row.invoke_id])


def _listed(row: Any, tag: str) -> Listed:
    tags = {one.tag_key: one.tag_value for one in rows(row, "tags", "tag")}
    return Listed(
        invoke_id=row.invoke_id,
        name=row.command_name or "",
        invocation=tags.get(f"{tag}-id") or "",
        requester=tags.get(f"{tag}-by") or "",
        status=row.invocation_status or row.invoke_status or "",
        created_at=moment(row.creation_time),
    )
