"""The database: from its URL to transactions that no cancelled caller can tear."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import structlog
from sqlalchemy import URL, Connection, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import StartError
from bot.store import dialect, faults
from bot.store.writers import Writers
from bot.urgency import URGENT

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

log = structlog.get_logger(__name__)

T = TypeVar("T")
Work = Callable[[Connection], T]

POOL = 5
"""Connections at once; with SQLite each is a thread: one writes, one reads what somebody waits for, the others read."""

HOME = 2.0
"""Seconds at least between two times that SQLite's log is brought home."""

TRIES = 5
"""How often a transaction is begun that another one's locks ended."""

FORMS = "sqlite:///bot.db, sqlite:////absolute/path.db or postgresql://user:password@server/name"


class Driver(Protocol):
    """How a transaction is carried out."""

    @property
    def engine(self) -> Engine:
        """SQLAlchemy's, with its pool and events."""
        ...

    async def transact(self, work: Work[T], *, writes: bool) -> T:
        """Begin, *work*, commit; whatever *work* raises rolls it back."""
        ...

    async def close(self) -> None:
        """Wait for what runs, and close all connections."""
        ...


class Threads:
    """SQLite: a transaction is one piece of work in one thread.

    A driver that awaits each statement takes two changes of thread for each: measured, three times as
    long for a change of an invocation, and twice the processor's time. Writers wait for each other's turn, and not
    for readers; who reads for somebody that waits has a thread of their own.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reading = _with_options(engine, writes=False)
        self._writer, self._urgent, self._others = (
            ThreadPoolExecutor(count, thread_name_prefix=f"store-{name}")
            for name, count in (("writer", 1), ("urgent", 1), ("others", POOL - 2))
        )
        self._writers = Writers(_with_options(engine, writes=True), self._writer, self._written)
        self._home: asyncio.Future[None] | None = None  # the log is being brought home, or was lately
        self._closed = False

    async def transact(self, work: Work[T], *, writes: bool) -> T:
        """In a thread, to its end: a cancelled caller does not stop it."""
        if writes:
            written: T = await self._writers.write(work)
            return written

        def unit() -> T:
            with self._reading.begin() as conn:
                return work(conn)

        threads = self._urgent if URGENT.get() else self._others
        return await asyncio.get_running_loop().run_in_executor(threads, unit)

    def _written(self) -> None:
        """The log is brought home beside the writers, now and then: whoever waits for a commit must not wait for it."""
        loop = asyncio.get_running_loop()
        if self._home is None and not self._closed:
            self._home = loop.run_in_executor(self._others, dialect.bring_home, self.engine)
            self._home.add_done_callback(lambda done: loop.call_later(HOME, self._forget, done))

    def _forget(self, home: "asyncio.Future[None]") -> None:
        self._home = None
        if (error := home.exception()) is not None:
            log.warning("log_not_brought_home", error=type(error).__name__)  # a writer will, once it is long

    async def close(self) -> None:
        """The threads first: what they run may have been left by its caller."""
        await self._writers.ended()
        self._closed = True
        for threads in (self._writer, self._urgent, self._others):
            await asyncio.to_thread(threads.shutdown, wait=True)
        self.engine.dispose()


class Server:
    """PostgreSQL, by a driver of asyncio."""

    def __init__(self, engine: "AsyncEngine") -> None:
        self.engine = engine.sync_engine
        self._async = engine
        self._engines = {writes: _with_options(engine, writes=writes) for writes in (False, True)}

    async def transact(self, work: Work[T], *, writes: bool) -> T:
        """On a connection of its own."""
        async with self._engines[writes].begin() as conn:
            try:
                value: T = await conn.run_sync(work)
            except TimeoutError:
                await conn.invalidate()  # nobody answers there: a ROLLBACK would wait as long again
                raise
            return value

    async def close(self) -> None:
        """Close all connections."""
        await self._async.dispose()


class _CallerGoneError(Exception):
    """Nobody waits for this transaction any more: roll it back."""


class _Caller:
    """Who waits for a transaction."""

    gone = False


class Database:
    """Runs work in transactions: `read` sees one snapshot, `write` is alone.

    Work is a plain function of a connection, so it has no await in which it could be cancelled
    half way. It runs in a task of its own: a caller that is cancelled leaves at once, and its
    transaction is rolled back, or, where COMMIT was on its way already, is committed as a whole.
    A caller that needs to know which must look. Whatever is wrong with the database itself is a StoreError.
    """

    def __init__(self, driver: Driver, where: str) -> None:
        dialect.arrange(driver.engine)
        self.where = where
        self.name = driver.engine.dialect.name
        self._driver = driver
        self._running: set[asyncio.Task[Any]] = set()

    async def read(self, work: Work[T]) -> T:
        """What *work* returns, from one snapshot."""

        async def transaction(caller: _Caller) -> T:
            return await self._driver.transact(work, writes=False)

        return await self._outlive(transaction)

    async def write(self, work: Work[T]) -> T:
        """What *work* returns, once it is committed. Whatever it raises rolls it back."""

        async def transaction(caller: _Caller) -> T:
            def unless_gone(conn: Connection) -> T:
                if caller.gone:
                    raise _CallerGoneError
                value = work(conn)
                if caller.gone:
                    raise _CallerGoneError
                return value

            return await self._driver.transact(unless_gone, writes=True)

        return await self._outlive(transaction)

    async def _outlive(self, transaction: Callable[[_Caller], Awaitable[T]]) -> T:
        caller = _Caller()

        async def run() -> T:
            for attempt in range(1, TRIES + 1):
                try:
                    return await transaction(caller)
                except Exception as error:
                    if attempt < TRIES and faults.collided(error):
                        continue
                    if (fault := faults.named(error)) is not None:
                        raise fault from None  # what SQLAlchemy says has the statement in it, and its values
                    raise
            raise AssertionError("the last try returns or raises")

        try:
            return await asyncio.shield(self.start(run()))
        except asyncio.CancelledError:
            caller.gone = True
            raise

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """A task that `close` waits for, and that no caller's end takes along."""
        task = asyncio.create_task(work, name="store")
        self._running.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            # Who still waits gets it; of one whose caller left, asyncio would complain that nobody asked.
            task.exception()

    async def close(self) -> None:
        """Let what runs end, then close all connections."""
        while self._running:
            await asyncio.wait(self._running)
        await self._driver.close()


