"""The soonest that Slack lets results be read, when many runs end close together; and what stands in the way.

A result is there once its message says so. There are two ways. The message that showed progress is updated:
chat.update takes 50 a minute for the whole workspace (Tier 3). Or a new message is posted in the thread: one a second
and channel, "several hundred" a minute for the workspace (chat.postMessage); 300 is taken for that. So in a time of W
seconds, of which the first minute is all that matters here, a channel takes b + W messages, where b is what it takes at
once, and the workspace 50 updates more.

*All 200 at once, ten in each of 20 channels.* 20 (b + W) + 50 >= 200. Slack allows "short bursts" and does not say
how short: with none (b = 1) W is 7 s, with five, which is what the sandbox takes, 3 s. The 150 messages are within
the workspace's 300.

*One every 0.3 s, the channels in turn.* Each channel has an end every 6 s, and takes a message every second: no
result need wait at all, without a single update. By updates alone, which is what comes to mind first, it is 50 in the
first minute and 50 in each after it: the last is read three minutes after its end.

*One channel with 110 of them, all at once.* b + W + 50 >= 110: 59 s there, whatever is done elsewhere; the others need
no more than five messages each, 4 s.

Cards can only be updated, as their threads hang on them: 200 of them take three minutes and 50 at once. Whatever
updates results take are taken from cards, so where many end together results are better posted.
"""

from collections import defaultdict, deque
from collections.abc import Sequence

from bot.sandbox.slack.limits import CHANNEL_BURST, CHANNEL_POSTS_PER_SECOND, POSTS_PER_MINUTE, TIERS
from bot.sandbox.slack.ratelimit import Bucket, RateLimited, Window

STEP = 0.05
"""Seconds between two looks at what Slack would take."""

End = tuple[str, float]
"""In which channel a run ends, and when."""


def waits(ends: Sequence[End], burst: float = 1.0) -> list[float]:
    """Seconds from each end to its result, by one who need not care for anything else: posted where the channel takes
    it, and updated where most results wait. *burst*: so many messages a channel takes at once."""
    updates, posts = Window(TIERS[3]), Window(POSTS_PER_MINUTE)
    channels: dict[str, Bucket] = defaultdict(lambda: Bucket(CHANNEL_POSTS_PER_SECOND, burst))
    coming = deque(sorted((at, channel) for channel, at in ends))
    waiting: dict[str, deque[float]] = defaultdict(deque)
    found: list[float] = []
    now = start = coming[0][0]
    step = 0
    while coming or any(waiting.values()):
        while coming and coming[0][0] <= now:
            at, channel = coming.popleft()
            waiting[channel].append(at)
        for channel in [name for name, queue in waiting.items() if queue]:
            while waiting[channel] and _takes(channels[channel], now) and _takes(posts, now):
                found.append(now - waiting[channel].popleft())
        while (longest := max(waiting.values(), key=len)) and _takes(updates, now):
            found.append(now - longest.popleft())
        step += 1
        now = start + step * STEP
    return found


def with_bursts(ends: Sequence[End]) -> list[float]:
    """The same, where a channel takes as many at once as the sandbox does."""
    return waits(ends, CHANNEL_BURST)


def _takes(limit: Window | Bucket, now: float) -> bool:
    try:
        limit.take(now)
    except RateLimited:
        return False
    return True
