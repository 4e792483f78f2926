"""Which call to ECS finds most endings soonest, and when it is worth making. Pure; times are seconds since the epoch.

Each run that may have ended since it was last seen alive has, probably, been waiting for somebody to look: half the
time since then, times the probability that it has ended in it. A call is made once the waiting that it would end is
worth its price; of several, the one that ends most of it for its calls. Where calls are scarce that comes to the best
that they allow: a group of runs is looked at as often as the root of the number of its endings in a second says.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

from bot.domain.purse import Ask, Purse
from bot.domain.spans import NEW, Span

PAGE = 50
"""Rows that one answer of ECS holds: of DescribeInvocations runs, of DescribeInvocationResults instances."""

FEW = 3
"""Up to so many runs each is promised to be seen in time: late by a twentieth of its age and a quarter second."""

_SHARE, _GRACE = 0.05, 0.25
_SOONEST = 0.15
_STOPPING = 0.5
_YOUNG = 2.0
_PRICE = (0.02, 0.15)
_PRICE_EACH = 0.0075
_STEPS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 15.0)

Key = Hashable


@dataclass(frozen=True, slots=True)
class Run:
    """One run in the cloud: *since* when, last seen alive at *looked*; *rows* is how many instances it has.

    *lanes* are tags by which it can be listed with some others alone; see `spans.lane`.
    *suspect* is since when it is missing where it should stand: it has probably ended. *stopping*: somebody
    waits for its end.
    """

    key: Key
    since: float
    looked: float
    rows: int = 1
    span: Span = NEW
    lanes: tuple[str, ...] = ()
    suspect: float | None = None
    stopping: bool = False

    def ended(self, at: float) -> float:
        """The probability that it has ended by now, knowing that it ran at *looked*."""
        if self.suspect is not None:
            return 1.0
        if at <= self.looked:
            return 0.0
        return 1.0 - self.span.alive(at - self.since) / self.span.alive(self.looked - self.since)

    def overdue(self, at: float) -> bool:
        """Has it not been seen for longer than is promised where few run?"""
        age = max(self.looked - self.since, 0.0)
        return at - self.looked >= (_STOPPING if self.stopping else _GRACE + _SHARE * age) - 1e-6

    @property
    def pages(self) -> int:
        """Calls that it takes to read its results."""
        return max(-(-self.rows // PAGE), 1)


@dataclass(frozen=True, slots=True)
class Look:
    """What to ask; *runs* are those that it should tell of. A listing is of all runs, or of one *lane*; a page of what
    runs is the first or, not *fresh*, goes on from the one before."""

    ask: Ask
    runs: tuple[Key, ...]
    calls: int = 1
    lane: str = ""
    fresh: bool = True


@dataclass(frozen=True, slots=True)
class View:
    """What is known beside the runs: the calls to spare, and how far each listing can be *trusted* (0 to 1).

    By lane, and of all runs without one: results are listed with those that are over long since, so that the page ends
    at runs that began at the *horizon*; *passed* is the start of the oldest run that the sweep under way has shown.
    """

    purse: Purse
    trust: Mapping[Ask, float] = field(default_factory=dict)
    horizon: Mapping[str, float] = field(default_factory=dict)
    passed: Mapping[str, float] = field(default_factory=dict)


class _Weighed(NamedTuple):
    run: Run
    ended: float  # the probability that it has
    waited: float  # the seconds that it has probably been waiting for somebody to see it


class _Option(NamedTuple):
    worth: float  # the waiting that it ends, for each of its calls
    look: Look


def price(runs: int) -> float:
    """The waiting, in seconds, for which a call is made: little where little runs, since calls are to spare."""
    return min(max(_PRICE_EACH * runs, _PRICE[0]), _PRICE[1])


def choose(runs: Sequence[Run], at: float, view: View) -> Look | None:
    """The call to make now, if one is worth it. *runs* are those that nobody is asking after, the newest first."""
    weighed = [_weighed(run, at) for run in runs]
    options: list[_Option] = []
    results, listing = view.purse.can(Ask.ONE, at), view.purse.can(Ask.RUNNING, at)
    if results:
        options += _one(weighed, at)
    for lane, its in _lanes(weighed) if results or listing else ():
        options += _newest(lane, its, view) if results else ()
        options += _running(lane, its, view) if listing else ()
    best = max(options, default=None, key=lambda option: option.worth)
    return best.look if best is not None and best.worth >= price(len(runs)) else None


def when(runs: Sequence[Run], at: float, view: View) -> float:
    """When to choose again, if nothing changes before: about the first time at which a call will be worth it."""
    early = opens = view.purse.opens(at)
    for step in _STEPS:
        if choose(runs, at + opens + step, view) is not None:
            return at + _between(runs, at, view, early, opens + step)
        early = opens + step
    return at + early


def missing(runs: Sequence[Run], shown: set[Key], at: float, *, upper: float | None, whole: bool) -> list[Run]:
    """Those of *runs* that a page of what runs should have shown, had they not ended.

    The page goes from *upper* (the start of the oldest run shown before it; None: it is the first) to the oldest that
    it shows itself, or to the end of the list if that is the *whole* rest. The newest may not stand there yet, and what
    is being stopped stands there no more.
    """
    oldest = min((run.since for run in runs if run.key in shown), default=None)
    if oldest is None and not whole:
        return []
    return [
        run
        for run in runs
        if run.key not in shown
        and not run.stopping
        and at - run.since >= _YOUNG
        and (upper is None or run.since < upper)
        and (whole or oldest is None or run.since >= oldest)
    ]


def horizon(begun: Iterable[tuple[float, int]]) -> float:
    """The start of the oldest run that the newest page of results shows whole. *begun* are start and rows of the runs
    of the last time, the newest first, over or not."""
    begins, rows = float("inf"), 0
    for since, its in begun:
        rows += its
        if rows > PAGE:
            return begins
        begins = since
    return 0.0


def _weighed(run: Run, at: float) -> _Weighed:
    if run.suspect is not None:
        return _Weighed(run, 1.0, max(at - run.suspect, 0.0) + _PRICE[1])
    ended = run.ended(at)
    return _Weighed(run, ended, (at - run.looked) / 2 * ended)


def _between(runs: Sequence[Run], at: float, view: View, early: float, late: float) -> float:
    """The first worthwhile step after *early*, to an eighth of the way to *late*."""
    for _ in range(3):
        middle = (early + late) / 2
        if early == late or choose(runs, at + middle, view) is None:
            early = middle
        else:
            late = middle
    return late


def _one(weighed: Sequence[_Weighed], at: float) -> Iterable[_Option]:
    """Asking for a run by its id: the one that is promised a look, or the one that has waited longest."""
    ripe = [one for one in weighed if at - one.run.looked >= _SOONEST or one.run.suspect is not None]
    if not ripe:
        return
    promised = [one for one in ripe if (len(weighed) <= FEW or one.run.stopping) and one.run.overdue(at)]
    best = max(promised or ripe, key=lambda one: one.waited / one.run.pages)
    worth = best.waited / best.run.pages
    yield _Option(max(worth, _PRICE[1]) if promised else worth, Look(Ask.ONE, (best.run.key,), best.run.pages))


def _lanes(weighed: Sequence[_Weighed]) -> Iterable[tuple[str, Sequence[_Weighed]]]:
    """All runs, and those of each lane, where a listing tells of two at least."""
    lanes: dict[str, list[_Weighed]] = {}
    for one in weighed:
        for lane in one.run.lanes:
            lanes.setdefault(lane, []).append(one)
    return [(lane, its) for lane, its in (("", weighed), *lanes.items()) if len(its) > 1]


def _newest(lane: str, its: Sequence[_Weighed], view: View) -> Iterable[_Option]:
    """The first page of results: as many of the newest runs as it holds."""
    horizon = view.horizon.get(lane, 0.0)
    shown = [one for one in its if one.run.since >= horizon]
    worth = sum(one.waited for one in shown) * view.trust.get(Ask.NEWEST, 1.0)
    yield _Option(worth, Look(Ask.NEWEST, tuple(one.run.key for one in shown), lane=lane))


def _running(lane: str, its: Sequence[_Weighed], view: View) -> Iterable[_Option]:
    """A page of those that run: the first of a new sweep, or the next of the one under way."""
    known = [one for one in its if one.run.suspect is None and not one.run.stopping]
    trust, passed = view.trust.get(Ask.RUNNING, 1.0), view.passed.get(lane)
    yield _sweep(lane, known, trust, fresh=True)
    if passed is not None:
        yield _sweep(lane, [one for one in known if one.run.since < passed], trust, fresh=False)


def _sweep(lane: str, known: Sequence[_Weighed], trust: float, *, fresh: bool) -> _Option:
    """The best that some pages come to for each call, with the calls for the results of what they find."""
    found = accumulate(one.waited for one in known)
    ends = accumulate(one.ended for one in known)
    worth = 0.0
    for number, (waited, ended) in enumerate(zip(found, ends, strict=True), 1):
        if number % PAGE == 0 or number == len(known):
            worth = max(worth, waited / (-(-number // PAGE) + ended))
    return _Option(worth * trust, Look(Ask.RUNNING, tuple(one.run.key for one in known[:PAGE]), 1, lane, fresh))
