"""Follows what runs, region by region, so that one that is down does not hold up the others.

Which run is looked at when is held in memory, and decided by `domain.looks`; the database is told what is news. What it
names is followed for a while, and named again: so another replica can take over, and nothing is followed for ever.

A stop is a job of its own: somebody waits for it, and no look that hangs may hold it up.
"""

import asyncio
from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import islice

from bot.domain import stops
from bot.domain.invocation import BatchState
from bot.domain.looks import FEW, Look
from bot.domain.pacing import HOLD, back_off
from bot.domain.purse import Ask
from bot.errors import CloudError, CloudTryAgain, StoreError
from bot.ports import Cloud
from bot.usecases import follow
from bot.usecases.desk import Desk
from bot.usecases.dispatch import tag_of
from bot.usecases.follow import Followed
from bot.usecases.spans import Spans
from bot.workers.looper import Job
from bot.workers.roster import Entry, Key, Roster

_STATES = (BatchState.RUNNING, BatchState.STOPPING)

PER_MINUTE = 120
"""Calls of each API in each region, where the settings say nothing else."""

AT_ONCE = 4
"""Looks at one region that one turn begins."""

Place = tuple[str, str]
"""Account and region."""


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

    async def jobs(self, now: datetime) -> Sequence[Job]:
        """Those whose time has come: the stops, then the looks."""
        for offered, unasked in self._offered:  # there was no room for them
            offered.take_back(unasked)
        self._offered = []
        await self._claim(now)
        at, due = now.timestamp(), list[Job]()
        for place, roster in self._rosters.items():
            roster.drop_stale(at - 3 * HOLD.total_seconds())
            due += [
                Job((*_key(entry.one), "stop"), partial(self._stop, entry))
                for entry in roster.entries.values()
                if stops.is_due(entry.one.batch, now)
            ]
            looks = iter(partial(roster.next_look, at), None)
            for look in islice(looks, AT_ONCE):
                self._offered.append((roster, look))
                due.append(Job((place, look), partial(self._look, place, roster, look)))
        self._rosters = {place: roster for place, roster in self._rosters.items() if roster.worth_keeping(at)}
        return due

    async def next_at(self, now: datetime) -> datetime | None:
        """The next look, the next stop, or what the database names next."""
        times = [await self._desk.store.next_due_batch(_STATES)]
        for roster in self._rosters.values():
            look = roster.next_at(now.timestamp())
            times.append(datetime.fromtimestamp(look, UTC) if look is not None else None)
            stopping = (e.one.batch.stop for e in roster.entries.values() if e.run.stopping)
            times += [stop.again_at for stop in stopping if stop is not None]
        return min((time for time in times if time is not None), default=None)

    async def _claim(self, now: datetime) -> None:
        """What the database names joins its roster; what was stopped, or moved on by others, is known anew."""
        for inv in await self._desk.store.claim_due_batches(_STATES, now, limit=500, hold=HOLD):
            for batch in inv.batches:
                if batch.state in _STATES:
                    one = follow.followed(inv, batch)
                    roster = self._rosters.setdefault((one.account, one.region), Roster(self._per_minute))
                    roster.put(one, await self._spans.of(one.snippet, one.target), now.timestamp())

    async def _stop(self, entry: Entry) -> None:
        asked = entry.one
        after = await follow.send_stop(self._desk, self._cloud, asked)
        roster = self._rosters.get((asked.account, asked.region))
        if after is None and roster is not None:
            roster.seen(entry, None, 0.0)
        elif after is not None and entry.one.batch is asked.batch:  # else a look, or the database, knows it newer
            entry.one = replace(entry.one, batch=after.batch)

    async def _look(self, place: Place, roster: Roster, look: Look) -> None:
        """One call, and what it says of each run."""
        self._offered = [offer for offer in self._offered if offer != (roster, look)]
        asked_at = self._desk.clock.now().timestamp()
        try:
            if look.ask is Ask.ONE:
                await self._one(place, roster, look, asked_at)
            elif look.ask is Ask.NEWEST:
                await self._newest(place, roster, look, asked_at)
            else:
                await self._running(place, roster, look, asked_at)
        except CloudError as error:
            await self._failed(roster, look, error)
        else:
            roster.faults = 0
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
        roster.showed(look, {_key(entry.one) for entry in whole.values()})
        await _each(
            self._settle(roster, entry, follow.reported(self._desk, entry.one, reports[invoke_id], watched=False), at)
            for invoke_id, entry in whole.items()
        )

    async def _running(self, place: Place, roster: Roster, look: Look, at: float) -> None:
        page = await self._cloud.running(*place, tag_of(look.lane), roster.token(look))
        shown = roster.named(page.ended)
        roster.swept(look, {_key(entry.one) for entry in shown}, page.token, at)
        await _each(
            self._settle(roster, e, follow.alive(self._desk, e.one, page.ended[e.one.batch.invoke_id]), at)
            for e in shown
        )

    async def _settle(self, roster: Roster, entry: Entry, telling: Awaitable[Followed | None], at: float) -> None:
        before = entry.run
        after = await telling
        if after is None and before.key in roster.entries:
            self._spans.learn(entry.one.snippet, entry.one.target, (before.looked + at) / 2 - before.since)
        roster.seen(entry, after, at)

    async def _failed(self, roster: Roster, look: Look, error: CloudError) -> None:
        """Nothing was told: the region is left alone for a while, and its runs' misses are counted."""
        now = self._desk.clock.now()
        after = error.after if isinstance(error, CloudTryAgain) else None
        if isinstance(error, CloudTryAgain) and error.throttled:
            roster.purse = roster.purse.throttled(look.ask, now.timestamp(), after or 0.0)
        else:
            roster.faults += 1
            roster.shut = (now + back_off(roster.faults, after)).timestamp()
        await _each(self._miss(roster, entry, error) for entry in roster.of(look))

    async def _miss(self, roster: Roster, entry: Entry, error: CloudError) -> None:
        after = await follow.failed(self._desk, entry.one, error)
        if after is None:
            roster.seen(entry, None, 0.0)
        else:
            entry.one = after


def _key(one: Followed) -> Key:
    return (one.invocation, one.batch.no)


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
