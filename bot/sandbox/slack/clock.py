"""Time for everything that expires: triggers, response URLs, rate limits, timestamps of messages."""

import time
from typing import Protocol


class Clock(Protocol):
    """Seconds since the epoch."""

    def now(self) -> float:
        """The present moment, in seconds since the epoch."""


class SystemClock:
    """The machine's own time."""

    def now(self) -> float:
        """The present moment, in seconds since the epoch."""
        return time.time()


class ManualClock:
    """Time that stands still until a test moves it on."""

    def __init__(self, start: float = 1_795_000_000.0) -> None:
        self._now = start

    def now(self) -> float:
        """The moment that the test has arrived at."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Let *seconds* pass."""
        self._now += seconds
