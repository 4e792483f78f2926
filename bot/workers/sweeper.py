"""What time alone brings about: reminders, expiry of what nobody answered, the end of what is kept for a while."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.domain.invocation import Invocation, State
from bot.usecases.control import expire, remind
from bot.usecases.desk import Desk
from bot.workers.looper import Job

PORTION = 50
"""Invocations whose outputs are dropped in one transaction."""

EVENTS = 300
"""Events that are given up in one transaction: some tens of milliseconds, in which nobody else writes."""

log = structlog.get_logger()

_STATES = (State.AWAITING_APPROVAL,)
_PRUNE = "prune"


class Sweeper:
    """One job per invocation whose time for approval is over, or half over; one for what is older than it is kept.

    *outputs* and *events* are how long those are; None: for ever.
    """

    name = "sweeper"

    def __init__(self, desk: Desk, outputs: timedelta | None = None, events: timedelta | None = None) -> None:
        self._desk = desk
        self._outputs = outputs
        self._events = events
        self._prune_at = desk.clock.now()

    async def jobs(self, now: datetime) -> Sequence[Job]:
        """Those whose time has come."""
        due = await self._desk.store.claim_due(_STATES, now, limit=100)
        jobs = [Job(inv.id, partial(self._sweep, inv, now)) for inv in due]
        if self._prunes and self._prune_at <= now:
            jobs.append(Job(_PRUNE, partial(self._prune, now)))
        return jobs

    async def next_at(self, now: datetime) -> datetime | None:
        """The next to be reminded of, or to expire."""
        due = await self._desk.store.next_due(_STATES)
        return min(due or self._prune_at, self._prune_at) if self._prunes else due

    @property
    def _prunes(self) -> bool:
        return self._outputs is not None or self._events is not None

    async def _sweep(self, inv: Invocation, now: datetime) -> None:
        assert inv.ask is not None
        await (expire if now >= inv.ask.until else remind)(self._desk, inv.id)

    async def _prune(self, now: datetime) -> None:
        """A portion of each; the next soon where there is more, else in an hour."""
        store, more = self._desk.store, False
        if self._outputs is not None:
            more = await store.prune(now - self._outputs, now, PORTION) == PORTION
        if self._events is not None:
            more = await self._forget(now - self._events, now) or more
        await store.tidy(now)
        self._prune_at = self._desk.clock.now() + timedelta(seconds=1 if more else 3600)

    async def _forget(self, before: datetime, now: datetime) -> bool:
        """Give a portion of the trail up; is there more?"""
        gone = await self._desk.store.forget(before, now, EVENTS)
        if gone.damaged:
            log.error("trail_damaged")  # `audit verify` says where; until that is explained, all of it stays
        elif gone.held:
            log.warning("trail_held", invocation=gone.held)
        if gone.events:
            log.info("trail_cut", events=gone.events, invocations=gone.invocations)
        return gone.events == EVENTS
