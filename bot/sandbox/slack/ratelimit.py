"""Slack's rate limits, on the workspace's clock.

A tier allows so many calls of one method in any 60 seconds; posting, whatever the method, is limited for each channel
and for the workspace. How Slack counts inside the minute is not published: a sliding window is a *guess*, as are the
bursts (see `limits`).
"""

import math
from collections import deque

from bot.sandbox.slack import limits
from bot.sandbox.slack.clock import Clock
from bot.sandbox.slack.refusal import Refused


class RateLimited(Refused):
    """429; ``retry_after`` is in whole seconds, as the header carries it."""

    def __init__(self, retry_after: float) -> None:
        super().__init__("ratelimited")
        self.retry_after = max(1, math.ceil(retry_after))


class Window:
    """At most *allowed* calls in any 60 seconds."""

    def __init__(self, allowed: int) -> None:
        self.allowed = allowed
        self._calls: deque[float] = deque()

    def check(self, now: float) -> None:
        """Raises `RateLimited` where one more would be too many."""
        while self._calls and self._calls[0] <= now - 60:
            self._calls.popleft()
        if len(self._calls) >= self.allowed:
            raise RateLimited(self._calls[0] + 60 - now)

    def take(self, now: float) -> None:
        """Count one call; raises `RateLimited`, and a refused call is not counted."""
        self.check(now)
        self._calls.append(now)


class Bucket:
    """*rate* a second, and up to *burst* at once."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._level = burst
        self._at: float | None = None

    def take(self, now: float) -> None:
        """Count one; raises `RateLimited`."""
        if self._at is not None:
            self._level = min(self._burst, self._level + (now - self._at) * self._rate)
        self._at = now
        if self._level < 1:
            raise RateLimited((1 - self._level) / self._rate)
        self._level -= 1


class RateLimits:
    """All limits of one app in one workspace; *scale* 2.0 allows twice as much, 0 switches them off."""

    def __init__(self, clock: Clock, scale: float = 1.0) -> None:
        self._clock = clock
        self.scale = scale
        self._methods: dict[str, Window] = {}
        self._channels: dict[str, Bucket] = {}
        self._posts: Window | None = None

    def call(self, method: str) -> None:
        """Count a call of *method*; raises `RateLimited`. What chat.postMessage may is counted by `post`."""
        if not self.scale or method == "chat.postMessage":
            return
        if method not in self._methods:
            self._methods[method] = Window(max(1, round(self._allowed(method) * self.scale)))
        self._methods[method].take(self._clock.now())

    def post(self, channel: str) -> None:
        """Count a message to *channel*; raises `RateLimited`."""
        if not self.scale:
            return
        now = self._clock.now()
        self._posts = self._posts or Window(max(1, round(limits.POSTS_PER_MINUTE * self.scale)))
        self._posts.check(now)
        rate, burst = limits.CHANNEL_POSTS_PER_SECOND * self.scale, max(1.0, limits.CHANNEL_BURST * self.scale)
        self._channels.setdefault(channel, Bucket(rate, burst)).take(now)
        self._posts.take(now)

    def _allowed(self, method: str) -> int:
        tier = limits.TIER_OF.get(method, 2)
        if tier == 1:
            return limits.TIER_ONE_BURST
        return limits.TIERS[tier] if tier else limits.SPECIAL_TIER
