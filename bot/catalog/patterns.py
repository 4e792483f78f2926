"""Regular expressions from the catalogue: do they compile, are they anchored, can they run away?"""

import re
import warnings

from bot import redaction

_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_REPEAT = re.compile(r"\*|\+|\?|\{([0-9]*)(,?)([0-9]*)\}")
_GROUP = re.compile(r"\((?:\?(?:P<\w+>|P=\w+|[aiLmsux-]*:|[=!>]|<[=!]))?")


def fault_of(pattern: str) -> str:
    """What is wrong with *pattern*, and how to mend it; empty where nothing is."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(pattern)
    except (re.error, Warning, OverflowError, RecursionError) as error:
        return f"is no regular expression: {error}"
    if runs_away(pattern):
        return (
            "repeats something that itself repeats or varies, which can take for ever: write [a-z.]+, not ([a-z]+.?)+"
        )
    return ""


def anchored(pattern: str) -> bool:
    r"""Does it speak of the whole value: `^…$` or `\A…\Z`, and no `|` outside a group?"""
    whole = re.fullmatch(r"(?:\^|\\A)(.*?)(?:(?<!\\)(?:\\\\)*\$|\\Z)", pattern, re.DOTALL)
    return whole is not None and not _top_level_bar(pattern)


def redaction_fault(pattern: str) -> str:
    """What is wrong with *pattern* as a redaction, and how to mend it; empty where nothing is."""
    if why := redaction.fault_of(pattern):
        return f"{why}; RE2 knows no look-around: name the part to hide (?P<secret>…)"
    return fault_of(pattern) or ("matches the empty string" if matches_nothing(pattern) else "")


def matches_nothing(pattern: str) -> bool:
    """Does it find the empty string in a text? A redaction that does would fall on every gap."""
    return any(not found.group() for text in ("", "key=value, 42") for found in re.finditer(pattern, text))


def runs_away(pattern: str) -> bool:
    """Is there a repeat round something that repeats (`(a+)+`), or an endless one round a choice (`(a|a?)*`)?

    A simple reading of the text, stricter than need be. It finds what takes exponential time;
    `.*x.*x.*x` is only slow, and values are short.
    """
    levels = [(False, False)]  # of each open group: something in it repeats without end, something varies
    at = 0
    while at < len(pattern):
        closed = (False, False)
        char = pattern[at]
        if char == "\\":
            at += 2
        elif found := _CLASS.match(pattern, at):
            at = found.end()
        elif found := _GROUP.match(pattern, at):
            levels.append((False, False))
            at = found.end()
            continue
        else:
            at += 1
            if char == ")" and len(levels) > 1:
                closed = levels.pop()
        endless, several, varies, at = _repeat(pattern, at)
        if (closed[0] and several) or (closed[1] and endless):
            return True
        levels[-1] = (
            levels[-1][0] or closed[0] or endless,
            levels[-1][1] or closed[1] or varies or char == "|",
        )
    return False


def _repeat(pattern: str, at: int) -> tuple[bool, bool, bool, int]:
    """The repeat that stands at *at*: (without end, more than once, not a fixed number, where it is over)."""
    found = _REPEAT.match(pattern, at)
    if not found:
        return False, False, False, at
    end = found.end() + (pattern[found.end() : found.end() + 1] in {"?", "+"})
    text, (low, comma, high) = found.group(), found.groups()
    if text == "?":
        return False, False, True, end
    endless = text in {"*", "+"} or (bool(comma) and not high)
    several = endless or max(int(low or 0), int(high or 0)) > 1
    return endless, several, endless or (bool(comma) and low != high), end


def _top_level_bar(pattern: str) -> bool:
    depth = at = 0
    while at < len(pattern):
        if pattern[at] == "\\":
            at += 2
            continue
        if found := _CLASS.match(pattern, at):
            at = found.end()
            continue
        depth += {"(": 1, ")": -1}.get(pattern[at], 0)
        if pattern[at] == "|" and depth == 0:
            return True
        at += 1
    return False
