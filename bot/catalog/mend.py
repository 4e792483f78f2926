"""What is left of a table when its faults are taken out, so that the rest can be checked as well."""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

M = TypeVar("M", bound=BaseModel)

_STAND_INS: dict[str | int, Any] = {
    "summary": "x",
    "risk": "low",
    "script": "x",
    "env": "x",
    "region": "x",
    "snippets": ["*"],
    "targets": ["*"],
    "roles": {"admin": {}},
    "channels": ["dm"],
    "why": "x",
    "from": "00:00",
    "until": "24:00",
}
"""For required keys. What is said of one is never shown: its key has a fault already."""


def without_faults(model: type[M], table: object, error: ValidationError) -> M | None:
    """*table* without what *error* blames, as far as that can be; None where nothing is left to check."""
    if not isinstance(table, dict):
        return None
    rest = deepcopy(table)
    for _ in range(2):  # a key that was taken out may be missing then
        for one in error.errors():
            _take_out(rest, one["loc"], missing=one["type"] == "missing")
        try:
            return model.model_validate(rest)
        except ValidationError as next_error:
            error = next_error
    return None


def _take_out(table: Any, loc: Sequence[str | int], *, missing: bool) -> None:
    """Delete the key at *loc*, a whole list where an item of it is blamed; or put a stand-in where one is missing."""
    path = list(loc)
    while path and isinstance(path[-1], int):
        path.pop()
    try:
        for part in path[:-1]:
            table = table[part]
        if missing:
            table[path[-1]] = deepcopy(_STAND_INS[path[-1]])
        else:
            del table[path[-1]]
    except (KeyError, IndexError, TypeError):
        return  # gone already, with a list that it was part of
