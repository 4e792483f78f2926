"""How long a snippet takes on a target: what its last runs say, with a share for surprise. Pure; all in seconds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

REMEMBERED = 50
"""So many of its last runs count."""

_DOUBT = 3.0
"""Runs that surprise is worth: of five known runs, three in eight say nothing."""

_BEFORE = (3.0, 0.7)
"""What is thought of the spread before any run is known, and how many runs that is worth: of few that happen to take
the same time it is not believed that none ends sooner."""

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
