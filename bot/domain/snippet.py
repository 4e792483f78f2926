"""A snippet's parameters: checked, put into one form, and set as variables before its script."""

import base64
import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import timedelta

from bot.domain.catalog import Param, ParamType, Script, Shell, Snippet
from bot.domain.duration import parse_duration, say_duration
from bot.domain.near import near
from bot.domain.plan import CONTENT_LIMIT
from bot.domain.quoting import assign, obstacle
from bot.domain.refusal import Refusal, Why

Values = tuple[tuple[str, str], ...]

VALUE_LIMIT = 1_000
"""Characters of one parameter's value."""

_INTEGER = re.compile(r"-?[0-9]{1,18}")
_TRUE = frozenset({"true", "yes", "on"})
_FALSE = frozenset({"false", "no", "off"})
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_GUARD = "trap 'case $? in 193|194) exit 1 ;; esac' EXIT  # the agent takes 193, 194 for power off, reboot"


def bind(snippet: Snippet, given: Sequence[tuple[str, str]]) -> Values | Refusal:
    """Check *given* (name, value) and return a value for every parameter, in the snippet's order.

    A name may be written with dashes and capitals. Values come out in one form: integers without
    leading zeros, booleans `true` or `false`, durations as whole seconds; an optional parameter
    that is not given is the empty string.
    """
    said: dict[str, str] = {}
    for written, value in given:
        name = written.lower().replace("-", "_")
        if snippet.param(name) is None:
            return _unknown(snippet, written)
        if name in said:
            return Refusal(Why.REPEATED_PARAM, subject=name)
        said[name] = value
    bound: list[tuple[str, str]] = []
    for param in snippet.params:
        text = said.get(param.name, param.default)
        if text is None:
            if param.required:
                return Refusal(Why.MISSING_PARAM, subject=param.name, hint=describe(param))
            bound.append((param.name, ""))
            continue
        fixed = check(param, text, tuple(script.shell for script in snippet.scripts.values()))
        if isinstance(fixed, Refusal):
            return fixed
        bound.append((param.name, fixed))
    return tuple(bound)


def check(param: Param, text: str, shells: Sequence[Shell] = ()) -> str | Refusal:
    """*text* in the form that scripts get, or why it is no value of *param* for these *shells*."""
    if len(text) > VALUE_LIMIT:
        return _bad(param, text[:60] + "…", f"at most {VALUE_LIMIT:,} characters")
    if any(unicodedata.category(char) in _UNSEEN for char in text):
        return _bad(param, text, "one line, without control or invisible characters")
    if "{{" in text:
        return _bad(param, text, "without {{, which Cloud Assistant could take for a secret's name")
    if why := next((why for shell in shells if (why := obstacle(shell, text))), ""):
        return _bad(param, text, why)
    fixed = _fixed(param, text)
    if fixed is None:
        return _bad(param, text, describe(param), near(text, param.choices))
    return fixed


def describe(param: Param) -> str:
    """What a value may be, to follow "it must be": `one of nginx, app`."""
    match param.type:
        case ParamType.CHOICE:
            return f"one of {', '.join(param.choices)}"
        case ParamType.INTEGER:
            return "a whole number" + _bounds(param, str)
        case ParamType.BOOLEAN:
            return "true or false"
        case ParamType.DURATION:
            said = _bounds(param, lambda seconds: say_duration(timedelta(seconds=seconds)))
            return "a duration such as 90s, 15m or 1h30m" + (f",{said}" if said else "")
        case ParamType.STRING:
            return f"text that matches {param.pattern}"


def render(script: Script, values: Sequence[tuple[str, str]]) -> str:
    """The text that is sent: *values* as assignments, then the script. Raises quoting.Unquotable.

    Under bash a shebang stays the first line, and one is put there where the script has none:
    the agent starts the file with `sh -c`, and that is dash on some systems. Batch files get
    CRLF: cmd loses its labels without.
    """
    lines = [assign(script.shell, name, value) for name, value in values]
    if script.shell is not Shell.BASH:
        text = "\n".join([*lines, script.text])
        return text.replace("\n", "\r\n") if script.shell is Shell.BAT else text
    first, _, rest = script.text.partition("\n")
    if not first.startswith("#!"):
        first, rest = "#!/bin/bash", script.text
    return "\n".join([first, _GUARD, *lines, rest])


def too_large(content: str) -> int | None:
    """Its size in bytes after Base64, where that is more than RunCommand takes."""
    size = len(base64.b64encode(content.encode()))
    return size if size > CONTENT_LIMIT else None


def _fixed(param: Param, text: str) -> str | None:
    """*text* in its one form; None where it is no value of *param*."""
    match param.type:
        case ParamType.CHOICE:
            return text if text in param.choices else None
        case ParamType.INTEGER:
            return str(int(text)) if _INTEGER.fullmatch(text) and _within(param, int(text)) else None
        case ParamType.BOOLEAN:
            low = text.lower()
            return "true" if low in _TRUE else "false" if low in _FALSE else None
        case ParamType.DURATION:
            span = parse_duration(text.lower())
            seconds = None if span is None else int(span.total_seconds())
            return None if seconds is None or not _within(param, seconds) else str(seconds)
        case ParamType.STRING:
            return text if re.fullmatch(param.pattern or "", text) else None


def _within(param: Param, number: int) -> bool:
    return (param.min is None or number >= param.min) and (param.max is None or number <= param.max)


def _bounds(param: Param, say: Callable[[int], str]) -> str:
    """` from 1 to 2000`, ` of at least 1`, ` of at most 9` or nothing."""
    if param.min is not None and param.max is not None:
        return f" from {say(param.min)} to {say(param.max)}"
    if param.min is not None:
        return f" of at least {say(param.min)}"
    return "" if param.max is None else f" of at most {say(param.max)}"


def _bad(param: Param, value: str, hint: str, meant: tuple[str, ...] = ()) -> Refusal:
    return Refusal(Why.BAD_VALUE, subject=param.name, value=value, hint=hint, near=meant)


def _unknown(snippet: Snippet, written: str) -> Refusal:
    names = [param.name for param in snippet.params]
    hint = ", ".join(names) or "none"
    return Refusal(Why.UNKNOWN_PARAM, subject=written, near=near(written.replace("-", "_"), names), hint=hint)
