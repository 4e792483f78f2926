"""Which runs stand in one lane: those that take about as long, and are sent one after the other."""

import math
from collections.abc import Hashable

from bot.domain.spans import Span

COHORT = 320
"""So many runs that take about as long and begin one after the other can be listed alone, and so can each half, quarter
and eighth of them: an eighth has room in one answer of ECS and, when some have ended, a quarter has, and so on."""

_PARTS = 5
_KNOWN = 0.5


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
