"""Numbers from samples, in seconds."""

import math
from collections.abc import Sequence


def percentile(samples: Sequence[float], share: float) -> float:
    """The smallest sample that *share* (0 to 1) of all are no larger than."""
    ordered = sorted(samples)
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]


def median(samples: Sequence[float]) -> float:
    """Half of the samples are no larger."""
    return percentile(samples, 0.5)
