"""One run in the cloud, and how long somebody has probably been waiting for a look at it. Pure; times are seconds."""

from collections.abc import Hashable
from dataclasses import dataclass, field

from bot.domain.spans import NEW, Span

PAGE = 50
"""Rows that one answer of ECS holds: of DescribeInvocations runs, of DescribeInvocationResults instances."""

Key = Hashable

_SHARE, _GRACE = 0.05, 0.25
_STOPPING = 0.5
_SUSPECTED = 0.15
_STEADY = 0.1
_STEADY_OF_AGE = 0.02


@dataclass(slots=True, eq=False)
class Run:
    """One run in the cloud: *since* when, last seen alive at *looked*; *rows* is how many instances it has.

    *lanes* are tags by which it can be listed with some others alone; see `spans.lane`.
    *suspect* is since when it is missing where it should stand: it has probably ended. *stopping*: somebody
    waits for its end. *asking*: a call that should tell of it is under way.

    Its weight, as of the last `weigh`: the seconds that it has probably *waited* for somebody to look, times the
    probability that it has ended; and, as far as a list of what runs can tell it, the same as *listed* and that
    probability as *ended*. Thousands are weighed for each call, so the probability is
    worked out anew only when it may be another by some hundredths; until then it is taken to grow evenly, by *rate* in
    a second.
    """

    key: Key
    since: float
    looked: float
    rows: int = 1
    span: Span = NEW
    lanes: tuple[str, ...] = ()
    suspect: float | None = None
    stopping: bool = False
    asking: bool = False
    pages: int = field(init=False)
    ended: float = field(init=False, default=0.0)
    waited: float = field(init=False, default=0.0)
    listed: float = field(init=False, default=0.0)
    rate: float = field(init=False, default=0.0)
    _was: float = field(init=False, default=0.0)
    _from: float = field(init=False, default=1.0)
    _to: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        """A look at all its results takes a call for each page."""
        self.pages = max(-(-self.rows // PAGE), 1)

    def seen(self, at: float) -> None:
        """It was alive at *at*."""
        self.looked, self.suspect = at, None
        self._was, self._from, self._to = 0.0, 1.0, 0.0

    def overdue(self, at: float) -> bool:
        """Has it not been seen for longer than is promised where few run?"""
        age = max(self.looked - self.since, 0.0)
        return at - self.looked >= (_STOPPING if self.stopping else _GRACE + _SHARE * age) - 1e-6

    def weigh(self, at: float) -> None:
        """As it is at *at*. Nothing while somebody is asking."""
        if self.asking:
            self.ended = self.listed = self.waited = 0.0
        elif self.suspect is not None:
            self.ended, self.listed, self.waited = 0.0, 0.0, max(at - self.suspect, 0.0) + _SUSPECTED
        else:
            past = at - self.looked
            if not self._from <= past <= self._to:
                self._work_out(past)
            ended = min(self.rate * past, 1.0)
            self.waited = waited = past / 2 * ended
            self.ended, self.listed = (0.0, 0.0) if self.stopping else (ended, waited)

    def _work_out(self, past: float) -> None:
        """The probability that it ended in the last *past* seconds, knowing that it ran before."""
        if past <= 0.0:
            self.rate, self._from, self._to = 0.0, past, 0.0
            return
        age = self.looked - self.since + past
        self._was = self._was or self.span.alive(age - past)
        ended = 1.0 - self.span.alive(age) / self._was
        steady = min(_STEADY * past, _STEADY_OF_AGE * age)
        self.rate, self._from, self._to = ended / past, past - steady, past + steady
