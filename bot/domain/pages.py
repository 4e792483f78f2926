"""How far the listings of ECS reach: of each lane, and of all runs in the one called "". Pure."""

from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf, nextafter
from typing import NamedTuple

from bot.domain.purse import LISTS, Ask
from bot.domain.runs import PAGE, Run

_REMEMBERED = 4 * PAGE


def horizon(begun: Iterable[tuple[float, int]]) -> float:
    """The start of the oldest run that the newest page of results shows whole; past the newest where that alone takes
    more. *begun* are start and rows of the runs of the last time, the newest first, over or not."""
    begins, rows = None, 0
    for since, its in begun:
        rows += its
        if rows > PAGE:
            return nextafter(since, inf) if begins is None else begins
        begins = since
    return 0.0


class Sweep(NamedTuple):
    """A list of what runs, read page by page *since* then: at *token* it goes on, and so far it has shown all that
    began at *passed* or later; inf: nobody whom we know."""

    token: str
    passed: float
    since: float


@dataclass(slots=True)
class Pages:
    """By lane: at the start of which run the newest page of results ends (*horizon*). By the list of what runs and its
    lane: the *sweeps* under way."""

    horizon: dict[str, float] = field(default_factory=dict)
    sweeps: dict[tuple[Ask, str], Sweep] = field(default_factory=dict)
    _begun: dict[str, list[tuple[float, int]]] = field(default_factory=dict)

    def began(self, run: Run) -> None:
        """It stands in its listings, and pushes older ones off their first pages."""
        for lane in ("", *run.lanes):
            begun = self._begun.setdefault(lane, [])
            insort(begun, (run.since, run.rows), key=lambda one: -one[0])
            del begun[_REMEMBERED:]
            self.horizon[lane] = max(self.horizon.get(lane, 0.0), horizon(begun))

    def ended(self, lane: str, oldest: float) -> None:
        """Its newest page of results is full, and shows what began at *oldest* or later: it can be full of what was
        over before anybody told us of it."""
        self.horizon[lane] = max(self.horizon.get(lane, 0.0), oldest)

    def turned(self, ask: Ask, lane: str, sweep: Sweep | None) -> None:
        """A page of what runs was read; None: it was the last, or there is no going on after it."""
        self.sweeps.pop((ask, lane), None)
        if sweep is not None:
            self.sweeps[ask, lane] = sweep

    def forget(self, lane: str) -> None:
        """Nothing runs in it any more; what begins in it later stands before all that did."""
        self.horizon.pop(lane, None)
        self._begun.pop(lane, None)
        for ask in LISTS:
            self.turned(ask, lane, None)
