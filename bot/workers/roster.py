"""What runs in one region, as the poller knows it: what to ask next, and what the answers say of each run."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from math import inf, nextafter

from bot.domain import stops
from bot.domain.cohorts import lanes
from bot.domain.field import Field
from bot.domain.looks import YOUNG, Look, View, choose, missing, when
from bot.domain.pacing import back_off
from bot.domain.pages import Pages, Sweep
from bot.domain.purse import LISTS, Ask, Purse
from bot.domain.runs import Key, Run
from bot.domain.spans import Span
from bot.ports import BatchKey
from bot.usecases.follow import Followed

_LEAST_TRUST = 0.01
"""Of a listing that shows nothing of what it should: even for a whole page it is worth less than asking for one."""

_TRIED_AGAIN = 0.005
"""So much trust comes back with each run that is asked for by its id: what helped nothing is tried now and then."""

_SOON = 1.0


@dataclass(slots=True)
class Entry:
    """One run. The database named it last at *claimed*; unless that changes, it names it again at *held*. *joined*:
    when that was for the first time. *doubted*: the list of what runs in which it was missing."""

    one: Followed
    run: Run
    claimed: float
    held: datetime | None
    joined: float
    doubted: Ask | None = None

    @property
    def key(self) -> BatchKey:
        """Its batch's."""
        return (self.one.invocation, self.one.batch.no)


