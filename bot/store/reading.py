"""The database that is there, read and nothing else: no file is made, nothing is migrated, nothing is locked for long."""

import asyncio
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import StartError
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
    except (SQLAlchemyError, OSError) as error:
        raise StartError([_unreadable(database.where, error)]) from error
    finally:
        await database.close()


def _file(path: Path, work: Callable[[Connection], T]) -> T:
    if not path.is_file() or not os.access(path, os.R_OK):
        raise StartError([f"the database {path} is not there, or can't be read: DATABASE_URL says where it is"])
    reader = create_engine("sqlite://", creator=lambda: _opened(path))
    event.listen(reader, "begin", lambda conn: conn.exec_driver_sql("BEGIN"))  # all that follows is one snapshot
    try:
        with reader.connect() as conn:
            return _checked(conn, str(path), work)
    except SQLAlchemyError as error:
        raise StartError([_unreadable(str(path), error)]) from error
    finally:
        reader.dispose()


def _opened(path: Path) -> sqlite3.Connection:
    # Beside a file in WAL mode SQLite wants a file of its own. Where none can be made nobody writes: a copy, put aside.
    aside = not os.access(path.parent, os.W_OK) and not Path(f"{path}-wal").exists()
    address = f"{path.absolute().as_uri()}?mode=ro" + ("&immutable=1" if aside else "")
    conn = sqlite3.connect(
        address, uri=True, isolation_level=None, check_same_thread=False, timeout=dialect.BUSY_TIMEOUT / 1000
    )
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
