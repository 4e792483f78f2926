"""The words for states, outcomes, times and numbers: one voice for all messages."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from bot.domain.invocation import Invocation, State
from bot.domain.output import GRAVITY
from bot.domain.plan import Unreachable
from bot.domain.result import Outcome
from bot.slack.messages.escape import escape

REFUSED = "✋"
"""Every refusal starts with it."""

STATES: Mapping[State, tuple[str, str]] = {
    State.PLANNING: ("○", "Looking up machines"),
    State.AWAITING_APPROVAL: ("⏸", "Waiting for approval"),
    State.QUEUED: ("○", "Queued"),
    State.RUNNING: ("▶", "Running"),
    State.CANCELLING: ("◼", "Stopping"),
    State.SUCCEEDED: ("✔", "Succeeded"),
    State.PARTLY_FAILED: ("⚠", "Partly failed"),
    State.FAILED: ("✖", "Failed"),
    State.TIMED_OUT: ("✖", "Timed out"),
    State.CANCELLED: ("◼", "Stopped"),
    State.DENIED: ("⊘", "Denied"),
    State.EXPIRED: ("⊘", "Expired"),
    State.REFUSED: (REFUSED, "Not run"),
    State.UNKNOWN: ("❓", "Outcome unknown"),
}
"""A symbol and a word for each: never the symbol alone."""

OUTCOMES: Mapping[Outcome, tuple[str, str]] = {
    Outcome.UNKNOWN: ("❓", "unknown"),
    Outcome.FAILED: ("✖", "failed"),
    Outcome.TIMED_OUT: ("✖", "timed out"),
    Outcome.UNREACHABLE: ("⚠", "not reached"),
    Outcome.NOT_RUN: ("✖", "not run"),
    Outcome.CANCELLED: ("◼", "stopped"),
    Outcome.SUCCEEDED: ("✔", "succeeded"),
}

OBSTACLES: Mapping[str, str] = {
    "NotFound": "not known to ECS",
    "AgentOffline": "agent offline",
    "NoScript": "no script for its system",
    "Stopped": "stopped",
    "Stopping": "stopping",
    "Starting": "starting",
    "Pending": "being created",
    "NotInTarget": "not of this target any more",
}


def human(span: timedelta) -> str:
    """A duration: 0.4 s, 12 s, 3 min 05 s, 2 h 05 min, 3 d 4 h."""
    seconds = max(span.total_seconds(), 0.0)
    if seconds < 9.95:
        return f"{seconds:.1f} s".replace(".0 s", " s")
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s" if whole % 60 else f"{whole // 60} min"
    if whole < 86_400:
        return f"{whole // 3600} h {whole % 3600 // 60:02} min" if whole % 3600 >= 60 else f"{whole // 3600} h"
    return f"{whole // 86_400} d {whole % 86_400 // 3600} h" if whole % 86_400 >= 3600 else f"{whole // 86_400} d"


def at(moment: datetime, now: datetime | None = None) -> str:
    """*moment* in the reader's time zone; with its day where it is far from *now*."""
    stamp = int(moment.timestamp())
    near = now is None or abs(now - moment) < timedelta(hours=12)
    shape, fallback = ("{time}", "%H:%M UTC") if near else ("{date_short_pretty} {time}", "%Y-%m-%d %H:%M UTC")
    return f"<!date^{stamp}^{shape}|{moment.astimezone(UTC):{fallback}}>"


def moment(stamp: int, otherwise: str) -> str:
    """A day and time, Unix, in the reader's time zone; *otherwise* is said where Slack can't."""
    return f"<!date^{stamp}^{{date_short_pretty}} {{time}}|{escape(otherwise, 60) or 'then'}>"


def count(number: int, one: str, many: str = "") -> str:
    """1 machine, 1,000 machines."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def machines(number: int) -> str:
    """1 machine, 3 machines."""
    return count(number, "machine")


def some(names: Sequence[str], limit: int = 240) -> str:
    """As many of *names* as fit in *limit* characters, escaped, and how many more there are."""
    shown: list[str] = []
    room = limit
    for name in names:
        word = escape(name, 64)
        room -= len(word) + 2
        if room < 0 and shown:
            break
        shown.append(word)
    rest = len(names) - len(shown)
    return ", ".join(shown) + (f" and {rest:,} more" if rest else "")


def total(invocation: Invocation) -> int:
    """How many machines it is about, those that can't be reached among them."""
    return invocation.plan.size + len(invocation.plan.unreachable) if invocation.plan else 0


def tally(invocation: Invocation) -> str:
    """2 of 3 machines succeeded · 1 failed."""
    counts = invocation.tally
    if not counts:
        return ""
    whole = total(invocation) or sum(counts.values())
    parts = [f"{counts.get(Outcome.SUCCEEDED, 0):,} of {machines(whole)} succeeded"]
    parts += [f"{counts[o]:,} {OUTCOMES[o][1]}" for o in GRAVITY if o is not Outcome.SUCCEEDED and counts.get(o)]
    return " · ".join(parts)


def took(invocation: Invocation) -> str:
    """How long the run took; empty where none was started or it is not over."""
    if invocation.started_at is None or invocation.finished_at is None:
        return ""
    return human(invocation.finished_at - invocation.started_at)


def obstacle(why: str) -> str:
    """Why a machine can't be reached, in words; ECS's own where there are none."""
    return OBSTACLES.get(why) or escape(why, 60)


def left_out(unreachable: Sequence[Unreachable]) -> str:
    """web-3, web-4 (agent offline); web-9 (stopped)."""
    by_why: dict[str, list[str]] = {}
    for machine in unreachable:
        by_why.setdefault(machine.why, []).append(machine.name or machine.instance)
    parts = [f"{some(names, 120)} ({obstacle(why)})" for why, names in list(by_why.items())[:5]]
    more = len(by_why) - len(parts)
    return "; ".join(parts) + (f"; and {more} more reasons" if more > 0 else "")