class Roster:
    """The runs of one region of one account. Times are seconds since the epoch. *trust* says how far each listing has
    shown what it should, from 0 to 1."""

    def __init__(self, per_minute: int) -> None:
        self.entries: dict[Key, Entry] = {}  # whom the database named last comes last
        self.purse = Purse(per_minute)
        self.under_way = 0
        self._shut = dict.fromkeys(Ask, 0.0)
        self._faults = dict.fromkeys(Ask, 0)
        self._field = Field()
        self._pages = Pages()
        self._stopping: dict[BatchKey, Entry] = {}
        self._by_invoke_id: dict[str, Entry] = {}
        self.trust = dict.fromkeys((Ask.NEWEST, *LISTS), 1.0)
        self._next: float | None = None
        self._changed, self._barren = True, False

    def put(self, one: Followed, span: Span, at: float) -> None:
        """The database has it like this now; what was seen of it is kept."""
        key, batch = (one.invocation, one.batch.no), one.batch
        if (known := self.entries.get(key)) is not None:
            # after a stop was sent it is named again: what came of that is looked at now
            if batch.stop is not None and known.run.suspect is None:
                known.run.seen(min(known.run.looked, at - _SOON))
            self._named(known, batch.next_at, at)
            self.becomes(known, replace(one, misses=known.one.misses))
            return
        since = batch.started_at.timestamp() if batch.started_at else at
        run = Run(key, since, since, len(batch.instances), span, lanes(batch.lane))
        entry = self._by_invoke_id[batch.invoke_id] = self.entries[key] = Entry(one, run, at, batch.next_at, at)
        self.becomes(entry, one)
        self._field.put(run)
        self._pages.began(run)

    def held(self, before: datetime) -> Iterator[tuple[BatchKey, datetime]]:
        """Those that the database names again *before* then if nothing changes, and when."""
        for entry in self.entries.values():
            if entry.held is not None and entry.held < before:
                yield entry.key, entry.held

    def renewed(self, key: BatchKey, held: datetime, at: float) -> None:
        """The database has nothing new of it, and names it again at *held*."""
        if (entry := self.entries.get(key)) is not None:
            self._named(entry, held, at)

    def drop_stale(self, before: float) -> None:
        """What the database has not named since then runs no more, or is another replica's by now."""
        stale = list[Entry]()
        for entry in self.entries.values():
            if entry.claimed >= before:
                break
            if not entry.run.asking:
                stale.append(entry)
        for entry in stale:
            self._drop(entry)

    def worth_keeping(self, at: float) -> bool:
        """Is there something in it, or some of its budget spent?"""
        return bool(self.entries) or at < max(self._shut.values()) or not self.purse.full(at)

    def next_look(self, at: float) -> Look | None:
        """What to ask now; who it should tell of is not asked after until it is answered."""
        early = not self._changed and (self._next is None or at < self._next)
        if early or at < min(self._shut.values()):
            return None
        look = choose(self._field, at, self._view())
        if look is not None:
            self.under_way += 1
            self.purse = self.purse.spent(look.ask, look.calls, at)
            self._field.ask((entry.run for entry in self.of(look)), asking=True)
        self._changed, self._barren = True, look is None
        return look

    def take_back(self, look: Look) -> None:
        """It was not asked after all."""
        self.purse = self.purse.spent(look.ask, -look.calls, 0.0)
        self.answered(look)

    def next_at(self, at: float) -> float | None:
        """When to ask again; None with nothing to ask for. It is worked out once, until something changes."""
        if self._changed:
            start = max(at, min(self._shut.values()))
            view, tried = self._view(), self._barren
            self._next = when(self._field, start, view, tried=tried) if self._field.idle else None
            self._changed = False
        return self._next

    def due_stops(self, now: datetime) -> list[Entry]:
        """Those that ECS is to be told to stop now."""
        return [entry for entry in self._stopping.values() if stops.is_due(entry.one.batch, now)]

    def next_stop(self) -> datetime | None:
        """When it is to be told again."""
        sent = (entry.one.batch.stop for entry in self._stopping.values())
        return min((stop.again_at for stop in sent if stop is not None), default=None)

    def sweep(self, look: Look) -> Sweep | None:
        """The sweep that *look* goes on with; None: it begins one."""
        return None if look.fresh else self._pages.sweeps.get((look.ask, look.lane))

    def of(self, look: Look) -> list[Entry]:
        """Those that *look* should tell of and that are still there."""
        return [entry for key in look.runs if (entry := self.entries.get(key)) is not None]

    def named(self, invoke_ids: Iterable[str]) -> list[Entry]:
        """Those with these InvokeIds."""
        return [entry for one in invoke_ids if (entry := self._by_invoke_id.get(one)) is not None]

    def answered(self, look: Look) -> None:
        """Whatever came of it."""
        self.under_way -= 1
        self._field.ask((entry.run for entry in self.of(look)), asking=False)
        self._changes()

    def seen(self, entry: Entry, after: Followed | None, at: float) -> None:
        """It was alive at *at*, or else (None) it is over."""
        if self.entries.get(entry.key) is not entry:
            return  # it was dropped meanwhile
        if after is None:
            self._drop(entry)
            return
        if entry.run.suspect is not None and entry.doubted is not None:
            self.trust[entry.doubted] = max(self.trust[entry.doubted] * 0.8, _LEAST_TRUST)
        if after.batch is not entry.one.batch:  # the database took news of it
            self._named(entry, after.batch.next_at, at)
        entry.run.seen(at)
        self.becomes(entry, after)

    def becomes(self, entry: Entry, one: Followed) -> None:
        """It is known like this now."""
        if self.entries.get(entry.key) is not entry:
            return  # it was dropped meanwhile
        entry.one, entry.run.stopping = one, bool(stops.wanted(one.batch))
        if entry.run.stopping:
            self._stopping[entry.key] = entry
        else:
            self._stopping.pop(entry.key, None)
        self._changes()

    def showed(self, look: Look, keys: set[BatchKey], at: float, *, full: bool) -> None:
        """The newest page of results told of *keys*; the fewer of those it should have, the less it is asked. Where it
        was *full*, what is older than those it told of stands on it no more."""
        if full and look.lane in self._field.lanes:
            runs = [entry.run for entry in self.of(look)]
            told = [run.since for run in runs if run.key in keys]
            untold = [run.since for run in runs if run.key not in keys and at - run.since >= YOUNG]
            self._pages.ended(look.lane, min(told) if told else nextafter(max(untold, default=0.0), inf))
        share = len(keys.intersection(look.runs)) / max(len(look.runs), 1)
        self.trust[Ask.NEWEST] = max(0.7 * self.trust[Ask.NEWEST] + 0.3 * share, _LEAST_TRUST)

    def swept(self, look: Look, sweep: Sweep | None, shown: set[BatchKey], token: str | None, at: float) -> None:
        """The next page of *sweep* (None: a first page) showed *shown*: who should stand there and doesn't has probably
        ended. One that shows nobody of ours (another replica's, say) and is not the last proves nothing, and the sweep
        goes on after it."""
        upper, since = (sweep.passed, sweep.since) if sweep is not None else (None, at)
        oldest = min((e.run.since for key in shown if (e := self.entries.get(key)) is not None), default=None)
        listed = self._field.between(look.lane, oldest if token is not None else None, upper)
        # who joined later can have stood on a page before, when nobody knew them
        stood = [run for run in listed if self.entries[run.key].joined <= since]
        for run in missing(stood, set(shown), at, upper=upper, whole=token is None):
            if run.suspect is None:
                run.suspect, self.entries[run.key].doubted = at, look.ask
        if oldest is not None or token is None:
            self.trust[look.ask] = min(self.trust[look.ask] + 0.02, 1.0)
        passed = next(start for start in (oldest, upper, inf) if start is not None)
        self._pages.turned(look.ask, look.lane, Sweep(token, passed, since) if token is not None else None)

    def took(self, look: Look) -> None:
        """ECS answered it: such looks are welcome."""
        self._faults[look.ask], self._shut[look.ask] = 0, 0.0
        if look.ask is Ask.ONE:
            self.trust = {ask: min(trust + _TRIED_AGAIN, 1.0) for ask, trust in self.trust.items()}

    def refused(self, look: Look, now: datetime, after: float | None) -> None:
        """ECS did not answer it: none like it for a while. The other kinds go on: a key may have the right to one and
        not to another, and in a region that is down each finds out for itself."""
        self._faults[look.ask] += 1
        if not look.fresh:
            self._pages.turned(look.ask, look.lane, None)  # its token may be what ECS does not like
        self._shut[look.ask] = (now + back_off(self._faults[look.ask], after)).timestamp()
        self._changes()

    def silent(self, now: datetime) -> bool:
        """Does it not even answer for one run?"""
        return now.timestamp() < self._shut[Ask.ONE]

    def _changes(self) -> None:
        self._changed, self._barren = True, False

    def _named(self, entry: Entry, held: datetime | None, at: float) -> None:
        entry.claimed, entry.held = at, held
        self.entries[entry.key] = self.entries.pop(entry.key)

    def _drop(self, entry: Entry) -> None:
        del self.entries[entry.key]
        self._by_invoke_id.pop(entry.one.batch.invoke_id, None)
        self._stopping.pop(entry.key, None)
        self._field.drop(entry.run)
        for lane in entry.run.lanes:
            if lane not in self._field.lanes:
                self._pages.forget(lane)
        self._changes()

    def _view(self) -> View:
        return View(self.purse, self.trust, self._shut, self._pages.horizon, self._pages.sweeps)
