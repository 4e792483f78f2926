"""What stands in a bot's database, read from outside of it, at once: queries that SQLite and PostgreSQL both know."""

import asyncio
import sqlite3
import threading
from pathlib import Path
from typing import Any, Protocol


class Ledger(Protocol):
    """Open until `close`."""

    def rows(self, query: str) -> list[Any]:
        """What *query* returns now."""
        ...

    def close(self) -> None:
        """Look no more."""
        ...


class SqliteLedger:
    """The file of a bot."""

    def __init__(self, file: Path) -> None:
        self._conn = sqlite3.connect(file, isolation_level=None)

    def rows(self, query: str) -> list[Any]:
        """See `Ledger`."""
        return self._conn.execute(query).fetchall()

    def close(self) -> None:
        """See `Ledger`."""
        self._conn.close()


class PostgresLedger:
    """One database of the server at *folder*. Its driver is asyncio's alone: it runs in a thread of its own."""

    def __init__(self, folder: str, database: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        import asyncpg  # type: ignore[import-untyped]

        self._conn: Any = self._wait(asyncpg.connect(host=folder, user="postgres", database=database))

    def rows(self, query: str) -> list[Any]:
        """See `Ledger`."""
        return [tuple(row) for row in self._wait(self._conn.fetch(query))]

    def close(self) -> None:
        """See `Ledger`."""
        self._wait(self._conn.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _wait(self, work: Any) -> Any:
        async def do() -> Any:
            return await work

        return asyncio.run_coroutine_threadsafe(do(), self._loop).result(timeout=30)
