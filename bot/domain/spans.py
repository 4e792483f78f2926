"""How long a snippet takes on a target: what its last runs say, with a share for surprise. Pure; all in seconds."""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

REMEMBERED = 50
"""So many of its last runs count."""

_DOUBT = 3.0
"""Runs that surprise is worth: of five known runs, three in eight say nothing."""

_BEFORE = (3.0, 0.7)
"""What is thought of the spread before any run is known, and how many runs that is worth: of few that happen to take
the same time it is not believed that none ends sooner."""

COHORT = 320
"""So many runs that take about as long and begin one after the other can be listed alone, and so can each half, quarter
and eighth of them: an eighth has room in one answer of ECS and, when some have ended, a quarter has, and so on."""

_PARTS = 5
_KNOWN = 0.5
_NARROWEST = 0.2
_SURPRISE = 0.7


@dataclass(frozen=True, slots=True)
class Span:
    """A log-normal around *middle* (the mean of the logarithms) with *spread* (their deviation), believed by *trust*.

    The rest is surprise, which knows no scale: what has run for long goes on for long.
    """

    middle: float = 0.0
    spread: float = 1.0
    trust: float = 0.0

    def alive(self, age: float) -> float:
        """The probability that it runs longer than *age*: 1 at 0, falling, never 0."""
        if age <= 0:
            return 1.0
        surprise: float = (1.0 - self.trust) * (1.0 + age) ** -_SURPRISE
        if not self.trust:
            return surprise
        known = 0.5 * math.erfc((math.log(age) - self.middle) / (self.spread * math.sqrt(2.0)))
        return self.trust * known + surprise


NEW = Span()
"""Of what never ran before: half of it ends within two seconds, a sixth goes on for more than ten."""


def learnt(seconds: Sequence[float]) -> Span:
    """From how long its last runs took; those of no time count as a hundredth of a second."""
    logs = [math.log(max(took, 0.01)) for took in seconds[-REMEMBERED:]]
    if not logs:
        return NEW
    middle = sum(logs) / len(logs)
    worth, before = _BEFORE
    seen = sum((one - middle) ** 2 for one in logs)
    spread = math.sqrt((seen + worth * before**2) / (len(logs) + worth))
    return Span(middle, max(spread, _NARROWEST), len(logs) / (len(logs) + _DOUBT))


def _pace(span: Span) -> str:
    """The tag of all that take about as long: each pace is four times as slow as the one before. Empty: how long it
    takes is not known."""
    return str(min(max(int(span.middle / math.log(4.0)), 0), 9)) if span.trust >= _KNOWN else ""


class Cohorts:
    """Who is sent one after the other: which run opened the cohort that is being filled, and how many are in it; of
    each pace at each place."""

    def __init__(self) -> None:
        self._filling: dict[Hashable, tuple[str, int]] = {}

    def lane(self, span: Span, place: Hashable, name: str) -> str:
        """The tag of the run called *name* that is sent to *place* now, so that it is listed with those alone that end
        about then. No two runs have the same name. Empty: how long it takes is not known."""
        its = _pace(span)
        first, number = self._filling.get((place, its), (name, 0))
        if number == COHORT:
            first, number = name, 0
        self._filling[place, its] = first, number + 1
        half, quarter, eighth = (number * parts // COHORT % 2 for parts in (2, 4, 8))
        return f"{its}.{first}.{half}.{quarter}.{eighth}" if its else ""


def lanes(lane: str) -> tuple[str, ...]:
    """The tags of a run in *lane*: that of all which take about as long, whenever they begin; those of its cohort, and
    of the half, the quarter and the eighth of it. What an older program sent has the first alone."""
    parts = lane.split(".") if lane else []
    return tuple(".".join(parts[: n + 1]) for n in range(len(parts) if len(parts) == _PARTS else min(len(parts), 1)))
