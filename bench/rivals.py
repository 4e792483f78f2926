"""How others wait for the end of a run: their schedules, as their sources and docs have them.

Of each, the times at which it asks, in seconds after the start; what it does not do (give up early, miss a status) is
not held against it. Alibaba's tutorials in Java and Python; AWS's waiter; Alibaba's best-practice poller
(aliyun/cloud-assistant-starter: after 1 s, then after half of what is left of the timeout, 3 s at least, and once after
a minute); its MCP server (every second); aliyun-cli's --waiter (every 5 s; it would give up after 180 s).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, islice

from bench.mix import LONG, MIDDLING, SHORT, durations

Schedule = Callable[[float], Iterator[float]]
"""From the timeout of a run to the times at which it is asked for."""

TIMEOUTS = {SHORT: 60.0, MIDDLING: 120.0, LONG: 900.0}
"""What somebody would set for each kind. Only the best-practice poller goes by it."""


def _every(seconds: float) -> Schedule:
    return lambda _timeout: (seconds * number for number in count(1))


def _doubling(_timeout: float) -> Iterator[float]:
    at = 0.0
    for number in count():
        at += 2.0**number
        yield at


def _starter(timeout: float) -> Iterator[float]:
    at, forced = 1.0, min(60.0, timeout)
    while True:
        yield at
        later = at + max(3.0, (timeout - at) / 2)
        at = forced if at < forced < later else later


SCHEDULES: dict[str, Schedule] = {
    "Alibaba's Java tutorial, every 2 s": _every(2.0),
    "Alibaba's Python tutorial, after 2^n s": _doubling,
    "Alibaba's best-practice poller": _starter,
    "Alibaba's MCP server, every second": _every(1.0),
    "aliyun-cli's waiter, every 5 s": _every(5.0),
    "AWS's waiter, every 5 s": _every(5.0),
}


@dataclass(frozen=True)
class Waited:
    """How late each end was seen, in order of size, and how many calls a run took."""

    late: tuple[float, ...]
    calls: float


def measure(runs: int, seed: int) -> dict[str, Waited]:
    """Each schedule on the same *runs* of the mix."""
    mix = list(islice(durations(seed), runs))
    return {name: _on(schedule, mix) for name, schedule in SCHEDULES.items()}


def _on(schedule: Schedule, mix: list[tuple[str, float]]) -> Waited:
    late, calls = [], 0
    for kind, end in mix:
        for at in schedule(TIMEOUTS[kind]):
            calls += 1
            if at >= end:
                late.append(at - end)
                break
    return Waited(tuple(sorted(late)), calls / len(mix))
