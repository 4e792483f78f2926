"""A line of the table."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the table; *met* None: there is no aim. *beside* is what it is compared with, and the ratio."""

    what: str
    found: str
    aim: str = ""
    met: bool | None = None
    beside: str = ""
    key: bool = False  # one of the few that the README shows
