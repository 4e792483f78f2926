"""What goes wrong between the bot and its database, named: without the statement, its values, or a password."""

import re

from sqlalchemy.exc import DatabaseError, DataError, DBAPIError, SQLAlchemyError, StatementError

from bot.errors import StoreError

_COLLISIONS = {"40001", "40P01"}
"""PostgreSQL's serialization_failure and deadlock_detected: nothing was done, and the same works the next time."""

_CLASS = re.compile(r"^<class '[\w.]*'>: ")


def collided(error: Exception) -> bool:
    """Did transactions get in each other's way?"""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _COLLISIONS


def named(error: Exception) -> Exception | None:
    """What is raised in the place of *error*; None where it is not the database's."""
    if isinstance(error, TimeoutError):
        return StoreError("no answer in time")
    if isinstance(error, StatementError) and not isinstance(error, DBAPIError):
        return error.orig if isinstance(error.orig, Exception) else StoreError(type(error).__name__)
    if isinstance(error, DBAPIError):
        # Locked, full or read-only is an OperationalError; the plain class is left for what is in the file.
        return StoreError(_words(error), damaged=type(error) is DatabaseError)
    if isinstance(error, SQLAlchemyError):
        return StoreError(type(error).__name__)
    if isinstance(error, OSError) or type(error).__module__.startswith("asyncpg"):
        return StoreError(_first_line(error))
    return None


def _words(error: DBAPIError) -> str:
    """What the database said; of a value that it did not take, no word: it would be quoted."""
    if isinstance(error, DataError) or error.orig is None:
        return type(error).__name__
    return _first_line(error.orig)


def _first_line(error: BaseException) -> str:
    lines = str(error).splitlines()
    return _CLASS.sub("", lines[0]) if lines else type(error).__name__
