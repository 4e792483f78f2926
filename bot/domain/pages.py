"""How far the listings of ECS reach: of each lane, and of all runs in the one called "". Pure."""

from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf, nextafter

from bot.domain.purse import Ask
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


@dataclass(slots=True)
class Pages:
    """By lane: at the start of which run the newest page of results ends (*horizon*). By the list of what runs and its
    lane: the start of the oldest run that the sweep under way has shown (*passed*), the *tokens* by which it goes
    on, and *since* when it is under way."""

    horizon: dict[str, float] = field(default_factory=dict)
    passed: dict[tuple[Ask, str], float] = field(default_factory=dict)
    tokens: dict[tuple[Ask, str], str] = field(default_factory=dict)
    since: dict[tuple[Ask, str], float] = field(default_factory=dict)
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

    def turned(self, ask: Ask, lane: str, oldest: float | None, token: str | None, since: float = 0.0) -> None:
        """A page of what runs was read, down to *oldest*, of a sweep that began then; without a *token* there is no
        further one."""
        for known in (self.passed, self.tokens, self.since):
            known.pop((ask, lane), None)
        if token is not None and oldest is not None:
            self.passed[ask, lane], self.tokens[ask, lane], self.since[ask, lane] = oldest, token, since

    def forget(self, lane: str) -> None:
        """Nothing runs in it any more; what begins in it later stands before all that did."""
        self.horizon.pop(lane, None)
        self._begun.pop(lane, None)
        for ask in Ask:
            self.turned(ask, lane, None, None)
