"""How often an action may be called per minute, counted per action, region and account.

Throttled in one minute, allowed again in the next (help page "API throttling"). The
thresholds are not published: 1,000 a minute is what Alibaba's own sample poller assumes.
Whether ECS ever sends ``x-acs-retry-after`` is not documented, so both can be had.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from bot.sandbox.ecs.errors import throttled

DEFAULT_PER_MINUTE = 1_000


class Throttle:
    """Counts calls. *limits* are per action; *tell_retry_after* adds the header to refusals."""

    def __init__(
        self,
        limits: dict[str, int] | None = None,
        default: int = DEFAULT_PER_MINUTE,
        *,
        tell_retry_after: bool = False,
    ) -> None:
        self.limits = dict(limits or {})
        self.default = default
        self.tell_retry_after = tell_retry_after
        self._minute: datetime | None = None
        self._counts: Counter[tuple[str, str]] = Counter()

    def count(self, action: str, account_id: str, now: datetime) -> None:
        """One more call; raises Throttling.User past the limit. A refused call counts too (guess)."""
        minute = now.replace(second=0, microsecond=0)
        if minute != self._minute:
            self._minute = minute
            self._counts.clear()
        self._counts[action, account_id] += 1
        if self._counts[action, account_id] > self.limits.get(action, self.default):
            left = 60_000 - int((now - minute).total_seconds() * 1000)
            raise throttled(left if self.tell_retry_after else None)
