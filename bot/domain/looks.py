"""Which call to ECS finds most endings soonest, and when it is worth making. Pure; times are seconds since the epoch.

Each run that may have ended since it was last seen alive has, probably, been waiting for somebody to look: half the
time since then, times the probability that it has ended in it. A call is made once the waiting that it would end is
worth its price; of several, the one that ends most of it for its price. Where calls are scarce that comes to the best
that they allow: a group of runs is looked at as often as the root of the number of its endings in a second says. The
fewer calls of an API are left, the dearer they are: so none is spent on little while more is about to end, and what is
spent comes to what there is by itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import NamedTuple

from bot.domain.field import Field
from bot.domain.pages import Sweep
from bot.domain.purse import LISTS, Ask, Purse
from bot.domain.runs import PAGE, Key, Run

FEW = 3
"""Up to so many runs each is promised to be seen in time: late by a twentieth of its age and a quarter second."""

MANY = 100
"""Of more runs it is not tried out when a call will be worth it: they are weighed, and again soon where none was."""

YOUNG = 2.0
"""Seconds in which ECS may not list a new run yet."""

_RIGHT = 0.5
_SOONEST = 0.15
_AGAIN = 0.15
_PRICE = (0.02, 0.16)
_PRICE_EACH = 0.008
_PLENTY = 25
_CHEAPEST_OF_MANY = 0.03
_DEARER = 5.0
_STEPS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 15.0)


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
    """What is known beside the runs: the calls to spare, how far each listing can be trusted (0 to 1), and until
    when which kind of call is *shut*, since ECS refused the last of it.

    By lane, and of all runs without one: results are listed with those that are over long since, so that the page ends
    at runs that began at the *horizon*. By the list of what runs and its lane: the *sweeps* under way.
    """

    purse: Purse
    trust: Mapping[Ask, float] = field(default_factory=dict)
    shut: Mapping[Ask, float] = field(default_factory=dict)
    horizon: Mapping[str, float] = field(default_factory=dict)
    sweeps: Mapping[tuple[Ask, str], Sweep] = field(default_factory=dict)

    def trusts(self, ask: Ask, at: float) -> float:
        """How far such a call can be trusted then; 0: it is shut."""
        return 0.0 if at < self.shut.get(ask, 0.0) else self.trust.get(ask, 1.0)


class _Case(NamedTuple):
    """What is the same for all that can be asked at one time."""

    at: float
    view: View
    lists: tuple[Ask, ...]  # of what runs, whose calls are to spare
    few: bool
    burden: float  # how much a call of its own for the results of an end weighs, from 0 to 1
    rows: float  # instances of a run, on average


class _Option(NamedTuple):
    worth: float  # the waiting that it ends, for each of its calls
    ask: Ask
    tells: Sequence[Run]
    lane: str = ""
    fresh: bool = True
    promised: bool = False  # it is worth its price in any case

    def score(self, prices: Mapping[Ask, float]) -> float:
        """What it is worth for its price; from 1 on the call is made."""
        return max(self.worth / prices[self.ask], float(self.promised))

    def look(self) -> Look:
        calls = self.tells[0].pages if self.ask is Ask.ONE else 1
        tells = [one for one in self.tells[:PAGE] if not one.asking]
        if self.ask in LISTS:
            tells = [one for one in tells if not (one.stopping or one.suspect is not None)]
        return Look(self.ask, tuple(one.key for one in tells), calls, self.lane, self.fresh)


def price(runs: int, left: float) -> float:
    """The waiting, in seconds, for which a call is made. Little where little runs: calls are to spare. The most where
    some twenty run: there it keeps to two calls for each end. Of more, one answer tells of more ends, and less will do.

    *left* is how much of the calls that can be saved up is there, from 0 to 1: with none it is 32 times as dear.
    """
    some, many = _PRICE_EACH * runs, max(_PRICE[1] * _PLENTY / max(runs, 1), _CHEAPEST_OF_MANY)
    price: float = min(max(some, _PRICE[0]), _PRICE[1], many) * 2.0 ** (_DEARER * (1.0 - left))
    return price


def choose(runs: Field, at: float, view: View) -> Look | None:
    """The call to make now, if one is worth it."""
    results, listing = view.purse.can(Ask.ONE, at), view.purse.can(Ask.RUNNING, at)
    if not results and not listing:
        return None
    options, weighed = list[_Option](), runs.weigh(at)
    lists = tuple(ask for ask in LISTS if view.purse.can(ask, at))
    rows = sum([one.rows for one in weighed]) / max(len(weighed), 1)
    case = _Case(at, view, lists, runs.idle <= FEW, _burden(weighed, view.purse.rate(Ask.ONE, at)), rows)
    if results:
        options += _one(weighed, case)
    for lane, its in runs.lanes.items():
        if len(its) > 1:  # else it tells of no more than asking for the one
            options += _newest(lane, its, case) if results else ()
            options += _running(lane, its, case)
    prices = {ask: price(runs.idle, view.purse.left(ask, at)) for ask in Ask}
    best = max(options, default=None, key=lambda option: option.score(prices))
    return best.look() if best is not None and best.score(prices) >= 1.0 else None


def when(runs: Field, at: float, view: View, *, tried: bool = False) -> float:
    """When to choose again, if nothing changes before: about the first time at which a call will be worth it, or
    can be made at all. *tried*: none was a moment ago."""
    if (opens := view.purse.opens(at)) > 0.0:
        return at + opens
    if runs.idle > MANY:
        return at + _AGAIN if tried else at
    early = 0.0
    for step in _STEPS:
        if choose(runs, at + step, view) is not None:
            return at + _between(runs, at, view, early, step)
        early = step
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
        and at - run.since >= YOUNG
        and (upper is None or run.since < upper)
        and (whole or oldest is None or run.since >= oldest)
    ]


def _between(runs: Field, at: float, view: View, early: float, late: float) -> float:
    """The first worthwhile step after *early*, to an eighth of the way to *late*."""
    for _ in range(3 if early < late else 0):
        middle = (early + late) / 2
        if choose(runs, at + middle, view) is None:
            early = middle
        else:
            late = middle
    return late


def _burden(weighed: Sequence[Run], calls: float) -> float:
    """Nothing where few end; 1 from where it would take half of all *calls* a second to ask for the results of each end
    alone. There pages of results are better, which bring several home at once."""
    return min(2 * sum([one.rate * one.pages for one in weighed if one.ended]) / calls, 1.0)


def _one(weighed: Sequence[Run], case: _Case) -> Iterable[_Option]:
    """Asking for a run by its id: the one that is promised a look, or the one that has waited longest. What is missing
    in a list is promised one as well, if such calls are no burden and the lists have been right."""
    at, view = case.at, case.view
    ripe = [one for one in weighed if not one.asking and (at - one.looked >= _SOONEST or one.suspect is not None)]
    if not ripe or view.trusts(Ask.ONE, at) == 0.0:
        return
    right = min(view.trust.get(ask, 1.0) for ask in LISTS) >= _RIGHT
    promised = [one for one in ripe if (case.few or one.stopping) and one.overdue(at)]
    if not promised and right and case.burden < 1.0:
        promised = [one for one in ripe if one.suspect is not None]
    best = max(promised or ripe, key=lambda one: one.waited / one.pages)
    yield _Option(best.waited / best.pages, Ask.ONE, (best,), promised=bool(promised))


def _newest(lane: str, its: Sequence[Run], case: _Case) -> Iterable[_Option]:
    """The first page of results: as many of the newest runs as it holds."""
    shown, horizon = its[:PAGE], case.view.horizon.get(lane, 0.0)
    if shown[-1].since < horizon:
        shown = list(takewhile(lambda one: one.since >= horizon, shown))
    worth = sum([one.waited for one in shown]) * case.view.trusts(Ask.NEWEST, case.at)
    yield _Option(worth, Ask.NEWEST, shown, lane)


def _running(lane: str, its: Sequence[Run], case: _Case) -> Iterable[_Option]:
    """A page of those that run: the first of a new sweep, or the next of the one under way."""
    fresh = _sweep(its, case.burden)
    for ask in case.lists:
        trust = case.view.trusts(ask, case.at)
        if ask is Ask.ROWS:
            trust /= case.rows  # so many fewer runs are on a page
        if (sweep := case.view.sweeps.get((ask, lane))) is not None:  # of two that are worth as much, the next
            rest = [one for one in its if one.since < sweep.passed]
            yield _Option(_sweep(rest, case.burden) * trust, ask, rest, lane, fresh=False)
        yield _Option(fresh * trust, ask, its, lane)


def _sweep(its: Sequence[Run], burden: float) -> float:
    """The best that some pages come to for each call, with the calls for the results of what they find; nothing where
    the first tells of nobody who is not being asked after."""
    worth = listed = ended = 0.0
    for start in range(0, len(its), PAGE):
        page = its[start : start + PAGE]
        listed += sum([one.listed for one in page])
        ended += sum([one.ended for one in page])
        if not listed:
            return 0.0
        worth = max(worth, listed / (start // PAGE + 1 + burden * ended))
    return worth
