"""How long things are waited for, when to send again, and how fast Slack may be written to. Pure arithmetic."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil

TOKEN_BUDGET = timedelta(minutes=10)
"""How long a ClientToken is sent again after its first sending: ECS does not publish how long it remembers one."""

CLAIM = timedelta(seconds=40)
"""A batch whose send was never answered or recorded (a crash) is sent again after this: longer than any call takes."""

SEEKS = 10
"""A run that is only looked for, since it must not be sent again, is looked for so many times, more and more slowly:
over two minutes (`back_off`). That is a guess: ECS does not publish how soon it shows a new run."""

STALE_AFTER = timedelta(minutes=15)
"""An invocation that waited longer for the bot itself is not started any more: nobody expects it now."""

OVERDUE_GRACE = timedelta(minutes=10)
"""How long past its timeout a run is looked at before it is called unknown."""

OVERDUE_LOOKS = 8
"""So many looks in a row must have brought nothing, besides: after a stop of the bot one bad moment says nothing."""

FIRST_LOOK = timedelta(milliseconds=200)
"""After a stop was taken: what ends at once has ended by then."""

SLOWEST_STOPPING = timedelta(seconds=2)
"""What is being stopped is turned to again in this time: somebody waits for its end."""

HOLD = timedelta(seconds=60)
"""How long the poller follows a batch before the database names it again, if nothing changes."""


def back_off(attempts: int, asked: float | None = None) -> timedelta:
    """The wait after the *attempts*-th failure in a row: 0.5 s doubling to 30 s, or what the other side *asked*."""
    if asked is not None:
        return timedelta(seconds=min(max(asked, 0.1), 300.0))
    return timedelta(seconds=min(0.5 * 2.0 ** min(max(attempts, 1) - 1, 10), 30.0))


def stop_again(tries: int) -> timedelta:
    """How long ECS, told to stop it *tries* times, is given to do so: 5 s doubling to a minute."""
    return timedelta(seconds=min(5.0 * 2.0 ** min(max(tries, 1) - 1, 10), 60.0))


@dataclass(frozen=True, slots=True)
class Bucket:
    """A token bucket: *capacity* tokens at most, *rate* a second, *level* of them at *at*, which may be to come."""

    capacity: float
    rate: float
    level: float
    at: datetime

    @classmethod
    def full(cls, capacity: float, rate: float, now: datetime) -> "Bucket":
        """A bucket that nobody has taken from yet."""
        return cls(capacity, rate, capacity, now)

    def take(self, now: datetime, reserve: float = 0.0) -> "tuple[Bucket, timedelta]":
        """One token, leaving at least *reserve*; the wait is zero if it was there, else nothing was taken."""
        at = max(now, self.at)  # later than now: it is shut until then, or another clock is ahead
        level = self._level(at)
        if level >= 1 + reserve and at <= now:
            return replace(self, level=level - 1, at=at), timedelta(0)
        missing = max(1 + reserve - level, 0.0) / self.rate
        wait = at - now + timedelta(microseconds=ceil(missing * 1e6))  # rounded down, it would not be quite enough
        return replace(self, level=level, at=at), max(wait, timedelta(milliseconds=10))

    def level_at(self, now: datetime) -> float:
        """How many tokens it has at *now*; none where it is shut until later."""
        return self._level(now) if now >= self.at else 0.0

    def _level(self, at: datetime) -> float:
        return min(self.capacity, self.level + (at - self.at).total_seconds() * self.rate)

    def given_back(self) -> "Bucket":
        """With a token more, which was taken and not used."""
        return replace(self, level=min(self.capacity, self.level + 1))

    def drained(self, until: datetime) -> "Bucket":
        """Empty until then: the other side said when to come back."""
        return replace(self, level=1.0, at=max(until, self.at))

    def is_full(self, now: datetime) -> bool:
        """Is it at *now* as if nobody had taken from it?"""
        return self.level + max((now - self.at).total_seconds(), 0.0) * self.rate >= self.capacity


@dataclass(frozen=True, slots=True)
class Draw:
    """One token of the bucket *name*, of *capacity* tokens and *rate* a second, leaving *reserve* in it."""

    name: str
    capacity: float
    rate: float
    reserve: float = 0.0
