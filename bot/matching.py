"""What somebody looks for in outputs: a text or a regular expression, in time that grows with the outputs alone."""

from collections.abc import Callable
from dataclasses import dataclass

from bot import regex

LONGEST = 200
"""Characters of what is looked for."""

MEMORY = 1 << 18
"""Bytes that RE2 may use for one expression: one that needs more is refused, and one line of 24 KB takes it 0.3 s at
the very most."""

Match = Callable[[str], int | None]
"""Where in a line it is found first; None where it is not."""


@dataclass(frozen=True, slots=True)
class Unfit:
    """Nothing can be looked for with it, and why, in words of RE2's."""

    why: str


def matching(wanted: str, *, expression: bool) -> Match | Unfit:
    """What finds *wanted* in a line: as a text, whatever its capitals; or as an *expression* of RE2's."""
    if not expression:
        low = wanted.lower()
        return lambda line: None if (at := line.lower().find(low)) < 0 else at
    try:
        compiled = regex.compiled(wanted, MEMORY)
    except regex.Unfit as error:
        return Unfit(regex.words(error))

    def match(line: str) -> int | None:
        found = compiled.search(line)
        return None if found is None else int(found.start())

    return match
