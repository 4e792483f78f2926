"""How long commands take: the mix that all schedules are tried on."""

import math
import random
from collections.abc import Iterator

SHORT, MIDDLING, LONG = "short", "middling", "long"
"""Three kinds of snippet: around 1.5 s and around 15 s (log-normal, spread 0.6), and one to ten minutes."""

SPREAD = 0.6


def durations(seed: int, stretch: float = 1.0) -> Iterator[tuple[str, float]]:
    """Kind and seconds of one command after the other: 70 %, 25 % and 5 % of each; the same for the same *seed*."""
    dice = random.Random(seed)
    while True:
        share = dice.random()
        if share < 0.7:
            yield SHORT, stretch * dice.lognormvariate(math.log(1.5), SPREAD)
        elif share < 0.95:
            yield MIDDLING, stretch * dice.lognormvariate(math.log(15.0), SPREAD)
        else:
            yield LONG, stretch * dice.uniform(60.0, 600.0)


MEAN = 0.7 * 1.5 * math.exp(SPREAD**2 / 2) + 0.25 * 15.0 * math.exp(SPREAD**2 / 2) + 0.05 * 330.0
"""Seconds."""

LONGEST = 600.0
"""Seconds, but for one in millions."""
