"""A copy of a SQLite database, made while the bot goes on with it, and proved before it counts."""

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import StartError
from bot.store import engine, proof, schema

PAGES = 2000
"""Copied at a time: in between the bot writes."""


async def backup(url: str, to: Path) -> proof.Report:
    """Copy the database at *url* to the new file *to*; what its trail is. StartError, and no file, where it fails."""
    parsed = engine.parsed_url(url)
    if parsed.drivername != "sqlite":
        raise StartError(["PostgreSQL has tools of its own for this: pg_dump, or your provider's snapshots"])
    return await asyncio.to_thread(_backup, Path(parsed.database or ""), to)


def _backup(path: Path, to: Path) -> proof.Report:
    if not path.is_file():
        raise StartError([f"the database {path} is not there: DATABASE_URL says where it is"])
    try:
        os.close(os.open(to, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise StartError([f"{to} is there already, and is not written over"]) from None
    except OSError as error:
        raise StartError([f"{to} can't be written: {error.strerror}"]) from error
    try:
        _copy(path, to)
        return _proved(to)
    except BaseException as error:
        to.unlink(missing_ok=True)
        if isinstance(error, sqlite3.Error | SQLAlchemyError | OSError):
            raise StartError([f"the backup failed: {getattr(error, 'orig', None) or error}"]) from None
        raise


def _copy(path: Path, to: Path) -> None:
    address = f"{path.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target, pages=PAGES)
        target.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
    with to.open("rb") as file:
        os.fsync(file.fileno())


def _proved(to: Path) -> proof.Report:
    address = f"{to.absolute().as_uri()}?mode=ro"
    reader = create_engine("sqlite://", creator=lambda: sqlite3.connect(address, uri=True))
    try:
        with reader.connect() as conn:
            return _examined(conn, str(to))
    finally:
        reader.dispose()


def _examined(conn: Connection, where: str) -> proof.Report:
    found = conn.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
    if found != "ok":
        raise StartError([f"the database is damaged: {found}; the backup is not kept"])
    schema.refuse_unknown(where, version := schema.revision(conn))
    if version is None:
        raise StartError(["the database is empty: the bot has never served with it"])
    report = proof.examine(conn)
    if report.count:
        raise StartError([f"the audit trail is not whole: {report.faults[0].what}; the backup is not kept"])
    return report
