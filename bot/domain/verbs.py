"""What follows `/ecs`, read into a value: `run mem web-prod --lines 20` → Run(…)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Literal

from bot.domain.access import UserId
from bot.domain.arguments import arity, at_most, grant_span, holder_and_role, machines, no_options, patterns, user_of
from bot.domain.near import near
from bot.domain.refusal import Refusal, Why
from bot.domain.text import clean
from bot.domain.verb import (
    Audit,
    Can,
    Follow,
    Help,
    History,
    ListAll,
    Locks,
    LockTarget,
    Resolve,
    RoleGrant,
    RoleList,
    RoleRevoke,
    Run,
    Search,
    Status,
    Stop,
    Unlock,
    Verb,
    Whoami,
)
from bot.domain.words import Line, cut_words

VERBS = (
    "run",
    "list",
    "help",
    "status",
    "search",
    "stop",
    "follow",
    "history",
    "whoami",
    "can",
    "role",
    "lock",
    "unlock",
    "audit",
    "resolve",
)
"""As help names them; ALIASES are understood too."""

ALIASES = {
    "ls": "list",
    "?": "help",
    "ps": "status",
    "grep": "search",
    "kill": "stop",
    "cancel": "stop",
    "roles": "role",
    "locks": "lock",
}

_ROLE_VERBS = ("grant", "revoke", "list")
_GRANT_OPTIONS = ("for", "on", "reason")
_RUN_FLAGS = ("break-glass", "private")
"""Options of `run` itself, in the order of Run's fields; every other one is a parameter."""
_SEARCH_OPTIONS = ("regex", "on")
_ME = frozenset({"i", "me"})


def parse(text: str) -> Verb | Refusal:
    """Read *text*, what Slack sent after `/ecs` or after a mention of the bot. Any text has an answer."""
    cleaned = clean(text)
    if isinstance(cleaned, Refusal):
        return cleaned
    line = cut_words(cleaned)
    if isinstance(line, Refusal):
        return line
    words = line.words[1:] if line.words[:1] == ("/ecs",) else line.words
    if any(name.lower() == "help" for name, _ in line.options):
        return Help(_topic(words))
    if not words:
        given = line.options or line.reason is not None
        return Refusal(Why.MISSING_ARGUMENT, subject="verb", near=VERBS) if given else Help()
    name = words[0].lower()
    read = _READERS.get(ALIASES.get(name, name))
    if read is None:
        return Refusal(Why.UNKNOWN_VERB, subject=words[0], near=near(name, (*VERBS, *ALIASES)))
    return read(Line(words[1:], line.options, line.reason))


def _topic(words: tuple[str, ...]) -> str | None:
    """What help is wanted on in `run logs --help` (logs), `role grant --help`, `run --help`."""
    low = [word.lower() for word in words]
    return " ".join(low[1:2] if low[:1] == ["run"] and low[1:] else low[:2]) or None


def started(text: str) -> Run | None:
    """What a line that asks for a run says so far: snippet and target may be empty. None: it asks for something else,
    or can't be read."""
    cleaned = clean(text)
    line = cleaned if isinstance(cleaned, Refusal) else cut_words(cleaned)
    if isinstance(line, Refusal):
        return None
    words = line.words[1:] if line.words[:1] == ("/ecs",) else line.words
    if not 1 <= len(words) <= 3 or words[0].lower() != "run":
        return None
    run = _asked_for(Line((*words[1:], "", "")[:2], line.options, line.reason))
    return None if isinstance(run, Refusal) else run


def _run(line: Line) -> Run | Refusal:
    return arity(line.words, "snippet", "target") or _asked_for(line)


def _asked_for(line: Line) -> Run | Refusal:
    params: list[tuple[str, str]] = []
    flags = dict.fromkeys(_RUN_FLAGS, False)
    for name, value in line.options:
        flag = name.lower().replace("_", "-")
        if flag not in flags:
            params.append((name, "true" if value is None else value))
        elif value is not None and value.lower() not in {"true", "false"}:
            return Refusal(Why.BAD_VALUE, subject=name, value=value, hint="true or false")
        else:
            flags[flag] = value is None or value.lower() == "true"
    snippet, target = line.words
    return Run(snippet.lower(), target.lower(), tuple(params), line.reason or "", *flags.values())


def _help(line: Line) -> Help | Refusal:
    return no_options(line) or Help(" ".join(line.words).lower() or None)


def _status(line: Line) -> Status | Refusal:
    return no_options(line) or at_most(line.words, 1) or Status(next(iter(line.words), None))


def _stop(line: Line) -> Stop | Refusal:
    """`--on` takes machines, with commas between or several times."""
    named = machines(line)
    if isinstance(named, Refusal):
        return named
    return arity(line.words, "invocation") or Stop(line.words[0], named)


def _follow(line: Line) -> Follow | Refusal:
    return no_options(line) or arity(line.words, "invocation") or Follow(line.words[0])


def _search(line: Line) -> Search | Refusal:
    """The text is all words after the id; `--regex` has an expression in its place."""
    given: dict[str, str] = {}
    for name, value in line.options:
        option = name.lower()
        if option not in _SEARCH_OPTIONS:
            return Refusal(Why.UNKNOWN_PARAM, subject=name, near=near(option, _SEARCH_OPTIONS) or _SEARCH_OPTIONS)
        if option in given:
            return Refusal(Why.REPEATED_PARAM, subject=option)
        if not value:
            return Refusal(Why.MISSING_ARGUMENT, subject=option)
        given[option] = value
    if line.reason is not None:
        return Refusal(Why.UNKNOWN_PARAM, subject="reason", near=_SEARCH_OPTIONS)
    if not line.words:
        return Refusal(Why.MISSING_ARGUMENT, subject="invocation")
    expression = given.get("regex")
    if expression is not None:
        refused = at_most(line.words, 1)
    else:
        refused = None if "".join(line.words[1:]) else Refusal(Why.MISSING_ARGUMENT, subject="what to look for")
    text = " ".join(line.words[1:]) if expression is None else expression
    return refused or Search(line.words[0], text, expression is not None, given.get("on", ""))


