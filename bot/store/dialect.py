"""All that SQLite and PostgreSQL do differently. Nothing else in the store asks which one it is."""

from typing import Any

from sqlalchemy import Connection, Engine, Table, event, text
from sqlalchemy.dialects import postgresql, sqlite

WRITES = "writes"
"""The execution option of a connection that is going to write."""

BUSY_TIMEOUT = 5000
"""Milliseconds that SQLite waits for another process's lock. Inside one process writers take turns."""

WAL_PAGES = 10_000
"""Pages (4 KB) of SQLite's log after which a writer has to bring them home itself; `bring_home` comes long before."""

SERVING: dict[str, Any] = {
    "command_timeout": 10,
    "server_settings": {
        "statement_timeout": "10s",
        "lock_timeout": "5s",
        # A replica that is cut off in the middle of a transaction must not keep its locks.
        "idle_in_transaction_session_timeout": "10s",
        # It knows nothing of wanted > delivered, takes a third of the outbox for owed, and would read tables whole.
        "enable_hashjoin": "off",
        "enable_mergejoin": "off",
        # For the same reason it would start workers, or a compiler, to sort a handful of rows: 48 ms instead of 9.
        "max_parallel_workers_per_gather": "0",
        "jit": "off",
        "tcp_keepalives_idle": "15",
        "tcp_keepalives_interval": "5",
        "tcp_keepalives_count": "3",
    },
}
"""How PostgreSQL and its driver are set while the bot serves: they wait for nothing long, and look rows up."""

CHECKED_WHOLE = 64 * 1024 * 1024
"""Bytes of a SQLite file that are looked through at every start."""


def insert(conn: Connection, table: Table) -> Any:
    """An INSERT that knows ON CONFLICT: both dialects' classes have the same methods, and no common type."""
    return insert_for(conn.dialect.name, table)


def insert_for(dialect: str, table: Table) -> Any:
    """The same, for a statement that is built once: to build it takes longer than to carry it out."""
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)


def options(dialect: str, *, writes: bool) -> dict[str, Any]:
    """The execution options of a reading or a writing engine: a reader sees one snapshot all through."""
    if dialect == "postgresql" and not writes:
        return {WRITES: False, "isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return {WRITES: writes}


def arrange(engine: Engine) -> None:
    """Set each new connection up, and begin transactions as the engine's dialect needs it."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _pragmas)
        event.listen(engine, "begin", _begin)


def _pragmas(dbapi_connection: Any, _record: Any) -> None:
    cursor = dbapi_connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"wal_autocheckpoint={WAL_PAGES}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(conn: Connection) -> None:
    # A deferred transaction that reads and then writes fails at once when another wrote in between:
    # a writer takes the lock first.
    conn.exec_driver_sql("BEGIN IMMEDIATE" if conn.get_execution_options().get(WRITES) else "BEGIN")


def bring_home(engine: Engine) -> None:
    """Copy SQLite's log into its file, as far as nobody reads what was there before. Writers go on meanwhile."""
    with engine.connect() as conn:
        driver: Any = conn.connection.driver_connection
        driver.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


def damage(conn: Connection) -> str:
    """What is wrong inside the file; empty where nothing is, or where looking at it all would take too long."""
    if conn.dialect.name != "sqlite":
        return ""
    pages, size = (conn.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("page_count", "page_size"))
    if pages * size > CHECKED_WHOLE:
        return ""
    found: str = conn.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    return "" if found == "ok" else found


def looks_into_each(conn: Connection) -> bool:
    """Can one statement look up the first rows of each of many (LATERAL)? A round trip to a server takes longer than
    to look them up; SQLite has neither."""
    return conn.dialect.name == "postgresql"


def hold(conn: Connection, name: str) -> None:
    """Be the only transaction that holds *name*, until it ends. SQLite's BEGIN IMMEDIATE did it already."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})
