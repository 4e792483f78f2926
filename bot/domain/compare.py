"""Where two machines' outputs differ, as a unified diff; bounded, as difflib's time grows with the square of lines."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.output import Group

LINES = 800
"""Of each output so many lines are compared: the worst that could be made of them takes difflib about a second."""

SHOWN = 400
"""Lines of the difference that are shown."""

WIDE = 200
"""Characters of each."""


@dataclass(frozen=True, slots=True)
class Difference:
    """*lines* of a unified diff, none where the outputs are the same as far as they were compared.

    *compared* False: one of them is longer than LINES; *hidden* lines of the difference are not shown.
    """

    lines: tuple[str, ...]
    compared: bool
    hidden: int


def differing(one: Group, other: Group) -> Difference:
    """What *other* printed that *one* did not, and the other way round."""
    sides = [group.output.split("\n") if group.output else [] for group in (one, other)]
    left, right = (lines[:LINES] for lines in sides)
    found = list(difflib.unified_diff(left, right, one.names[0], other.names[0], lineterm=""))
    shown = tuple(line if len(line) <= WIDE else f"{line[: WIDE - 1]}…" for line in found[:SHOWN])
    whole = all(len(lines) <= LINES for lines in sides)
    return Difference(shown, whole, len(found) - len(shown))


def odd_one(groups: Sequence[Group]) -> tuple[Group, Group] | None:
    """The first machine of the biggest group, and the first of the oddest other one; None where all agree."""
    if len(groups) < 2:
        return None
    most = max(groups, key=lambda group: len(group.instances))
    odd = next(group for group in groups if group is not most)
    return most, odd
