"""One snippet's file → Snippet."""

import re
from collections.abc import Collection, Sequence
from datetime import timedelta

from bot.catalog.faults import Faults, near, show
from bot.catalog.models import SnippetModel
from bot.catalog.names import NAME, NAME_RULE
from bot.catalog.params import read_param
from bot.catalog.patterns import redaction_fault
from bot.catalog.scripts import check_room, check_scripts, check_use, read_scripts
from bot.domain.catalog import Risk, Snippet
from bot.domain.duration import parse_duration

SHORTEST, LONGEST = timedelta(seconds=10), timedelta(hours=24)
"""Of a timeout. Below ten seconds ECS refuses (its InvokeCommand page); above a day nobody waits in a thread."""

_USER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,254}")


def read_snippet(
    name: str, model: SnippetModel, targets: Collection[str] | None, faults: Faults, *, whole: bool = True
) -> Snippet:
    """Convert *model*; *targets* are the names that there are, None where that is not known.

    Where not *whole*, keys of the file are missing from *model*, and perhaps a script among them.
    """
    before = len(faults.found)
    if not NAME.fullmatch(name):
        faults.add("", f"the file's name is the snippet's: it {NAME_RULE}")
    if not model.summary.strip() or len(model.summary) > 150 or not model.summary.isprintable():
        faults.add("summary", "must be one line of at most 150 characters")
    if model.user is not None and not _USER.fullmatch(model.user):
        faults.add("user", f"must be an account's name, not {show(model.user)}")
    check_patterns("targets", model.targets, targets, faults)
    for number, pattern in enumerate(model.redact, 1):
        if why := redaction_fault(pattern):
            faults.add(f"redact[{number}]", why)
    scripts = read_scripts(model)
    if whole and not scripts:
        faults.add("", "has no script: add [linux] or [windows] with a script")
    check_scripts(scripts, faults)
    shells = [script.shell for script in scripts.values()]
    params = tuple(read_param(key, param, shells, faults) for key, param in model.params.items())
    if whole:
        check_use(scripts, params, faults)
    if len(faults.found) == before:
        check_room(scripts, params, faults)
    return Snippet(
        name=name,
        summary=model.summary,
        risk=Risk(model.risk),
        timeout=span("timeout", model.timeout, faults),
        targets=tuple(model.targets),
        user=model.user,
        redact=tuple(model.redact),
        params=params,
        scripts=scripts,
        exclusive=model.exclusive,
    )


def span(key: str, text: str, faults: Faults, shortest: timedelta = SHORTEST) -> timedelta:
    """A duration from *shortest* to a day."""
    found = parse_duration(text)
    if found is None:
        faults.add(key, f'must be a duration such as "60s", "5m" or "1h30m", not {show(text)}')
    elif not shortest <= found <= LONGEST:
        faults.add(key, f"must be from {int(shortest.total_seconds())}s to 24h, not {show(text)}")
    return found or timedelta()


def check_patterns(
    key: str, patterns: Sequence[str], names: Collection[str] | None, faults: Faults, what: str = "target"
) -> None:
    """Names, or patterns such as `web-*`: a plain name must be there, and nothing may be said twice."""
    if not patterns:
        faults.add(key, f'must not be empty: name a {what}, or ["*"] for every one')
    if len(set(patterns)) < len(patterns):
        faults.add(key, "names something twice")
    for pattern in dict.fromkeys(patterns):
        if not pattern.strip():
            faults.add(key, "must not hold an empty name")
        elif names is not None and pattern not in names and not set("*?[") & set(pattern):
            faults.add(key, f"there is no {what} {show(pattern)}{near(pattern, names)}")
