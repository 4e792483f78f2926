"""The schema's version: looked up at every start, brought up by Alembic where it is older."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from bot.errors import SchemaError
from bot.store import dialect
from bot.store.engine import Database, connect
from bot.store.migrations import HEAD, KNOWN

if TYPE_CHECKING:
    from alembic.config import Config


FOREIGN = "foreign"


async def migrate(url: str) -> None:
    """Bring the database at *url* up to this program's schema."""
    database = connect(url)
    try:
        await bring_up(database)
    finally:
        await database.close()


async def bring_up(database: Database) -> None:
    """Migrate *database* where it is older than this program; SchemaError where it is newer, or not ours."""
    found = await database.read(revision)
    if found != HEAD:
        refuse_unknown(database.where, found)
        await database.write(lambda conn: _upgrade(conn, database.where))


def revision(conn: Connection) -> str | None:
    """The version of the schema; None: the database is empty; FOREIGN: it has tables, and none with a version."""
    tables = inspect(conn).get_table_names()
    if "alembic_version" not in tables:
        return FOREIGN if tables else None
    return conn.execute(text("SELECT version_num FROM alembic_version")).scalar()


def config(conn: Connection) -> "Config":
    """Alembic's configuration for *conn*, from inside the installed package."""
    # Alembic takes 0.2 s and 20 MB to import: a start that finds the schema up to date does without.
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = conn
    return made


def _upgrade(conn: Connection, where: str) -> None:
    from alembic import command

    dialect.hold(conn, "schema")
    # Another replica may have been here between the look and the lock.
    found = revision(conn)
    refuse_unknown(where, found)
    if found != HEAD:
        command.upgrade(config(conn), HEAD)


def refuse_unknown(where: str, found: str | None) -> None:
    """Raise SchemaError where *found*, the `revision` of the database *where*, is none that this program knows."""
    if found == FOREIGN:
        raise SchemaError((f"the database {where} is not this bot's: it has tables of something else",))
    if found is not None and found not in KNOWN:
        raise SchemaError(
            (
                f"the database {where} has schema version {found}; this program knows {', '.join(KNOWN)}",
                "run the newer program that last wrote it, or restore the backup made before that one started",
            )
        )
