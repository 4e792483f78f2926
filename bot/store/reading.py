"""The database that is there, read and nothing else: nothing is made, migrated, or kept from others."""

import asyncio
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import StartError, StoreError
from bot.store import dialect, engine, schema

T = TypeVar("T")


async def reading(url: str, work: Callable[[Connection], T]) -> T:
    """What *work* returns, from one snapshot of the database at *url*. Raises StartError with what to mend.

    *work* may take its time: the bot goes on beside it.
    """
    parsed = engine.parsed_url(url)
    if parsed.drivername == "sqlite":
        return await asyncio.to_thread(_file, Path(parsed.database or ""), work)
    database = engine.connect(url)
    try:
        return await database.read(lambda conn: _checked(conn, database.where, work))
    except StoreError as error:
        raise StartError([_unreadable(database.where, error)]) from None
    finally:
        await database.close()


def _file(path: Path, work: Callable[[Connection], T]) -> T:
    if not path.is_file() or not os.access(path, os.R_OK):
        raise StartError([f"the database {path} is not there, or can't be read: DATABASE_URL says where it is"])
    # A reader of a file that nobody has open would leave files beside it, its owner's and not the bot's. Told
    # that the file does not change it makes none; that it did not is looked up afterwards.
    alone, before = not log_of(path).exists(), _stamp(path)
    reader = create_engine("sqlite://", creator=lambda: read_only(path, alone=alone))
    event.listen(reader, "begin", lambda conn: conn.exec_driver_sql("BEGIN"))  # all that follows is one snapshot
    try:
        with reader.connect() as conn:
            value = _checked(conn, str(path), work)
    except SQLAlchemyError as error:
        raise StartError([_unreadable(str(path), error)]) from error
    finally:
        reader.dispose()
    if alone and (log_of(path).exists() or _stamp(path) != before):
        raise StartError([f"the database {path} was opened by the bot while it was read: do it again"])
    return value


def log_of(path: Path) -> Path:
    """What SQLite has beside a file in WAL mode as long as anybody has it open."""
    return Path(f"{path}-wal")


def _stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size


def read_only(path: Path, *, alone: bool) -> sqlite3.Connection:
    """A connection that can change nothing; *alone*: nobody has the file open."""
    address = f"{path.absolute().as_uri()}?mode=ro" + ("&immutable=1" if alone else "")
    seconds = dialect.BUSY_TIMEOUT / 1000
    conn = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False, timeout=seconds)
    conn.text_factory = lambda raw: raw.decode(errors="replace")  # text that is none is to be found, not to fail
    return conn


def _checked(conn: Connection, where: str, work: Callable[[Connection], T]) -> T:
    found = schema.revision(conn)
    schema.refuse_unknown(where, found)
    if found is None:
        raise StartError([f"the database {where} is empty: the bot has never served with it"])
    return work(conn)


def _unreadable(where: str, error: Exception) -> str:
    return f"the database {where} can't be read: {getattr(error, 'orig', None) or error}"
