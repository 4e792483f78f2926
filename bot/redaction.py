"""Secrets out of what machines print, in time that grows with the text alone: RE2 never looks back.

With Python's `re` one hostile line of 24 KB kept the whole bot busy for seconds.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import re2
import structlog

log = structlog.get_logger()

REDACTED = "‹redacted›"
"""Stands where a catalogue's pattern matched."""

SECRET = "secret"  # noqa: S105 - a name, and no password
"""The name of a group that is the secret, where a pattern needs words round it to find one."""


def fault_of(pattern: str) -> str:
    """What RE2 has against *pattern*; empty where nothing."""
    try:
        _compiled(pattern)
    except re2.error as error:
        return f"is no regular expression of RE2's: {_words(error)}"
    return ""


def redact(text: str, patterns: Iterable[str]) -> str:
    """Put `‹redacted›` wherever one of *patterns* matches something; where it has a group `secret`, for that alone.

    A pattern that RE2 does not take hides everything: an older catalogue's, which a plan still carries.
    """
    for pattern in patterns:
        try:
            compiled = _compiled(pattern)
        except re2.error as error:
            log.error("redaction_failed", fault=_words(error))  # noqa: TRY400 - the pattern is at fault
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


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


def _words(error: Exception) -> str:
    what = error.args[0] if error.args else ""
    return what.decode(errors="replace") if isinstance(what, bytes) else str(what)
