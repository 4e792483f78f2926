"""How late ends are seen at best, where calls are scarce.

A call shows fifty runs at most. A group of them in which h runs end a second, looked at every T seconds, is seen T/2
late on average. With groups of h1, h2, … and r calls a second in all, the sum of h·T/2 is least where each T goes as
1/√h: it is then (Σ√h)² / 2r, and the mean over all ends (Σ√h)² / (2r·Σh). That is least where the runs that are
likeliest to end stand together. So the bound knows how likely each run is to end, and may put any fifty into one
answer, which ECS lets nobody do; the results of each run cost a call more, which is taken off r.
"""

import math
from collections.abc import Sequence

from bench.mix import LONG, MIDDLING, SHORT, SPREAD
from bot.domain.runs import PAGE

_MIDDLE = {SHORT: math.log(1.5), MIDDLING: math.log(15.0)}


def hazard(kind: str, age: float, stretch: float) -> float:
    """How likely a run of this kind and age (seconds) is to end in the next second, of the mix stretched so."""
    a = max(age / stretch, 1e-9)
    if kind == LONG:
        return 0.0 if a < 60.0 else 1.0 / max(600.0 - a, 1e-3) / stretch
    z = (math.log(a) - _MIDDLE[kind]) / SPREAD
    density = math.exp(-z * z / 2) / (a * SPREAD * math.sqrt(2 * math.pi))
    return density / max(0.5 * math.erfc(z / math.sqrt(2)), 1e-12) / stretch


def at_best(moments: Sequence[Sequence[float]], calls: float) -> float:
    """The mean lateness in seconds, with *calls* a second for two APIs together; *moments* are the hazards of all that
    run, now and then. From one moment alone it would be a matter of chance: who ends for sure in a second weighs much.
    """
    roots = ends = 0.0
    for hazards in moments:
        ordered = sorted(hazards, reverse=True)
        groups = [sum(ordered[n : n + PAGE]) for n in range(0, len(ordered), PAGE)]
        roots += sum(math.sqrt(group) for group in groups) ** 2
        ends += sum(groups)
    spare = calls - ends / max(len(moments), 1)
    return roots / (2 * spare * ends) if ends and spare > 0 else math.inf
