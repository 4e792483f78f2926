"""What is at DATABASE_URL, without changing it: no file is made, nothing is migrated."""

import asyncio
import os
from pathlib import Path

from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import StartError, StoreError
from bot.store import dialect, engine, schema
from bot.store.migrations import HEAD
from bot.store.reading import log_of, read_only


async def look(url: str) -> str:
    """How the database stands, in a few words. Raises StartError with what to mend."""
    parsed = engine.parsed_url(url)
    if parsed.drivername == "sqlite":
        return await asyncio.to_thread(_file, Path(parsed.database or ""))
    database = engine.connect(url)
    try:
        found = await database.read(schema.revision)
    except StoreError as error:
        raise StartError([f"the database {database.where} can't be read: {error}"]) from None
    finally:
        await database.close()
    return _words(database.where, found)


def _file(path: Path) -> str:
    folder = path.parent
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise StartError([f"the database {path} can't be made: {folder} is no folder that the bot can write to"])
    if not path.exists():
        return f"{path}: not there yet, it is made at the first start"
    if not path.is_file() or not os.access(path, os.R_OK | os.W_OK):
        raise StartError([f"the database {path} is not a file that can be read and written"])
    reader = create_engine("sqlite://", creator=lambda: read_only(path, alone=not log_of(path).exists()))
    try:
        with reader.connect() as conn:
            return _words(str(path), _revision(conn, str(path)))
    except (SQLAlchemyError, OSError) as error:
        raise StartError([_unusable(str(path), error)]) from error
    finally:
        reader.dispose()


def _revision(conn: Connection, where: str) -> str | None:
    if damage := dialect.damage(conn):
        raise StartError([f"the database {where} is damaged: {damage}; restore it from a backup"])
    return schema.revision(conn)


def _words(where: str, found: str | None) -> str:
    schema.refuse_unknown(where, found)
    if found is None:
        return f"{where}: empty, its tables are made at the first start"
    return f"{where}: schema {found}" + ("" if found == HEAD else f", brought up to {HEAD} at the next start")


def _unusable(where: str, error: SQLAlchemyError | OSError) -> str:
    return f"the database {where} can't be read: {getattr(error, 'orig', None) or error}"
