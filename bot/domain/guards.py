"""What stands in the way of a run though a role allows it: channels, freezes, locks, limits."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.access import UserId
from bot.domain.catalog import ChannelRule, Freeze, Hours, Policy, Risk, Snippet, Target, matches
from bot.domain.duration import say_duration
from bot.domain.refusal import Refusal, Why

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_WEEK = 7 * 1440


@dataclass(frozen=True, slots=True)
class Lock:
    """Somebody works on *target*: until they unlock it, or *until*, others may only look."""

    target: str
    by: UserId
    at: datetime
    why: str
    until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Does it still count at *now*?"""
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True)
class Circumstances:
    """All that the guards look at besides policy.

    *channel* is where it is asked, None once it was; *roles* are the asker's roles that allow the run; *lock*
    is the target's; *recent* counts what the asker asked for within the limit's time.
    """

    now: datetime
    user: UserId
    channel: str | None
    roles: tuple[str, ...] = ()
    lock: Lock | None = None
    recent: int = 0
    break_glass: bool = False


def objection(policy: Policy, snippet: Snippet, target: Target, around: Circumstances) -> Refusal | None:
    """The first guard that says no. Break-glass passes freezes, and nothing else of these."""
    return (
        _channels(policy, snippet, target, around)
        or _lock(snippet, target, around)
        or (None if around.break_glass else frozen(policy, snippet, target, around.now))
        or _rate(policy, around)
    )


def _channels(policy: Policy, snippet: Snippet, target: Target, around: Circumstances) -> Refusal | None:
    if around.channel is None:
        return None
    here = "dm" if around.channel.startswith("D") else around.channel
    for rule in policy.channels:
        if _speaks_of(rule, snippet, target, around) and here not in rule.channels:
            name = f"channel rule {rule.number}"
            return Refusal(Why.WRONG_CHANNEL, snippet.name, target.name, rule=name, near=rule.channels)
    return None


def _speaks_of(rule: ChannelRule, snippet: Snippet, target: Target, around: Circumstances) -> bool:
    """A rule for roles binds whoever may run it by those roles alone."""
    return (
        matches(rule.snippets, snippet.name)
        and matches(rule.targets, target.name)
        and (not rule.roles or (bool(around.roles) and set(around.roles) <= set(rule.roles)))
    )


def _lock(snippet: Snippet, target: Target, around: Circumstances) -> Refusal | None:
    """A lock keeps others from changing anything; low risk may go on looking."""
    lock = around.lock
    if lock is None or not lock.holds(around.now) or lock.by == around.user or snippet.risk is Risk.LOW:
        return None
    return Refusal(Why.LOCKED, snippet.name, target.name, hint=lock.why, who=(lock.by,))


def frozen(policy: Policy, snippet: Snippet, target: Target, now: datetime) -> Refusal | None:
    """A refusal where a freeze is in force at *now*."""
    for freeze in policy.freezes:
        if freeze.fits(snippet, target) and in_force(freeze, now):
            name = f"freeze {freeze.number}"
            end = _end(freeze, now)
            at, clock = (int(end.timestamp()), _clock(freeze, end)) if end else (0, "")
            return Refusal(Why.FROZEN, snippet.name, target.name, clock, freeze.why, name, at=at)
    return None


def _end(freeze: Freeze, now: datetime) -> datetime | None:
    """When *freeze*, in force at *now*, is over; None for one that has no end."""
    if freeze.week is None:
        return freeze.end
    if freeze.week.end - freeze.week.start >= _WEEK:
        return None
    local = now.astimezone(ZoneInfo(freeze.timezone)).replace(second=0, microsecond=0)
    minute = local.weekday() * 1440 + local.hour * 60 + local.minute
    return local + timedelta(minutes=(freeze.week.end - minute) % _WEEK)  # on the wall's clock, whatever changes it


def _clock(freeze: Freeze, end: datetime) -> str:
    """`Mon 08:00 (Asia/Shanghai)`: on the clock that policy was written by."""
    there = end.astimezone(ZoneInfo(freeze.timezone))
    day = DAYS[there.weekday()] if freeze.week is not None else f"{there:%Y-%m-%d}"
    return f"{day} {there:%H:%M} ({freeze.timezone})"


def in_force(freeze: Freeze, now: datetime) -> bool:
    """Is *now* within it? Its start counts, its end does not."""
    if freeze.week is not None:
        local = now.astimezone(ZoneInfo(freeze.timezone))
        minute = local.weekday() * 1440 + local.hour * 60 + local.minute
        start, end = freeze.week.start, freeze.week.end
        return start <= minute < end if start <= end else minute >= start or minute < end
    return (freeze.start is None or freeze.start <= now) and (freeze.end is None or now < freeze.end)


def off_hours(hours: Hours | None, now: datetime) -> bool:
    """Is *now* outside working hours? Never, where policy has none."""
    if hours is None:
        return False
    local = now.astimezone(ZoneInfo(hours.timezone))
    minute = local.hour * 60 + local.minute
    return local.weekday() not in hours.days or not hours.start <= minute < hours.end


def _rate(policy: Policy, around: Circumstances) -> Refusal | None:
    limits = policy.limits
    if limits.runs is None or around.recent < limits.runs:
        return None
    return Refusal(Why.TOO_MANY_RUNS, limit=limits.runs, hint=say_duration(limits.per))


def window_start(policy: Policy, now: datetime) -> datetime | None:
    """Since when runs count towards the limit; None where there is no limit."""
    return now - policy.limits.per if policy.limits.runs is not None else None


MANY = 10
"""From so many machines on, a card says so."""

REMIND_AT_LEAST = timedelta(minutes=2)
"""A time for approval shorter than twice this needs no reminder."""
