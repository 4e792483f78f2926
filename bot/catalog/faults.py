"""Where faults are collected, and the words for those that the models find."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from types import NoneType
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.catalog.models import keys_of
from bot.domain.near import near as alike

_TYPES = {
    "string_type": "a string",
    "int_type": "an integer",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
}


@dataclass(frozen=True, slots=True)
class Faults:
    """The faults of one file, or of all of them (*found* is shared)."""

    file: str
    found: list[str] = field(default_factory=list)

    def of(self, file: str) -> "Faults":
        """The same collection, speaking of *file*."""
        return Faults(file, self.found)

    def add(self, key: str, text: str) -> None:
        """Something is wrong with *key* (empty: with the file as a whole)."""
        self.found.append(": ".join(part for part in (self.file, key, text) if part))

    def add_model(self, error: ValidationError, model: type[BaseModel], *prefix: str) -> None:
        """What *model* found in the table at *prefix*."""
        for one in error.errors(include_url=False):
            self.add(key_of((*prefix, *one["loc"])), _words(one, model))


def near(name: str, names: Iterable[str]) -> str:
    """` (did you mean "x"?)`, or nothing."""
    found = alike(name, names, n=1)
    return f' (did you mean "{found[0]}"?)' if found else ""


def show(value: object) -> str:
    """*value* much as TOML writes it, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:59] + "…"


def key_of(loc: Sequence[str | int]) -> str:
    """`params.lines.min`, `approvals[2].needed` (counted from 1, as people do)."""
    said = ""
    for part in loc:
        said += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if said else part
    return said


def _words(error: ErrorDetails, model: type[BaseModel]) -> str:
    kind, given = error["type"], error["input"]
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        keys = _keys(model, error["loc"][:-1])
        return f"unknown key{near(str(error['loc'][-1]), keys)}; there are: {', '.join(keys)}"
    if kind == "literal_error":
        words = str(error["ctx"]["expected"]).replace("'", '"')
        hint = near(given, words.replace('"', "").replace(" or ", ", ").split(", ")) if isinstance(given, str) else ""
        return f"must be {words}, not {show(given)}{hint}"
    if kind == "too_short":
        return "must not be empty"
    if kind in _TYPES:
        return f"must be {_TYPES[kind]}, not {show(given)}"
    return f"{error['msg']}, not {show(given)}"


def _keys(model: Any, loc: Sequence[str | int]) -> list[str]:
    """The keys that the table at *loc* of *model* may have."""
    for part in loc:
        if isinstance(model, type) and issubclass(model, BaseModel):
            model = model.model_fields[str(part)].annotation
        else:
            model = get_args(model)[-1]
        choices = [arg for arg in get_args(model) if arg is not NoneType]
        if get_origin(model) not in {list, dict} and len(choices) == 1:
            model = choices[0]
    return keys_of(model)
