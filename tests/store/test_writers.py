"""SQLite's writers: committed together, each as if it were alone, and whoever is waited for first."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.event import listen

from bot.domain.invocation import BatchState
from bot.errors import StoreError
from bot.store import SqlStore, chain
from bot.store.engine import Threads
from bot.urgency import Urgency
from tests.store.given import NOW, SECOND, added, batch, event, invocation, raw

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])


def noted(kind: str, then: Callable[[Connection], None] = lambda conn: None) -> Callable[[Connection], str]:
    """Work that adds an event of *kind*, does *then*, and returns *kind*."""

    def work(conn: Connection) -> str:
        chain.append(conn, (event(kind),), NOW)
        then(conn)
        return kind

    return work


def refuse(conn: Connection) -> None:
    raise ValueError("changed its mind")


class Held:
    """The writers' thread, busy until the end of the block: what is written meanwhile waits together."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self._go, self._busy = threading.Event(), asyncio.Event()

    async def __aenter__(self) -> None:
        loop = asyncio.get_running_loop()

        def work(conn: Connection) -> None:
            loop.call_soon_threadsafe(self._busy.set)
            assert self._go.wait(60)

        self._first = asyncio.create_task(self._store._db.write(work))
        await self._busy.wait()

    async def __aexit__(self, *_: object) -> None:
        await asyncio.sleep(0)  # those that are to wait have come
        self._go.set()
        await self._first


async def written(store: SqlStore, *works: Callable[[Connection], str]) -> list[str | BaseException]:
    """What became of *works*, which wait at the same time."""
    async with Held(store):
        tasks = [asyncio.create_task(store._db.write(work)) for work in works]
        for _ in range(3):
            await asyncio.sleep(0)
    return await asyncio.gather(*tasks, return_exceptions=True)


async def kinds(store: SqlStore) -> list[str]:
    return [kind for (kind,) in await raw(store, "SELECT kind FROM events ORDER BY id")]


async def test_what_waits_together_is_committed_together(store: SqlStore) -> None:
    """One look at the disk for all of them."""
    commits: list[object] = []
    names = [f"e{n}" for n in range(20)]
    listen(store._db._driver.engine, "commit", commits.append)
    assert await written(store, *(noted(name) for name in names)) == names
    assert len(commits) == 2  # of the one that held them up, and of all of them
    assert await kinds(store) == names
    assert await store.verify() == []


async def test_one_that_fails_takes_nothing_from_the_others(store: SqlStore) -> None:
    """Nor leaves anything of its own behind."""
    first, bad, last = await written(store, noted("first"), noted("bad", refuse), noted("last"))
    assert (first, last, type(bad)) == ("first", "last", ValueError)
    assert await kinds(store) == ["first", "last"]
    assert await store.verify() == []


async def test_what_the_database_undid_as_a_whole_is_done_again_one_by_one(store: SqlStore) -> None:
    """As it does over a full disk: whoever is not at fault gets what they wanted."""

    def undo(conn: Connection) -> None:
        conn.exec_driver_sql("ROLLBACK")
        raise OSError("the disk is full")

    first, bad, last = await written(store, noted("first"), noted("bad", undo), noted("last"))
    assert (first, last, type(bad)) == ("first", "last", StoreError)
    assert await kinds(store) == ["first", "last"]
    assert await store.verify() == []


async def test_nobody_is_told_of_what_was_not_committed(store: SqlStore) -> None:
    """Not even that they failed: what they saw may never have been."""

    def owe(conn: Connection) -> None:
        conn.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        conn.exec_driver_sql("INSERT INTO approvals VALUES ('nobody', 0, 'U1', '2026-03-01', '', 1, '')")

    told = await written(store, noted("first"), noted("refused", refuse), noted("owing", owe))
    assert [type(one) for one in told] == [StoreError, StoreError, StoreError]
    assert await kinds(store) == []
    assert await written(store, noted("first"), noted("second")) == ["first", "second"]
    assert await store.verify() == []


async def test_whoever_is_waited_for_goes_first(store: SqlStore) -> None:
    """However many others have waited for longer; a few of those go along."""
    urgency = Urgency()
    async with Held(store):
        others = [asyncio.create_task(store._db.write(noted(f"other{n}"))) for n in range(30)]
        with urgency.answering():
            urgent = asyncio.create_task(store._db.write(noted("urgent")))
        for _ in range(3):
            await asyncio.sleep(0)
    await asyncio.gather(urgent, *others)
    assert await kinds(store) == ["urgent", *(f"other{n}" for n in range(30))]


async def test_who_looks_in_vain_for_what_is_due_waits_for_no_writer(store: SqlStore) -> None:
    """Where there is nothing at all, as where nothing is due yet: an idle poller takes nobody's turn."""
    running = (BatchState.RUNNING,)
    async with asyncio.timeout(10), Held(store):
        assert await store.claim_due_batches(running, NOW, 10, hold=SECOND) == ()
    await added(store, invocation(batches=(batch(1, state=BatchState.RUNNING, next_at=NOW + SECOND),)))
    async with asyncio.timeout(10), Held(store):
        assert await store.claim_due_batches(running, NOW, 10, hold=SECOND) == ()


async def test_whoever_left_while_they_waited_has_changed_nothing(store: SqlStore) -> None:
    """The others have."""
    async with Held(store):
        tasks = [asyncio.create_task(store.record(event(f"e{n}"), NOW)) for n in range(6)]
        for _ in range(3):
            await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(one, asyncio.CancelledError) for one in ended] == [True, False] * 3
    assert await kinds(store) == ["e1", "e3", "e5"]
    assert await store.verify() == []


async def test_the_log_is_brought_home_beside_them(store: SqlStore, tmp_path: Path) -> None:
    """Nobody has to wait for it in the middle of a commit."""
    await store.record(event("one"), NOW)
    driver = store._db._driver
    assert isinstance(driver, Threads)
    assert driver._home is not None
    await driver._home
    with closing(sqlite3.connect(tmp_path / "bot.db")) as raw_:
        ((_, pages, copied),) = raw_.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
    assert pages == copied
