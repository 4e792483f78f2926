"""Secrets out of what machines print, in time that grows with the text alone: RE2 never looks back.

With Python's `re` one hostile line of 24 KB kept the whole bot busy for seconds.
"""

from collections.abc import Iterable
from typing import Any

import structlog

from bot import regex

log = structlog.get_logger(__name__)

REDACTED = "‹redacted›"
"""Stands where a catalogue's pattern matched."""

SECRET = "secret"  # noqa: S105 - a name, and no password
"""The name of a group that is the secret, where a pattern needs words round it to find one."""


def fault_of(pattern: str) -> str:
    """What RE2 has against *pattern*; empty where nothing."""
    try:
        regex.compiled(pattern)
    except regex.Unfit as error:
        return f"is no regular expression of RE2's: {regex.words(error)}"
    return ""


def redact(text: str, patterns: Iterable[str]) -> str:
    """Put `‹redacted›` wherever one of *patterns* matches something; where it has a group `secret`, for that alone.

    A pattern that RE2 does not take hides everything: an older catalogue's, which a plan still carries.
    """
    for pattern in patterns:
        try:
            compiled = regex.compiled(pattern)
        except regex.Unfit as error:
            log.error("redaction_failed", fault=regex.words(error))  # noqa: TRY400 - the pattern is at fault
            return REDACTED
        text = compiled.sub(_hidden, text)
    return text


def _hidden(found: Any) -> str:
    whole: str = found.group()
    if not whole:
        return ""
    group = found.re.groupindex.get(SECRET)
    if group is None:
        return REDACTED
    start, end = (place - found.start() for place in found.span(group))
    return whole if start == end else f"{whole[:start]}{REDACTED}{whole[end:]}"
