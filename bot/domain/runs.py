"""One run in the cloud, and how long somebody has probably been waiting for a look at it. Pure; times are seconds."""

from collections.abc import Hashable
from dataclasses import dataclass

from bot.domain.spans import NEW, Span

PAGE = 50
"""Rows that one answer of ECS holds: of DescribeInvocations runs, of DescribeInvocationResults instances."""

Key = Hashable

_SHARE, _GRACE = 0.05, 0.25
_STOPPING = 0.5
_SUSPECTED = 0.15
_STEADY = 0.1
_STEADY_OF_AGE = 0.02
_UNLIKELY = 0.2


@dataclass(frozen=True, slots=True)
class Run:
    """One run in the cloud: *since* when, last seen alive at *looked*; *rows* is how many instances it has.

    *lanes* are tags by which it can be listed with some others alone; see `spans.lane`.
    *suspect* is since when it is missing where it should stand: it has probably ended. *stopping*: somebody
    waits for its end.
    """

    key: Key
    since: float
    looked: float
    rows: int = 1
    span: Span = NEW
    lanes: tuple[str, ...] = ()
    suspect: float | None = None
    stopping: bool = False

    def ended(self, at: float) -> float:
        """The probability that it has ended by now, knowing that it ran at *looked*."""
        if self.suspect is not None:
            return 1.0
        if at <= self.looked:
            return 0.0
        return 1.0 - self.span.alive(at - self.since) / self.span.alive(self.looked - self.since)

    def overdue(self, at: float) -> bool:
        """Has it not been seen for longer than is promised where few run?"""
        age = max(self.looked - self.since, 0.0)
        return at - self.looked >= (_STOPPING if self.stopping else _GRACE + _SHARE * age) - 1e-6

    @property
    def pages(self) -> int:
        """Calls that it takes to read its results."""
        return max(-(-self.rows // PAGE), 1)


class Weighed:
    """A run with its weight: the probability that it has *ended*, and the seconds that it has probably *waited*, times
    that probability. Nothing while somebody is *asking* after it.

    The probability is worked out anew only when it may be another by some hundredths. Until then it is taken to grow
    evenly: what is unlikely to end within a minute is no other a second later.
    """

    __slots__ = ("_from", "_rate", "_to", "_was", "asking", "ended", "pages", "run", "sure", "waited")

    def __init__(self, run: Run) -> None:
        self.asking = False
        self.becomes(run)

    def becomes(self, run: Run) -> None:
        """The same run, seen again or known better."""
        self.run = run
        self.pages = run.pages
        self.sure = run.suspect is None and not run.stopping
        self.ended = self.waited = 0.0
        self._was = run.span.alive(run.looked - run.since)
        self._rate, self._from, self._to = 0.0, 1.0, 0.0

    def weigh(self, at: float) -> None:
        """As it is at *at*."""
        run = self.run
        if self.asking:
            self.ended = self.waited = 0.0
        elif run.suspect is not None:
            self.ended, self.waited = 1.0, max(at - run.suspect, 0.0) + _SUSPECTED
        else:
            since = at - run.looked
            if not self._from <= since <= self._to:
                self._work_out(since)
            self.ended = ended = self._rate * since
            self.waited = since / 2 * ended

    def _work_out(self, since: float) -> None:
        if since <= 0.0:
            self._rate, self._from, self._to = 0.0, since, 0.0
            return
        age = self.run.looked - self.run.since + since
        ended = 1.0 - self.run.span.alive(age) / self._was
        self._rate = ended / since
        steady = min(_STEADY * since, _STEADY_OF_AGE * age) if ended < _UNLIKELY else 0.0
        self._from, self._to = since - steady, since + steady
