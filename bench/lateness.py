"""How late the end of a run is seen, and in how many calls: the bot's own pacing on a simulated clock.

ECS is a list of runs that answers after a round trip: the pages of DescribeInvocations and of
DescribeInvocationResults hold 50 rows, the newest first. What decides is `bot.domain.looks` as the poller uses it.
"""

import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, islice
from math import inf

from bench.mix import LONGEST, MEAN, durations
from bot.domain.cohorts import Cohorts, lanes
from bot.domain.field import Field
from bot.domain.looks import Look, View, choose, missing, when
from bot.domain.pages import Sweep, horizon
from bot.domain.purse import LISTS, Ask, Purse
from bot.domain.runs import PAGE, Key, Run
from bot.domain.spans import NEW, REMEMBERED, learnt

TRIP = 0.03
"""Seconds to ECS and back."""

PER_MINUTE = 120
"""Calls of one API in one region."""

ALONE = 10.0
"""Seconds from the end of a run to the next where they run one by one."""


@dataclass(frozen=True)
class Found:
    """One run whose end was seen: its kind, how long it took, how late it was seen."""

    kind: str
    took: float
    late: float


@dataclass
class Region:
    """One region with its runs, the poller's knowledge of them, and what it asked."""

    learns: bool = True
    per_minute: int = PER_MINUTE
    rows: int = 1
    runs: Field = field(default_factory=Field)
    known: dict[Key, Run] = field(default_factory=dict)
    ends: dict[Key, float] = field(default_factory=dict)
    kinds: dict[Key, str] = field(default_factory=dict)
    history: dict[str, deque[float]] = field(default_factory=dict)
    newest: dict[str, deque[tuple[Key, float]]] = field(default_factory=dict)
    found: list[Found] = field(default_factory=list)
    calls: dict[Ask, int] = field(default_factory=lambda: dict.fromkeys(Ask, 0))
    wrong: int = 0
    barren: bool = False
    sweeps: dict[tuple[Ask, str], Sweep] = field(default_factory=dict)
    cohorts: Cohorts = field(default_factory=Cohorts)
    purse: Purse = field(init=False)

    def __post_init__(self) -> None:
        self.purse = Purse(self.per_minute)

    def starts(self, number: int, kind: str, took: float, at: float) -> None:
        """A run begins; of those that began before 0, those that are over at 0 stand in the listings alone."""
        self.barren = False
        span = learnt(tuple(self.history.get(kind, ()))) if self.learns else NEW
        tags = lanes(self.cohorts.lane(span, "", str(number)))
        for tag in ("", *tags):
            self.newest.setdefault(tag, deque(maxlen=2 * PAGE)).appendleft((number, at))
        if at + took > 0.0:
            self.known[number] = run = Run(number, at, max(at, 0.0), self.rows, span, tags)
            self.runs.put(run)
            self.ends[number], self.kinds[number] = at + took, kind

    def view(self, at: float) -> View:
        begun = {its: horizon((since, self.rows) for _, since in self.newest[its]) for its in self.runs.lanes}
        return View(self.purse, horizon=begun, sweeps=self.sweeps)

    def due(self, at: float) -> float:
        """When it asks next."""
        return when(self.runs, at, self.view(at), tried=self.barren)

    def asks(self, at: float) -> None:
        """What is worth asking now, and what comes of it."""
        look = choose(self.runs, at, self.view(at))
        self.barren = look is None
        if look is None:
            return
        self.calls[look.ask] += look.calls
        self.purse = self.purse.spent(look.ask, look.calls, at)
        if look.ask in LISTS:
            self._page(look, at + TRIP / 2)
        else:
            self._results(look, at + TRIP / 2)

    def _results(self, look: Look, at: float) -> None:
        if look.ask is Ask.ONE:
            shown = list(look.runs)
        else:
            shown = [number for number, _ in list(self.newest[look.lane])[: PAGE // self.rows] if number in self.known]
        for run in [self.known[number] for number in shown]:
            if self.ends[run.key] <= at:
                self._over(run, at + TRIP / 2)
            else:
                self.wrong += run.suspect is not None
                run.seen(at)

    def _over(self, run: Run, at: float) -> None:
        number = run.key
        self.runs.drop(self.known.pop(number))
        end, kind = self.ends.pop(number), self.kinds.pop(number)
        self.found.append(Found(kind, end - run.since, at - end))
        seen = (run.suspect or at) if run.suspect else at
        self.history.setdefault(kind, deque(maxlen=REMEMBERED)).append((run.looked + seen) / 2 - run.since)

    def _page(self, look: Look, at: float) -> None:
        listed = self.runs.between(look.lane, None, None)
        wanted = [run for run in listed if run.suspect is None]
        sweep = (look.ask, look.lane)
        upper = None if look.fresh else self.sweeps[sweep].passed
        there = [r for r in listed if self.ends[r.key] > at and (upper is None or r.since < upper)]
        room = PAGE // self.rows if look.ask is Ask.ROWS else PAGE
        shown, whole = there[:room], len(there) <= room
        keys = {run.key for run in shown}
        for run in missing(wanted, keys, at, upper=upper, whole=whole):
            run.suspect = at
        for run in shown:
            run.seen(at)
        if whole:
            self.sweeps.pop(sweep, None)
        else:
            self.sweeps[sweep] = Sweep("onward", min(run.since for run in shown), at)


def simulate(
    in_flight: int, runs: int, *, learns: bool = True, stretch: float = 1.0, seed: int = 1, rows: int = 1
) -> Region:
    """*runs* commands of the mix in one region, begun at random so that *in_flight* run at once; 1: one by one.

    It begins as if it had gone on for ever; the first fifth of the endings is not counted.
    """
    region = Region(learns, rows=rows)
    dice, mix, numbers = random.Random(seed), durations(seed + 1, stretch), count()
    at, begins, counted = 0.0, 0.0, False
    for kind, took in islice(durations(seed + 2, stretch), 2_000):
        region.history.setdefault(kind, deque(maxlen=REMEMBERED)).append(took)
    if in_flight > 1:
        for since, kind, took in before(in_flight, dice, stretch):
            region.starts(next(numbers), kind, took, since)
    while len(region.found) < runs or not counted:
        asks_at = max(region.due(at), at) if region.known else inf
        if not region.known or (in_flight > 1 and begins <= asks_at):
            at = begins if in_flight > 1 else at + ALONE
            region.starts(next(numbers), *next(mix), at)
            begins = at + dice.expovariate(in_flight / (MEAN * stretch))
        else:
            at = asks_at + 1e-3
            region.asks(at)
        if not counted and len(region.found) >= runs / 5:
            counted = True
            region.found, region.calls, region.wrong = [], dict.fromkeys(Ask, 0), 0
    return region


def before(number: int, dice: random.Random, stretch: float) -> Iterator[tuple[float, str, float]]:
    """All that began before 0 so that about *number* run then: start, kind and length, in the order of their start.
    Those that are over stood in the same listings as those that run."""
    mix, at = durations(dice.getrandbits(32), stretch), -LONGEST * stretch
    while (at := at + dice.expovariate(number / (MEAN * stretch))) < 0.0:
        yield at, *next(mix)
