"""DescribeInvocationResults → Results, of one run or of the newest."""

import base64
import binascii
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import structlog

from bot.cloud import status
from bot.cloud.line import Line, onward, rows
from bot.domain.result import Outcome, Result
from bot.errors import CloudRefused
from bot.ports import Report, Running, Tag

PAGE = 50
"""Largest MaxResults of DescribeInvocationResults."""

_ENDED_BY_ITSELF = frozenset({Outcome.SUCCEEDED, Outcome.FAILED, Outcome.UNKNOWN})

logger = structlog.get_logger(__name__)


async def report(line: Line, account: str, region: str, invoke_id: str) -> Report | None:
    """What ECS says of one run and its instances, with outputs decoded; None while it shows nothing of it.

    The overall status, which can be ahead of the rows, is not asked for: a run is over once there is a final row for
    each instance. Whether one is missing altogether is for the caller to see, who knows the instances.

    An empty InvokeId is refused here: ECS would answer with other runs' output. For the
    same reason a row of another run is left out and logged.
    """
    if not invoke_id:
        raise CloudRefused("DescribeInvocationResults needs an InvokeId")
    bodies = await line.pages(
        account,
        region,
        "DescribeInvocationResults",
        inside="invocation",
        invoke_id=invoke_id,
        content_encoding="Base64",
        max_results=PAGE,
    )
    found = _by_run(bodies)
    for other in found.keys() - {invoke_id}:
        logger.warning("answer_for_another_run", asked=invoke_id, got=other)
    return found.get(invoke_id)


async def newest(line: Line, account: str, region: str, tag: Tag) -> Mapping[str, Report]:
    """What ECS says of the newest runs with *tag*, as far as one page of their instances goes, by InvokeId.

    That the newest come first is not documented: nothing may rest on it but how soon an end is seen.
    """
    return _by_run([await _tagged(line, account, region, tag)])


async def running(line: Line, account: str, region: str, tag: Tag, token: str | None) -> Running:
    """A page of the instances on which runs with *tag* run, by run. The next page can begin with others of the last.

    InvokeRecordStatus=Running is a documented filter; what was said of `runs.running` is true of it as well.
    """
    body = await _tagged(line, account, region, tag, invoke_record_status="Running", next_token=token)
    listed = rows(body, "invocation", "invocation_results", "invocation_result")
    going = [row.invoke_id for row in listed if isinstance(row.invoke_id, str) and row.invoke_id and not _over(row)]
    return Running(dict.fromkeys(going, frozenset()), onward(getattr(body.invocation, "next_token", None), token))


async def _tagged(line: Line, account: str, region: str, tag: Tag, **only: Any) -> Any:
    """A page of the instances of runs with *tag*."""
    action = "DescribeInvocationResults"
    return await line.call(account, region, action, tag=[tag], content_encoding="Base64", max_results=PAGE, **only)


def _over(row: Any) -> bool:
    return status.PER_INSTANCE.get(row.invocation_status or "") is not None


def _by_run(bodies: Iterable[Any]) -> dict[str, Report]:
    found: dict[str, dict[str, Any]] = {}
    for body in bodies:
        for row in rows(body, "invocation", "invocation_results", "invocation_result"):
            if isinstance(row.invoke_id, str) and row.invoke_id and row.instance_id:
                found.setdefault(row.invoke_id, {})[row.instance_id] = row
    return {invoke_id: _report(invoke_id, its) for invoke_id, its in found.items()}


def _report(invoke_id: str, its: Mapping[str, Any]) -> Report:
    read_rows = [(instance, read(row), row) for instance, row in sorted(its.items())]
    results = tuple(result for _, result, _ in read_rows if result is not None)
    going = tuple((instance, decode(row.output)) for instance, result, row in read_rows if result is None)
    return Report(invoke_id, results, going)


def read(row: Any) -> Result | None:
    """One row; None while it isn't final.

    The exit code is kept only where a script ended by itself: for one that was stopped, timed out
    or never started, ECS sends none, or one that the agent made up.
    """
    exit_code = row.exit_code if isinstance(row.exit_code, int) else None
    output = decode(row.output)
    word, error_code = row.invocation_status or "", whole(row.error_code or "")
    began = bool(output or row.start_time)
    ended = status.outcome(word, error_code, exit_code, began=began)
    if ended is None:
        return None
    return Result(
        instance=row.instance_id,
        outcome=ended,
        status=word,
        exit_code=exit_code if ended in _ENDED_BY_ITSELF else None,
        output=output,
        dropped=row.dropped if isinstance(row.dropped, int) else 0,
        error_code=error_code,
        error_info=whole(row.error_info or ""),
        started_at=moment(row.start_time),
        finished_at=moment(row.finished_time or row.stop_time),
    )


def decode(output: str | None) -> str:
    """Base64 → text. ECS cuts at a byte, so the first or last character can be half of one."""
    if not output:
        return ""
    try:
        return base64.b64decode(output, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        logger.warning("output_is_not_base64", length=len(output))
        return whole(output)


def whole(text: str) -> str:
    """*text* as it can be stored and searched: without halves of surrogate pairs, which JSON can bring."""
    return text.encode(errors="replace").decode()


def moment(text: str | None) -> datetime | None:
    """`2026-11-23T09:11:05Z` → aware, in UTC; None where it is absent or unreadable."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):  # the first or the last day of all, with an offset
        return None
