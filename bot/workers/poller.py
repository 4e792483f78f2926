"""Follows what runs, region by region, so that one that is down does not hold up the others.

Which run is looked at when is held in memory, and decided by `domain.looks`; the database is told what is news. What it
names is followed for a while, and named again: so another replica can take over, and nothing is followed for ever.

A stop is a job of its own: somebody waits for it, and no look that hangs may hold it up.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice

from bot.domain.invocation import BatchState, Invocation
from bot.domain.looks import FEW, Look
from bot.domain.pacing import HOLD
from bot.domain.purse import Ask
from bot.domain.runs import PAGE
from bot.domain.spans import NEW, Span
from bot.errors import CloudError, CloudTryAgain, StoreError
from bot.ports import Cloud, Running, Tag
from bot.usecases import follow
from bot.usecases.desk import Desk
from bot.usecases.dispatch import tag_of
from bot.usecases.follow import Followed
from bot.usecases.spans import Spans
from bot.workers.looper import Job
from bot.workers.roster import Entry, Roster

_STATES = (BatchState.RUNNING, BatchState.STOPPING)

PER_MINUTE = 120
"""Calls of each API in each region, where the settings say nothing else."""

AT_ONCE = 4
"""Looks at one region that one turn begins."""

AT_A_TIME = 8
"""Looks at one region that are under way: those of one that does not answer leave room for others."""

A_TURN = 16
"""Looks that one turn begins: what is decided and finds no room is decided again."""

JOBS = 32
"""Looks and stops that are under way: far more than one region, or two, can keep waiting."""

REST = 0.25
"""After a turn it rests so many times as long: what takes it time is to decide, in memory, and others come between."""

_MOST = 500
_SLICE = 50
_AHEAD = timedelta(seconds=3)
_RENEW_EVERY = 0.5

Place = tuple[str, str]
"""Account and region."""

_Listing = Callable[[str, str, Tag, str | None], Awaitable[Running]]


class Poller:
    """Looks at what runs in as few calls as tell its end soonest, within *per_minute* of each API and region."""

    name = "poller"

    def __init__(self, desk: Desk, cloud: Cloud, spans: Spans, per_minute: int = PER_MINUTE) -> None:
        self._desk = desk
        self._cloud = cloud
        self._spans = spans
        self._per_minute = per_minute
        self._rosters: dict[Place, Roster] = {}
        self._offered: list[tuple[Roster, Look]] = []
        self._renew_at = 0.0

    async def jobs(self, now: datetime) -> Sequence[Job]:
        """Those whose time has come: the stops, then the looks."""
        for offered, unasked in self._offered:  # there was no room for them
            offered.take_back(unasked)
        self._offered = []
        await self._renew(now)
        await self._claim(now)
        at, due = now.timestamp(), list[Job]()
        for roster in self._rosters.values():
            roster.drop_stale(at - 3 * HOLD.total_seconds())
            due += [Job((*entry.key, "stop"), partial(self._stop, roster, entry)) for entry in roster.due_stops(now)]
        async for place, roster, look in self._looks(at):
            self._offered.append((roster, look))
            due.append(Job((place, look), partial(self._look, place, roster, look)))
        self._rosters = {place: roster for place, roster in self._rosters.items() if roster.worth_keeping(at)}
        return due

    async def _looks(self, at: float) -> AsyncIterator[tuple[Place, Roster, Look]]:
        """What to ask now, the regions taking turns: those that were asked last come last the next time.

        To decide what is asked of thousands takes milliseconds, so that others have their turn after each of them.
        """
        begun = 0
        for place, roster in list(self._rosters.items()):
            await asyncio.sleep(0)
            room = min(AT_ONCE, A_TURN - begun, AT_A_TIME - roster.under_way)
            for look in islice(iter(partial(roster.next_look, at), None), max(room, 0)):
                self._rosters[place] = self._rosters.pop(place)
                begun += 1
                yield place, roster, look
                await asyncio.sleep(0)

    async def next_at(self, now: datetime) -> datetime | None:
        """The next look, the next stop, or what the database names next."""
        times = [await self._desk.store.next_due_batch(_STATES)]
        for roster in list(self._rosters.values()):
            look = roster.next_at(now.timestamp())
            await asyncio.sleep(0)
            times.append(datetime.fromtimestamp(look, UTC) if look is not None else None)
            times.append(roster.next_stop())
        return min((time for time in times if time is not None), default=None)

    async def _renew(self, now: datetime) -> None:
        """What is followed and has not changed goes on being followed: nothing of it is read again."""
        if now.timestamp() < self._renew_at:
            return
        self._renew_at = now.timestamp() + _RENEW_EVERY
        held = ((roster, *one) for roster in self._rosters.values() for one in roster.held(now + _AHEAD))
        ending = {key: (roster, until) for roster, key, until in islice(held, _MOST)}
        if not ending:
            return
        until = {key: until for key, (_, until) in ending.items()}
        renewed = await self._desk.store.renew_batches(_STATES, until, now, HOLD)
        for key in renewed.batches:
            ending[key][0].renewed(key, renewed.until, now.timestamp())

    async def _claim(self, now: datetime) -> None:
        """What the database names joins its roster; what was stopped, or moved on by others, is known anew."""
        claimed = await self._desk.store.claim_due_batches(_STATES, now, limit=_MOST, hold=HOLD)
        away: StoreError | None = None
        for number, inv in enumerate(claimed, 1):
            if number % _SLICE == 0:
                await asyncio.sleep(0)
            try:
                span = await self._spans.of(inv.snippet, inv.target)
            except StoreError as error:  # they are claimed, and nobody else follows them: all join, and then it is told
                away, span = error, NEW
            self._join(inv, span, now)
        if away is not None:
            raise away

    def _join(self, inv: Invocation, span: Span, now: datetime) -> None:
        for batch in inv.batches:
            if batch.state in _STATES:
                one = follow.followed(inv, batch)
                roster = self._rosters.setdefault((one.account, one.region), Roster(self._per_minute))
                roster.put(one, span, now.timestamp())

    async def _stop(self, roster: Roster, entry: Entry) -> None:
        asked = entry.one
        after = await follow.send_stop(self._desk, self._cloud, asked)
        if after is None:
            roster.seen(entry, None, 0.0)
        elif entry.one.batch is asked.batch:  # else a look, or the database, knows it newer
            roster.becomes(entry, replace(entry.one, batch=after.batch))

    async def _look(self, place: Place, roster: Roster, look: Look) -> None:
        """One call, and what it says of each run."""
        self._offered = [offer for offer in self._offered if offer != (roster, look)]
        asked_at = self._desk.clock.now().timestamp()
        try:
            if look.ask is Ask.ONE:
                await self._one(place, roster, look, asked_at)
            elif look.ask is Ask.NEWEST:
                await self._newest(place, roster, look, asked_at)
            elif look.ask is Ask.RUNNING:
                await self._running(place, roster, look, self._cloud.running, asked_at)
            else:
                await self._running(place, roster, look, self._cloud.running_rows, asked_at)
        except CloudError as error:
            await self._failed(roster, look, error)
        else:
            roster.took(look)
        finally:
            roster.answered(look)

    async def _one(self, place: Place, roster: Roster, look: Look, at: float) -> None:
        for entry in roster.of(look):
            report = await self._cloud.report(*place, entry.one.batch.invoke_id)
            watched = len(roster.entries) <= FEW
            await self._settle(roster, entry, follow.reported(self._desk, entry.one, report, watched=watched), at)

    async def _newest(self, place: Place, roster: Roster, look: Look, at: float) -> None:
        reports = await self._cloud.newest(*place, tag_of(look.lane))
        shown = {entry.one.batch.invoke_id: entry for entry in roster.named(reports)}
        whole = {
            invoke_id: entry
            for invoke_id, entry in shown.items()
            if len(reports[invoke_id].results) + len(reports[invoke_id].going) == len(entry.one.batch.instances)
        }
        rows = sum(len(report.results) + len(report.going) for report in reports.values())
        roster.showed(look, {entry.key for entry in whole.values()}, at, full=rows >= PAGE)
        news = [
            (entry, report)
            for entry in whole.values()
            if (report := reports[entry.one.batch.invoke_id]).results or not self._quiet(roster, entry, frozenset(), at)
        ]
        await _each(
            self._settle(roster, entry, follow.reported(self._desk, entry.one, report, watched=False), at)
            for entry, report in news
        )

    async def _running(self, place: Place, roster: Roster, look: Look, listing: _Listing, at: float) -> None:
        sweep = roster.sweep(look)  # before the call: another look can move it on meanwhile
        page = await listing(*place, tag_of(look.lane), sweep.token if sweep is not None else None)
        shown = roster.named(page.ended)
        roster.swept(look, sweep, {entry.key for entry in shown}, page.token, at)
        listed = [(entry, page.ended[entry.one.batch.invoke_id]) for entry in shown]
        news = [(entry, ended) for entry, ended in listed if not self._quiet(roster, entry, ended, at)]
        await _each(
            self._settle(roster, entry, follow.alive(self._desk, entry.one, ended), at) for entry, ended in news
        )

    def _quiet(self, roster: Roster, entry: Entry, ended: frozenset[str], at: float) -> bool:
        """Nothing is to be written down of one that goes on: then that is all, and no task is begun for it."""
        if not follow.quiet(entry.one, ended, self._desk.clock.now()):
            return False
        roster.seen(entry, entry.one, at)
        return True

    async def _settle(self, roster: Roster, entry: Entry, telling: Awaitable[Followed | None], at: float) -> None:
        before = entry.run
        after = await telling
        if after is None and before.key in roster.entries:
            self._spans.learn(entry.one.snippet, entry.one.target, (before.looked + at) / 2 - before.since)
        roster.seen(entry, after, at)

    async def _failed(self, roster: Roster, look: Look, error: CloudError) -> None:
        """Nothing was told, and it is not asked like this for a while. That is a miss of those that were asked for by
        their id, and of all where that is not answered either: where only a listing is refused, there are other ways.
        """
        now = self._desk.clock.now()
        after = error.after if isinstance(error, CloudTryAgain) else None
        if isinstance(error, CloudTryAgain) and error.throttled:
            roster.purse = roster.purse.throttled(look.ask, now.timestamp(), after or 0.0)
        else:
            roster.refused(look, now, after)
        if look.ask is Ask.ONE or roster.silent(now):
            await _each(self._miss(roster, entry, error) for entry in roster.of(look))

    async def _miss(self, roster: Roster, entry: Entry, error: CloudError) -> None:
        after = await follow.failed(self._desk, entry.one, error)
        if after is None:
            roster.seen(entry, None, 0.0)
        else:
            roster.becomes(entry, after)


async def _each(steps: Iterable[Awaitable[None]]) -> None:
    """All *steps* at once, none of them left behind. A database that is away for one does not take it from the others:
    what they found out is recorded before the first such error goes on."""
    away: list[StoreError] = []

    async def to_its_end(step: Awaitable[None]) -> None:
        try:
            await step
        except StoreError as error:
            away.append(error)

    async with asyncio.TaskGroup() as group:
        for step in steps:
            group.create_task(to_its_end(step))
    if away:
        raise away[0]
