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

ANSWERS = timedelta(minutes=30)
"""Slack takes answers at a response_url for so long (docs.slack.dev, implementing-slash-commands)."""

EVERY = timedelta(minutes=5)
"""How often those past it are forgotten; the first time a minute after the start."""

EVENTS = 300
"""Events that are given up in one transaction: some tens of milliseconds, in which nobody else writes."""

log = structlog.get_logger(__name__)

_STATES = (State.AWAITING_APPROVAL,)
_PRUNE, _FORGET = "prune", "forget"


class Sweeper:
    """One job per invocation whose time for approval is over, or half over; one for what is older than it is kept, and
    one that forgets response_urls.

    *outputs* and *events* are how long those are kept; None: for ever.
    """

    name = "sweeper"

    def __init__(self, desk: Desk, outputs: timedelta | None = None, events: timedelta | None = None) -> None:
        self._desk = desk
        self._outputs = outputs
        self._events = events
        self._prune_at = desk.clock.now()
        self._forget_at = desk.clock.now() + timedelta(minutes=1)
        self._forgotten: datetime | None = None  # so far back there are none, as far as this process knows

    async def jobs(self, now: datetime) -> Sequence[Job]:
        """Those whose time has come."""
        due = await self._desk.store.claim_due(_STATES, now, limit=100)
        jobs = [Job(inv.id, partial(self._sweep, inv, now)) for inv in due]
        if self._prunes and self._prune_at <= now:
            jobs.append(Job(_PRUNE, partial(self._prune, now)))
        if self._forget_at <= now:
            jobs.append(Job(_FORGET, self._forget_answers))
        return jobs

    async def next_at(self, now: datetime) -> datetime | None:
        """The next to be reminded of, or to expire; or the next look at what is old."""
        due = await self._desk.store.next_due(_STATES)
        pruned_at = self._prune_at if self._prunes else None
        return min(at for at in (due, pruned_at, self._forget_at) if at is not None)

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
            more = await self._forget_events(now - self._events, now) or more
        await store.tidy(now)
        self._prune_at = self._desk.clock.now() + timedelta(seconds=1 if more else 3600)

    async def _forget_events(self, before: datetime, now: datetime) -> bool:
        """Give a portion of the trail up; is there more?"""
        gone = await self._desk.store.forget(before, now, EVENTS)
        if gone.damaged:
            log.error("trail_damaged")  # `audit verify` says where; until that is explained, all of it stays
        elif gone.held:
            log.warning("trail_held", invocation=gone.held)
        if gone.events:
            log.info("trail_cut", events=gone.events, invocations=gone.invocations)
        return gone.events == EVENTS

    async def _forget_answers(self) -> None:
        """What was asked for while the last look was under way is younger than it looked for."""
        now = self._desk.clock.now()
        await self._desk.store.forget_answers(self._forgotten, now - ANSWERS)
        self._forgotten, self._forget_at = now - ANSWERS, now + EVERY
