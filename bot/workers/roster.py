"""What runs in one region, as the poller knows it: what to ask next, and what the answers say of each run."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.domain import stops
from bot.domain.looks import PAGE, Look, Run, View, choose, horizon, missing, when
from bot.domain.purse import Ask, Purse
from bot.domain.spans import Span, both
from bot.usecases.follow import Followed

Key = tuple[str, int]
"""Of a batch: its invocation's id and its number."""

_REMEMBERED = 4 * PAGE
_LEAST_TRUST = 0.05
_SOON = 1.0


@dataclass(slots=True)
class Entry:
    """One run. *asking*: a call that should tell of it is under way; *claimed* is when the database last named it."""

    one: Followed
    run: Run
    claimed: float
    asking: bool = False


class Roster:
    """The runs of one region of one account. Times are seconds since the epoch."""

    def __init__(self, per_minute: int) -> None:
        self.entries: dict[Key, Entry] = {}
        self.purse = Purse(per_minute)
        self.shut = 0.0
        self.faults = 0
        self._trust = {Ask.NEWEST: 1.0, Ask.RUNNING: 1.0}
        self._tokens: dict[str, str] = {}
        self._passed: dict[str, float] = {}
        self._begun: dict[str, deque[tuple[float, int]]] = {}

    def put(self, one: Followed, span: Span, at: float) -> None:
        """The database has it like this now; what was seen of it is kept."""
        key, batch = (one.invocation, one.batch.no), one.batch
        stopping = bool(stops.wanted(batch))
        if (known := self.entries.get(key)) is not None:
            known.one, known.claimed = replace(one, misses=known.one.misses), at
            # after a stop was sent it is named again: what came of that is looked at now
            looked = min(known.run.looked, at - _SOON) if batch.stop is not None else known.run.looked
            known.run = replace(known.run, stopping=stopping, looked=looked)
            return
        since = batch.started_at.timestamp() if batch.started_at else at
        lanes = both(batch.lane)
        run = Run(key, since, since, len(batch.instances), span, lanes, stopping=stopping)
        self.entries[key] = Entry(one, run, at)
        for lane in ("", *lanes):
            self._begun.setdefault(lane, deque(maxlen=_REMEMBERED)).appendleft((since, run.rows))

    def drop_stale(self, before: float) -> None:
        """What the database has not named since then runs no more, or is another replica's by now."""
        stale = [key for key, entry in self.entries.items() if entry.claimed < before and not entry.asking]
        for key in stale:
            del self.entries[key]

    def worth_keeping(self, at: float) -> bool:
        """Is there something in it, or some of its budget spent?"""
        return bool(self.entries) or at < self.shut or not self.purse.full(at)

    def next_look(self, at: float) -> Look | None:
        """What to ask now; who it should tell of is not asked after until it is answered."""
        if at < self.shut:
            return None
        look = choose(self._idle(), at, self._view())
        if look is not None:
            self.purse = self.purse.spent(look.ask, look.calls, at)
            for key in look.runs:
                self.entries[key].asking = True  # type: ignore[index]  # keys are ours
        return look

    def take_back(self, look: Look) -> None:
        """It was not asked after all."""
        self.purse = self.purse.spent(look.ask, -look.calls, 0.0)
        self.answered(look)

    def next_at(self, at: float) -> float | None:
        """When to ask again; None with nothing to ask for."""
        idle = self._idle()
        if not idle:
            return None
        start = max(at, self.shut)
        return when(idle, start, self._view())

    def token(self, look: Look) -> str | None:
        """Where the page begins that *look* wants."""
        return None if look.fresh else self._tokens.get(look.lane)

    def of(self, look: Look) -> list[Entry]:
        """Those that *look* should tell of and that are still there."""
        return [entry for key in look.runs if (entry := self.entries.get(key)) is not None]  # type: ignore[call-overload]

    def named(self, invoke_ids: Iterable[str]) -> list[Entry]:
        """Those with these InvokeIds."""
        wanted = set(invoke_ids)
        return [entry for entry in self.entries.values() if entry.one.batch.invoke_id in wanted]

    def answered(self, look: Look) -> None:
        """Whatever came of it."""
        for entry in self.of(look):
            entry.asking = False

    def seen(self, entry: Entry, after: Followed | None, at: float) -> None:
        """It was alive at *at*, or else (None) it is over."""
        if after is None:
            self.entries.pop((entry.one.invocation, entry.one.batch.no), None)
            return
        if entry.run.suspect is not None:
            self._trust[Ask.RUNNING] = max(self._trust[Ask.RUNNING] * 0.8, _LEAST_TRUST)
        entry.one = after
        entry.run = replace(entry.run, looked=at, suspect=None, stopping=bool(stops.wanted(after.batch)))

    def showed(self, look: Look, keys: set[Key]) -> None:
        """The newest page of results told of *keys*; the fewer of those it should have, the less it is asked."""
        share = len(keys.intersection(look.runs)) / max(len(look.runs), 1)
        self._trust[Ask.NEWEST] = max(0.7 * self._trust[Ask.NEWEST] + 0.3 * share, _LEAST_TRUST)

    def swept(self, look: Look, shown: set[Key], token: str | None, at: float) -> None:
        """A page of what runs showed *shown*: who should stand there and doesn't has probably ended."""
        listed = [e.run for e in self.entries.values() if look.lane in {"", *e.run.lanes} and e.run.suspect is None]
        upper = None if look.fresh else self._passed.get(look.lane)
        for run in missing(listed, set(shown), at, upper=upper, whole=token is None):
            self.entries[run.key].run = replace(run, suspect=at)  # type: ignore[index]
        oldest = min((run.since for run in listed if run.key in shown), default=None)
        self._passed.pop(look.lane, None)
        self._tokens.pop(look.lane, None)
        if token is not None and oldest is not None:
            self._passed[look.lane], self._tokens[look.lane] = oldest, token
        self._trust[Ask.RUNNING] = min(self._trust[Ask.RUNNING] + 0.02, 1.0)

    def _idle(self) -> list[Run]:
        """Those that nobody is asking after, the newest first."""
        return sorted((e.run for e in self.entries.values() if not e.asking), key=lambda run: -run.since)

    def _view(self) -> View:
        return View(
            self.purse, self._trust, {lane: horizon(begun) for lane, begun in self._begun.items()}, self._passed
        )
