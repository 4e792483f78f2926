"""Checks of a line's words and values that several verbs share."""

import re
from datetime import timedelta

from bot.domain.access import UserId
from bot.domain.duration import parse_duration
from bot.domain.refusal import Refusal, Why
from bot.domain.usergroups import is_group
from bot.domain.words import Line

LONGEST_GRANT = timedelta(days=366)
"""A grant without end is said by leaving `--for` out."""

_USER = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>|([UW][A-Z0-9]+)")
_PATTERN = re.compile(r"[a-z0-9*?_.-]{1,64}")
_WEEKS = re.compile(r"(?:([0-9]{1,3})w)?(.*)")


def no_options(line: Line) -> Refusal | None:
    """Refuse any option."""
    given = [name for name, _ in line.options] + (["reason"] if line.reason is not None else [])
    return Refusal(Why.UNKNOWN_PARAM, subject=given[0]) if given else None


def at_most(words: tuple[str, ...], count: int) -> Refusal | None:
    """Refuse the first word past *count*."""
    return Refusal(Why.TOO_MANY_ARGUMENTS, subject=words[count]) if len(words) > count else None


def arity(words: tuple[str, ...], *names: str) -> Refusal | None:
    """Refuse words that are not one for each of *names*; an empty one (`""`) is missing.

    *value* is the word before the missing one: the snippet, where the target is missing.
    """
    for index, name in enumerate(names):
        if not "".join(words[index : index + 1]):
            return Refusal(Why.MISSING_ARGUMENT, subject=name, value="".join(words[:index][-1:]).lower())
    return at_most(words, len(names))


def user_of(word: str) -> UserId | None:
    """The user id that *word* is, or mentions; names never count."""
    found = _USER.fullmatch(word)
    return None if found is None else found[1] or found[2]


def holder_of(word: str) -> str | None:
    """The id of the user or of the user group that *word* is, or mentions."""
    return word if is_group(word) else user_of(word)


def holder_and_role(words: tuple[str, ...]) -> tuple[str, str] | Refusal:
    """Exactly a user or user group and a role's name."""
    if refusal := arity(words, "user", "role"):
        holder_first = not words or holder_of(words[0]) is not None
        return refusal if holder_first else Refusal(Why.NOT_A_USER, subject=words[0])
    holder = holder_of(words[0])
    return Refusal(Why.NOT_A_USER, subject=words[0]) if holder is None else (holder, words[1].lower())


def grant_span(text: str | None) -> timedelta | Refusal:
    """`8h`, `1h30m`, `2d`, `1w`: more than nothing, and no longer than LONGEST_GRANT."""
    if not text:
        return Refusal(Why.MISSING_ARGUMENT, subject="for")
    found = _WEEKS.fullmatch(text.lower())
    rest = parse_duration(found[2]) if found and found[2] else timedelta()
    if found is None or rest is None:
        return Refusal(Why.BAD_DURATION, subject=text)
    span = timedelta(weeks=int(found[1] or 0)) + rest
    if not timedelta() < span <= LONGEST_GRANT:
        return Refusal(Why.BAD_DURATION, subject=text, limit=LONGEST_GRANT.days)
    return span


def machines(line: Line) -> tuple[str, ...] | Refusal:
    """What `--on` names, which is the only option, as often as it is there; nothing where it is not."""
    found: list[str] = []
    for name, value in (*line.options, *((("reason", ""),) if line.reason is not None else ())):
        if name.lower() != "on":
            return Refusal(Why.UNKNOWN_PARAM, subject=name, near=("on",))
        named = [part for part in (value or "").split(",") if part]
        if not named:
            return Refusal(Why.MISSING_ARGUMENT, subject="on")
        found += named
    return tuple(dict.fromkeys(found))


def patterns(text: str | None) -> tuple[str, ...] | Refusal:
    """Targets, or patterns of them, between commas: never none of them, which would limit nothing."""
    found = tuple(part.strip() for part in (text or "").lower().split(",") if part.strip())
    if not found:
        return Refusal(Why.MISSING_ARGUMENT, subject="on")
    if odd := next((part for part in found if not _PATTERN.fullmatch(part)), None):
        return Refusal(Why.BAD_VALUE, subject="on", value=odd, hint="a target or a pattern such as web-*")
    return found