def connect(url: str, *, patient: bool = True) -> Database:
    """The database at *url*; a new SQLite file is made readable by its owner only. StartError names what is wrong.

    Not *patient*: a server that does not answer in time is given up, and gives up what it is told nothing of; for
    serving, where no transaction takes long.
    """
    parsed = parsed_url(url)
    if parsed.drivername == "postgresql":
        made = _postgresql(parsed, {} if patient else dialect.SERVING)
        return Database(Server(made), parsed.set(password=None, query={}).render_as_string())
    path = Path(parsed.database or "")
    _create(path)
    engine = create_engine(
        parsed.set(drivername="sqlite+pysqlite"),
        # The driver must not begin transactions by itself: dialect._begin does. A connection is used by one
        # thread at a time, and not always the same.
        connect_args={"isolation_level": None, "check_same_thread": False},
        pool_size=POOL,
        max_overflow=0,
    )
    return Database(Threads(engine), str(path))


def parsed_url(url: str) -> URL:
    """*url* in its parts; StartError where it is neither SQLite's nor PostgreSQL's."""
    # The URL itself is never repeated: it may hold a password.
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StartError([f"DATABASE_URL can't be read: write {FORMS}"]) from None
    if parsed.drivername not in {"sqlite", "postgresql"}:
        raise StartError([f"DATABASE_URL begins with {parsed.drivername}://: write {FORMS}"])
    if parsed.drivername == "sqlite" and (parsed.database or ":memory:") == ":memory:":
        raise StartError([f"DATABASE_URL names no file, and nothing would outlive a restart: write {FORMS}"])
    return parsed


def _postgresql(url: URL, limits: Mapping[str, Any]) -> "AsyncEngine":
    # It brings all of SQLAlchemy's ORM with it, 0.2 s and 7 MB that SQLite does without.
    from sqlalchemy.ext.asyncio import create_async_engine

    try:
        return create_async_engine(
            url.set(drivername="postgresql+asyncpg"),
            connect_args={"timeout": 5, **limits},
            pool_size=2 * POOL,
            max_overflow=0,
            pool_timeout=10,
            pool_pre_ping=True,
        )
    except ImportError as error:
        raise StartError(["DATABASE_URL wants PostgreSQL, and its driver asyncpg is not installed"]) from error


def _create(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        if not path.is_file() or not os.access(path, os.R_OK | os.W_OK):
            raise StartError([f"the database {path} is not a file that can be read and written"]) from None
    except OSError as error:
        raise StartError([f"the database {path} can't be created: {error.strerror}"]) from error


def _with_options(engine: Any, *, writes: bool) -> Any:
    return engine.execution_options(**dialect.options(engine.dialect.name, writes=writes))
