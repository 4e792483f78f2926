"""What time alone brings about: reminders, expiry of what nobody answered, the end of old outputs and response_urls."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

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

_STATES = (State.AWAITING_APPROVAL,)
_PRUNE, _FORGET = "prune", "forget"


class Sweeper:
    """One job per invocation whose time for approval is over, or half over; one that drops outputs after *retain*; one
    that forgets response_urls."""

    name = "sweeper"

    def __init__(self, desk: Desk, retain: timedelta | None = None) -> None:
        self._desk = desk
        self._retain = retain
        self._prune_at = desk.clock.now()
        self._forget_at = desk.clock.now() + timedelta(minutes=1)
        self._forgotten: datetime | None = None  # so far back there are none, as far as this process knows

    async def jobs(self, now: datetime) -> Sequence[Job]:
        """Those whose time has come."""
        due = await self._desk.store.claim_due(_STATES, now, limit=100)
        jobs = [Job(inv.id, partial(self._sweep, inv, now)) for inv in due]
        if self._retain is not None and self._prune_at <= now:
            jobs.append(Job(_PRUNE, partial(self._prune, now - self._retain)))
        if self._forget_at <= now:
            jobs.append(Job(_FORGET, self._forget))
        return jobs

    async def next_at(self, now: datetime) -> datetime | None:
        """The next to be reminded of, or to expire; or the next look at what is old."""
        due = await self._desk.store.next_due(_STATES)
        pruned_at = self._prune_at if self._retain is not None else None
        return min(at for at in (due, pruned_at, self._forget_at) if at is not None)

    async def _sweep(self, inv: Invocation, now: datetime) -> None:
        assert inv.ask is not None
        await (expire if now >= inv.ask.until else remind)(self._desk, inv.id)

    async def _prune(self, before: datetime) -> None:
        """A portion; the next one soon where there is more, else in an hour."""
        now = self._desk.clock.now()
        more = await self._desk.store.prune(before, now, PORTION) == PORTION
        self._prune_at = now + timedelta(seconds=1 if more else 3600)

    async def _forget(self) -> None:
        """What was asked for while the last look was under way is younger than it looked for."""
        now = self._desk.clock.now()
        await self._desk.store.forget_answers(self._forgotten, now - ANSWERS)
        self._forgotten, self._forget_at = now - ANSWERS, now + EVERY
