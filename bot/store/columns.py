"""Column types: text that every database takes, times in UTC, values as JSON."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import DateTime, Dialect, Text, TypeDecorator

from bot.store import codec


def clean(text: str) -> str:
    """*text* as any database can hold it: U+0000 becomes ␀, half a surrogate pair becomes �.

    Machines and people send both; PostgreSQL refuses the one, UTF-8 the other, and a row that
    can't be written would be tried for ever.
    """
    if "\x00" in text:
        text = text.replace("\x00", "␀")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


class Line(TypeDecorator[str]):
    """Text, cleaned."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Clean it."""
        return None if value is None else clean(value)


class Moment(TypeDecorator[datetime]):
    """An aware time, kept in UTC to the microsecond. SQLite has it as text that sorts."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """In UTC; a naive time is refused."""
        return None if value is None else codec.utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware again: SQLite keeps no zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Coded(TypeDecorator[Any]):
    """A value of type *kind* as JSON text."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """As JSON."""
        return None if value is None else codec.dumps(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Read back, strictly."""
        return None if value is None else codec.loads(self.kind, value)


class Frozen(Coded):
    """The same of a kind that nobody can change, read again and again: the last ones are kept as they were read."""

    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Read back, strictly; the same text is the same value."""
        return None if value is None else _read(self.kind, value)


@lru_cache(maxsize=128)
def _read(kind: Any, text: str) -> Any:
    return codec.loads(kind, text)
