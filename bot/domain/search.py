"""Lines of stored outputs that match, with those around them. Bounded, whatever is looked for and wherever."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.domain.output import Group

AROUND = 2
"""Lines shown before and after one that matches."""

KEPT = 2_000
"""Matching lines that are kept to be shown; more are only counted."""

WIDE = 200
"""Characters of a line that are shown, those that match among them."""

Match = Callable[[str], int | None]
"""Where in a line it matches; None where it does not."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an output with its *number*, from 1; *hit*: it matches, and is not only near one that does."""

    number: int
    text: str
    hit: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What matches in what one group printed. *passages* are lines that follow each other; *hits* counts all."""

    group: Group
    hits: int
    passages: tuple[tuple[Line, ...], ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """*hits* in outputs that differ, so many lines that match; *left* of them are not kept to be shown.

    *unread* outputs were not looked through to the end: there was no time.
    """

    found: tuple[Found, ...]
    groups: int
    hits: int
    left: int
    unread: int

    @property
    def machines(self) -> int:
        """How many printed something that matches."""
        return sum(len(f.group.instances) for f in self.found)


def search(groups: Sequence[Group], match: Match, enough: Callable[[], bool]) -> Findings:
    """Look for what *match* finds, line by line, until *enough* says that there is no more time."""
    found: list[Found] = []
    kept, hits, unread = 0, 0, 0
    for group in groups:
        lines = group.output.split("\n") if group.output else []
        matches, whole = _matches(lines, match, enough)
        unread += not whole
        if matches:
            shown = dict(list(matches.items())[: max(KEPT - kept, 0)])
            kept += len(shown)
            hits += len(matches)
            found.append(Found(group, len(matches), _passages(lines, shown)))
    return Findings(tuple(found), len(groups), hits, hits - kept, unread)


def _matches(lines: Sequence[str], match: Match, enough: Callable[[], bool]) -> tuple[dict[int, int], bool]:
    """Index of each line that matches → where in it; and whether all were looked at."""
    matches: dict[int, int] = {}
    for index, line in enumerate(lines):
        if enough():
            return matches, False
        if (at := match(line)) is not None:
            matches[index] = at
    return matches, True


def _passages(lines: Sequence[str], hits: dict[int, int]) -> tuple[tuple[Line, ...], ...]:
    passages: list[list[Line]] = []
    last = -2
    for hit in hits:
        for index in range(max(hit - AROUND, last + 1, 0), min(hit + AROUND + 1, len(lines))):
            if index != last + 1 or not passages:
                passages.append([])
            passages[-1].append(Line(index + 1, _window(lines[index], hits.get(index, 0)), index in hits))
            last = index
    return tuple(tuple(passage) for passage in passages)


def _window(line: str, at: int) -> str:
    """The part of a long line in which it matches."""
    if len(line) <= WIDE:
        return line
    start = max(min(at - WIDE // 3, len(line) - WIDE), 0)
    end = start + WIDE
    return f"{'…' if start else ''}{line[start:end]}{'…' if end < len(line) else ''}"
