"""Answers about locks: who works on which target."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.guards import Lock
from bot.slack.messages import kit
from bot.slack.messages.escape import code, escape, mention, shortened
from bot.slack.messages.rendered import Rendered
from bot.slack.messages.words import at, count

ROOM = 7_500


def lock_list(locks: Sequence[Lock], now: datetime) -> Rendered:
    """The locks that count now."""
    if not locks:
        words = f"No target is locked. {code('/ecs lock web-prod --for 1h --reason …')} locks one."
        return Rendered(words, [kit.section(words)])
    blocks, shown = kit.paragraphs([_line(lock, now) for lock in locks], ROOM)
    if shown < len(locks):
        blocks.append(kit.context(f"and {count(len(locks) - shown, 'more lock')}"))
    head = f"{count(len(locks), 'target')} locked"
    text = "; ".join(f"{escape(lock.target, 64)} by {mention(lock.by)}" for lock in locks[:20])
    return Rendered(shortened(f"{head}: {text}", 1_500), [kit.section(f"*{head}*"), *blocks])


def locked(lock: Lock, now: datetime) -> Rendered:
    """A target was locked."""
    what = f"{code(lock.target)} is yours{_until(lock, now)}: {escape(lock.why, 300)}"
    how = f"Others can only look, by what is low risk. {code('/ecs unlock ' + lock.target)} ends it."
    return Rendered(f"✔ {what} · {how}", [kit.section(f"✔ {what}"), kit.context(how)])


def unlocked(lock: Lock, user: str) -> Rendered:
    """A lock was ended, by its holder or by an admin."""
    whose = "" if lock.by == user else f" {mention(lock.by)} had locked it: {escape(lock.why, 300)}"
    words = f"✔ {code(lock.target)} is no longer locked.{whose}"
    return Rendered(words, [kit.section(words)])


def _line(lock: Lock, now: datetime) -> str:
    return (
        f"*{escape(lock.target, 64)}* · {mention(lock.by)}, since {at(lock.at, now)}{_until(lock, now)}"
        f"\n{escape(lock.why, 300)}"
    )


def _until(lock: Lock, now: datetime) -> str:
    return f" until {at(lock.until, now)}" if lock.until is not None else " until it is unlocked"
