"""Values to JSON and back, strictly: the shape that comes back is the shape that went in, or CodecError.

It knows what the domain is made of: frozen dataclasses, StrEnums, tuples, mappings, aware
datetimes and plain values. A field that has a default may be missing (data older than the
field); one that the class doesn't know is an error (data newer than the program).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from bot.errors import BotError

Reader = Callable[[Any], Any]


class CodecError(BotError):
    """Stored data does not have the shape that this program knows."""


def dumps(value: Any, *, canonical: bool = False) -> str:
    """*value* as JSON in ASCII, without spaces; *canonical*: with sorted keys, so that equal values are equal text."""
    return json.dumps(
        value, default=_plain, ensure_ascii=True, allow_nan=False, separators=(",", ":"), sort_keys=canonical
    )


def loads(kind: Any, text: str) -> Any:
    """The value of type *kind* that *text* holds."""
    try:
        value = json.loads(text)
    except ValueError as error:
        raise CodecError(f"not JSON: {error}") from error
    return _reader(kind)(value)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {name: getattr(value, name) for name in _names(type(value))}
    if isinstance(value, datetime):
        return utc(value).isoformat(timespec="microseconds")
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def utc(at: datetime) -> datetime:
    """*at* in UTC; a naive one is a mistake of the caller's."""
    if at.tzinfo is None:
        raise ValueError(f"{at!r} has no time zone")
    return at.astimezone(UTC)


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


@cache
def _reader(kind: Any) -> Reader:
    if get_origin(kind) is not None:
        return _generic(get_origin(kind), get_args(kind))
    if is_dataclass(kind):
        return _record(kind)
    if kind in _PLAIN:
        return _PLAIN[kind]
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _word(kind)
    raise TypeError(f"no way to read {kind!r}")


def _generic(origin: Any, args: tuple[Any, ...]) -> Reader:
    if origin in {Union, UnionType}:
        return _optional(args)
    if origin is tuple:
        return _sequence(args[0]) if args[-1] is Ellipsis else _row(args)
    if origin in {dict, Mapping}:
        return _mapping(args[1])
    raise TypeError(f"no way to read {origin!r}")


def _exactly(kind: type[Any]) -> Reader:
    def read(value: Any) -> Any:
        if type(value) is kind:
            return value
        if kind is float and type(value) is int:
            return float(value)
        raise CodecError(f"{kind.__name__} expected, not {_shown(value)}")

    return read


def _optional(args: tuple[Any, ...]) -> Reader:
    (kind,) = [arg for arg in args if arg is not NoneType]
    inner = _reader(kind)
    return lambda value: None if value is None else inner(value)


def _sequence(kind: Any) -> Reader:
    inner = _reader(kind)
    return lambda value: tuple([inner(item) for item in _list(value)])


def _row(kinds: tuple[Any, ...]) -> Reader:
    inner = [_reader(kind) for kind in kinds]

    def read(value: Any) -> tuple[Any, ...]:
        items = _list(value)
        if len(items) != len(inner):
            raise CodecError(f"{len(inner)} items expected, not {len(items)}")
        return tuple([one(item) for one, item in zip(inner, items, strict=True)])

    return read


def _mapping(kind: Any) -> Reader:
    inner = _reader(kind)
    return lambda value: {key: inner(item) for key, item in _dict(value).items()}


def _record(kind: Any) -> Reader:
    hints = get_type_hints(kind)
    inner = {field.name: _reader(hints[field.name]) for field in fields(kind)}
    needed = {f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING}

    def read(value: Any) -> Any:
        given = _dict(value)
        if unknown := given.keys() - inner.keys():
            raise CodecError(f"{kind.__name__} has no {', '.join(sorted(unknown))}")
        if missing := needed - given.keys():
            raise CodecError(f"{kind.__name__} lacks {', '.join(sorted(missing))}")
        return kind(**{name: inner[name](item) for name, item in given.items()})

    return read


def _word(kind: type[StrEnum]) -> Reader:
    def read(value: Any) -> StrEnum:
        try:
            return kind(value)
        except ValueError as error:
            raise CodecError(f"{kind.__name__} has no {_shown(value)}") from error

    return read


def _moment(value: Any) -> datetime:
    try:
        return utc(datetime.fromisoformat(value))
    except (TypeError, ValueError) as error:
        raise CodecError(f"a time with its zone expected, not {_shown(value)}") from error


def _list(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    raise CodecError(f"a list expected, not {_shown(value)}")


def _dict(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise CodecError(f"an object expected, not {_shown(value)}")


def _shown(value: Any) -> str:
    return repr(value)[:60]


_PLAIN: dict[Any, Reader] = {
    Any: lambda value: value,
    datetime: _moment,
    **{kind: _exactly(kind) for kind in (str, int, bool, float)},
}
