"""The database: SQLAlchemy Core, guarded updates, Alembic migrations. `open_store(url)` is the way in."""

from bot.store.opening import open_store
from bot.store.sql_store import SqlStore

__all__ = ["SqlStore", "open_store"]
