"""What runs in the cloud: looked at, its results taken home once; and stopped where asked."""

import asyncio
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.domain import events as ev
from bot.domain import stops
from bot.domain.invocation import Batch, Invocation
from bot.domain.output import clean
from bot.domain.pacing import FIRST_LOOK, OVERDUE_GRACE, OVERDUE_LOOKS, back_off, next_look
from bot.domain.result import Result
from bot.errors import CloudError, CloudTryAgain, StoreError
from bot.ports import Cloud, Sight
from bot.usecases.desk import Desk, move
from bot.usecases.plan import words

log = structlog.get_logger()

Followed = tuple[Invocation, Batch]


async def follow(desk: Desk, cloud: Cloud, account: str, region: str, items: Sequence[Followed]) -> None:
    """Look once at *items*, which run in *region* of *account*, and move each on as far as the look allows."""
    try:
        sights = await cloud.look(account, region, [batch.invoke_id for _, batch in items])
    except CloudError as error:
        await _each(_look_again(desk, inv, batch, error) for inv, batch in items)
    else:
        await _each(_one(desk, cloud, inv, batch, sights.get(batch.invoke_id)) for inv, batch in items)


async def _each(steps: Iterable[Coroutine[Any, Any, None]]) -> None:
    """All *steps* at once, none of them left behind. A database that is away for one does not take it from the others:
    what they found out is recorded before the first such error goes on."""
    away: list[StoreError] = []

    async def to_its_end(step: Coroutine[Any, Any, None]) -> None:
        try:
            await step
        except StoreError as error:
            away.append(error)

    async with asyncio.TaskGroup() as group:
        for step in steps:
            group.create_task(to_its_end(step))
    if away:
        raise away[0]


async def _one(desk: Desk, cloud: Cloud, inv: Invocation, batch: Batch, sight: Sight | None) -> None:
    now = desk.clock.now()
    if sight is not None and sight.over:
        await _take_home(desk, cloud, inv, batch)
    elif _overdue(inv, batch, now) and (sight is not None or _patient(batch)):
        seen = f"still {sight.status}" if sight else "ECS does not show it"
        await move(desk, inv.id, ev.Lost(batch.no, f"overdue: {seen} long after its timeout"))
    elif sight is None:  # a new run is not visible at once
        look_at = now + back_off(batch.attempts + 1)
        await move(desk, inv.id, ev.Seen(batch.no, batch.finished, look_at, "ECS does not show it yet"))
    else:
        look_at = next_look(batch.started_at or now, now, stopping=bool(stops.wanted(batch)))
        await move(desk, inv.id, ev.Seen(batch.no, sight.finished, look_at, ended=sight.ended))


async def _take_home(desk: Desk, cloud: Cloud, inv: Invocation, batch: Batch) -> None:
    """It is over: store what came back, once every instance has its result, or nobody can expect one any more."""
    try:
        results = await _results(desk, cloud, inv, batch)
    except CloudError as error:
        await _look_again(desk, inv, batch, error)
        return
    now = desk.clock.now()
    absent = set(batch.instances) - {r.instance for r in results}
    if absent and not (_overdue(inv, batch, now) and _patient(batch)):
        note = f"it is over, and ECS has no result yet for {len(absent)} of {len(batch.instances)}"
        look_at = now + back_off(batch.attempts + 1)
        await move(desk, inv.id, ev.Seen(batch.no, len(results), look_at, note))
    else:
        await move(desk, inv.id, ev.Finished(batch.no, results))


async def _results(desk: Desk, cloud: Cloud, inv: Invocation, batch: Batch) -> tuple[Result, ...]:
    """What came back, redacted before anybody stores or shows it."""
    assert inv.plan is not None
    found = await cloud.results(inv.plan.account, inv.plan.region, batch.invoke_id)
    patterns = inv.plan.redact

    def hidden(text: str) -> str:
        # cleaned first: an escape code in the middle of a word would hide it from the pattern, and be taken out later
        return desk.redact(clean(text), patterns)

    return tuple(replace(r, output=hidden(r.output), error_info=hidden(r.error_info)) for r in found)


async def _look_again(desk: Desk, inv: Invocation, batch: Batch, error: CloudError) -> None:
    now = desk.clock.now()
    if _overdue(inv, batch, now) and _patient(batch):
        await move(desk, inv.id, ev.Lost(batch.no, f"overdue, and the cloud can't be asked: {words(error)}"))
        return
    asked = error.after if isinstance(error, CloudTryAgain) else None
    look_at = now + back_off(batch.attempts + 1, asked)
    await move(desk, inv.id, ev.Seen(batch.no, batch.finished, look_at, words(error)))


async def send_stop(desk: Desk, cloud: Cloud, inv: Invocation, batch: Batch) -> None:
    """Ask ECS to stop it. What that did is only known from looking: the docs and the agent disagree."""
    assert inv.plan is not None
    try:
        await cloud.stop(inv.plan.account, inv.plan.region, batch.invoke_id, stops.wanted(batch))
    except CloudError as error:
        log.warning("stop_not_taken", invocation=inv.id, batch=batch.no, code=error.code, fault=type(error).__name__)
        asked = error.after if isinstance(error, CloudTryAgain) else None
        await move(desk, inv.id, ev.StopNotTaken(batch.no, words(error), asked))
    else:
        await move(desk, inv.id, ev.StopSent(batch.no, desk.clock.now() + FIRST_LOOK))


def _overdue(inv: Invocation, batch: Batch, now: datetime) -> bool:
    assert inv.plan is not None
    return batch.started_at is not None and (now - batch.started_at) > OVERDUE_GRACE + _timeout(inv)


def _patient(batch: Batch) -> bool:
    return batch.attempts >= OVERDUE_LOOKS


def _timeout(inv: Invocation) -> timedelta:
    assert inv.plan is not None
    return timedelta(seconds=inv.plan.timeout)
