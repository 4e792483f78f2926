"""The database: SQLAlchemy Core, guarded updates, Alembic migrations. `open_store(url)` is the way in."""

from bot.store.sql_store import SqlStore, open_store

__all__ = ["SqlStore", "open_store"]