def _bare(verb: Verb) -> Callable[[Line], Verb | Refusal]:
    """The reader of a verb that takes nothing."""
    return lambda line: no_options(line) or at_most(line.words, 0) or verb


def _can(line: Line) -> Can | Refusal:
    words = line.words
    user: UserId | None = None
    if len(words) > 1 and _asks(words) and user_of(words[-1]):  # said the other way round
        words = (words[-1], *words[:-1])
    if words and (user_of(words[0]) or words[0].lower() in _ME or _asks(words[1:])):
        user = user_of(words[0])
        if user is None and words[0].lower() not in _ME:
            return Refusal(Why.NOT_A_USER, subject=words[0])
        words = words[1:]
    if words and not _asks(words):
        return Refusal(
            Why.UNKNOWN_VERB, subject=words[0], near=near(words[0], ("run", "approve")) or ("run", "approve")
        )
    if refusal := no_options(line) or arity(words, "verb", "snippet", "target"):
        return refusal
    verb: Literal["run", "approve"] = "run" if words[0].lower() == "run" else "approve"
    return Can(user, verb, words[1].lower(), words[2].lower().rstrip("?"))


def _asks(words: tuple[str, ...]) -> bool:
    return bool(words) and words[0].lower() in {"run", "approve"}


def _role(line: Line) -> RoleGrant | RoleRevoke | RoleList | Refusal:
    rest = Line(line.words[1:], line.options, line.reason)
    match line.words[0].lower() if line.words else "list":
        case "grant":
            return _grant(rest)
        case "revoke":
            return _revoke(rest)
        case "list":
            return no_options(rest) or at_most(rest.words, 0) or RoleList()
        case other:
            meant = near(other, _ROLE_VERBS) or _ROLE_VERBS
            return Refusal(Why.UNKNOWN_VERB, subject=f"role {other}", near=tuple(f"role {verb}" for verb in meant))


def _revoke(line: Line) -> RoleRevoke | Refusal:
    who = holder_and_role(line.words)
    return no_options(line) or (who if isinstance(who, Refusal) else RoleRevoke(*who))


def _grant(line: Line) -> RoleGrant | Refusal:
    who = holder_and_role(line.words)
    if isinstance(who, Refusal):
        return who
    duration: timedelta | None = None
    targets: tuple[str, ...] | None = None
    for name, value in line.options:
        if name.lower() not in _GRANT_OPTIONS:
            return Refusal(Why.UNKNOWN_PARAM, subject=name, near=near(name, _GRANT_OPTIONS) or _GRANT_OPTIONS)
        read = grant_span(value) if name.lower() == "for" else patterns(value)
        if isinstance(read, Refusal):
            return read
        if isinstance(read, tuple):
            targets = tuple(dict.fromkeys((targets or ()) + read))
        elif duration is not None:
            return Refusal(Why.REPEATED_PARAM, subject="for")
        else:
            duration = read
    return RoleGrant(*who, duration, targets, line.reason or "")


def _lock(line: Line) -> LockTarget | Locks | Refusal:
    """`lock` alone lists the locks."""
    if not line.words and not line.options and line.reason is None:
        return Locks()
    if refusal := arity(line.words, "target"):
        return refusal
    duration: timedelta | None = None
    for name, value in line.options:
        if name.lower() != "for":
            return Refusal(Why.UNKNOWN_PARAM, subject=name, near=("for", "reason"))
        read = grant_span(value)
        if isinstance(read, Refusal):
            return read
        duration = read
    if not line.reason:
        return Refusal(Why.MISSING_ARGUMENT, subject="reason")
    return LockTarget(line.words[0].lower(), line.reason, duration)


def _unlock(line: Line) -> Unlock | Refusal:
    return no_options(line) or arity(line.words, "target") or Unlock(line.words[0].lower())


def _audit(line: Line) -> Audit | Refusal:
    return no_options(line) or arity(line.words, "invocation") or Audit(line.words[0])


def _resolve(line: Line) -> Resolve | Refusal:
    if line.options:
        return Refusal(Why.UNKNOWN_PARAM, subject=line.options[0][0], near=("reason",))
    if refusal := arity(line.words, "invocation", "verdict"):
        return refusal
    verdict = line.words[1].lower()
    if verdict not in {"succeeded", "failed"}:
        return Refusal(Why.BAD_VALUE, subject="verdict", value=line.words[1], hint="succeeded or failed")
    if not line.reason:
        return Refusal(Why.MISSING_ARGUMENT, subject="reason")
    return Resolve(line.words[0], "succeeded" if verdict == "succeeded" else "failed", line.reason)


_READERS: dict[str, Callable[[Line], Verb | Refusal]] = {
    "run": _run,
    "list": _bare(ListAll()),
    "help": _help,
    "status": _status,
    "search": _search,
    "stop": _stop,
    "follow": _follow,
    "history": _bare(History()),
    "whoami": _bare(Whoami()),
    "can": _can,
    "role": _role,
    "lock": _lock,
    "unlock": _unlock,
    "audit": _audit,
    "resolve": _resolve,
}
