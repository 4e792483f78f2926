"""A line with a caret under one of its characters."""

import unicodedata

WIDTH = 34
"""Columns of a typewriter's letters that a phone shows on one line."""


def caret(line: str, at: int) -> str:
    """The part of *line* round its character *at*, and a caret under it."""
    at = max(0, min(at, len(line)))
    start = max(0, at - WIDTH * 2 // 3)
    before = ("…" if start else "") + _plain(line[start:at])
    after = _plain(line[at : at + WIDTH // 3])
    more = "…" if at + WIDTH // 3 < len(line) else ""
    return f"{before}{after}{more}\n{' ' * sum(map(_columns, before))}^"


def _plain(text: str) -> str:
    """One visible character for each of *text*."""
    return "".join("·" if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else c for c in text)


def _columns(c: str) -> int:
    if unicodedata.combining(c):
        return 0
    return 2 if unicodedata.east_asian_width(c) in {"W", "F"} else 1
