"""Cancelled callers and killed processes: a change is there whole, or not at all."""

import asyncio
import json
import random
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.event import listen

from bot.domain.change import Change
from bot.domain.invocation import Invocation
from bot.domain.result import Outcome, Result
from bot.store import SqlStore, open_store
from bot.store.engine import POOL
from tests.store.given import CARD, LATER, NOW, added, batch, changed, event, invocation

CALLERS = 400


async def step(store: SqlStore, id: str) -> bool:  # noqa: A002 - the field's own name
    """Load, decide, apply: everything that the change writes has the new version in it."""
    before = await store.load(id)
    assert before is not None
    to = before.version + 1
    after = replace(before, note=str(to), batches=(batch(0, attempts=to),))
    results = (Result("i-0", Outcome.SUCCEEDED, output=str(to)),)
    return await store.apply(Change(before, after, (event("step", id, to=to),), (CARD,), results), NOW)


async def check_whole(store: SqlStore, found: Invocation) -> None:
    """Version, batch, result, message and events tell the same."""
    version = found.version
    row = next(row for row in await store.owed(LATER, 100) if row.invocation == found.id)
    timeline = [e.event.data["to"] for e in await store.events(found.id) if e.event.kind == "step"]
    assert timeline == list(range(2, version + 1))
    assert row.wanted == version
    if version > 1:
        assert (found.note, found.batches) == (str(version), (batch(0, attempts=version),))
        assert [r.output for r in await store.results(found.id)] == [str(version)]


def integrity(file: Path) -> list[tuple[str]]:
    """SQLite's own look at the file; on PostgreSQL there is none."""
    if not file.exists():
        return [("ok",)]
    with closing(sqlite3.connect(file)) as raw:
        return raw.execute("PRAGMA integrity_check").fetchall()


async def test_cancelled_callers_tear_nothing(store: SqlStore, tmp_path: Path) -> None:
    """Hundreds of callers, most of them cancelled somewhere: no torn change, no lost connection, and it serves on."""
    chance, loop = random.Random(5), asyncio.get_running_loop()
    connections: list[object] = []
    complaints: list[object] = []
    loop.set_exception_handler(lambda _loop, context: complaints.append(context))
    listen(store._db._driver.engine, "connect", lambda *it: connections.append(it))
    ids = [f"i{n}" for n in range(8)]
    for id_ in ids:
        await added(store, invocation(id_), CARD)
    callers = [asyncio.create_task(step(store, chance.choice(ids))) for _ in range(CALLERS)]
    for caller in callers:
        loop.call_later(chance.random() ** 2 * 1.5, caller.cancel)
    ended = await asyncio.gather(*callers, return_exceptions=True)
    cancelled = sum(isinstance(one, asyncio.CancelledError) for one in ended)
    assert {type(one) for one in ended} <= {bool, asyncio.CancelledError}
    assert cancelled > CALLERS // 10
    for id_ in ids:
        assert await step(store, id_)
        found = await store.load(id_)
        assert found is not None
        await check_whole(store, found)
    assert len(connections) <= 2 * POOL
    assert complaints == []
    assert "Current Checked out connections: 0" in store._db._driver.engine.pool.status()
    assert await store.verify() == []
    assert integrity(tmp_path / "bot.db") == [("ok",)]


async def test_a_caller_cancelled_before_its_turn_changes_nothing(store: SqlStore) -> None:
    """It left before the transaction began: what it wanted doesn't happen later."""
    made = await added(store, invocation())
    first = asyncio.create_task(changed(store, made, note="first"))
    late = asyncio.create_task(store.record(event("late"), NOW))
    while not late.cancelling():
        await asyncio.sleep(0)
        late.cancel()
    with suppress(asyncio.CancelledError):
        await late
    assert late.cancelled()
    await changed(store, await first, note="second")
    assert "late" not in [e.event.kind for e in await store.events("i1")]


async def test_closing_lets_running_transactions_end(url: str) -> None:
    """What was begun is committed, and no connection is left."""
    store = await open_store(url)
    made = await added(store, invocation(), CARD)
    running = asyncio.create_task(changed(store, made, note="done"))
    await asyncio.sleep(0)
    await store.close()
    done = await running
    async with await open_store(url) as again:
        assert await again.load("i1") == done


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_loop_that_ends_in_the_middle_tears_nothing(url: str, tmp_path: Path) -> None:
    """Every task is cancelled at once, the store's own among them."""

    async def abandoned() -> None:
        store = await open_store(url)
        await added(store, invocation(), CARD)
        steps = [asyncio.create_task(step(store, "i1")) for _ in range(20)]
        await steps[0]
        await asyncio.sleep(0)
        await asyncio.wait(steps[1:], return_when=asyncio.FIRST_COMPLETED)
        for one in asyncio.all_tasks() - {asyncio.current_task()}:
            one.cancel()
        await asyncio.gather(*steps, return_exceptions=True)
        await store.close()

    async def looked_at() -> None:
        async with await open_store(url) as store:
            found = await store.load("i1")
            assert found is not None
            assert found.version > 1
            await check_whole(store, found)
            assert await store.verify() == []

    asyncio.run(abandoned())
    asyncio.run(looked_at())
    assert integrity(tmp_path / "bot.db") == [("ok",)]


WRITER = """
import asyncio, json, sys
from tests.store.given import CARD, added, invocation
from tests.store.test_interruptions import step
from bot.store import open_store

async def write(store, id):
    done = 1
    while True:
        done += await step(store, id)
        print(json.dumps([id, done]), flush=True)

async def main():
    store = await open_store(sys.argv[1])
    for id in ("i1", "i2", "i3"):
        await added(store, invocation(id), CARD)
    await asyncio.gather(*(write(store, id) for id in ("i1", "i2", "i3")))

asyncio.run(main())
"""


def killed_in_the_middle(url: str, root: Path) -> dict[str, int]:
    """Each invocation's version, as a writing process told it before it was killed."""
    told: dict[str, int] = {}
    command = [sys.executable, "-c", WRITER, url]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for n, line in enumerate(process.stdout):
            if line.endswith("]\n"):
                told.update([json.loads(line)])
            if n == 90:
                process.kill()
    assert process.returncode == -9
    return told


async def test_a_killed_process_leaves_every_change_that_it_told_of(url: str, tmp_path: Path, root: Path) -> None:
    """SIGKILL in the middle of writes: what was acknowledged is there, and nothing is torn."""
    told = killed_in_the_middle(url, root)
    assert integrity(tmp_path / "bot.db") == [("ok",)]
    async with await open_store(url) as store:
        for id_, version in told.items():
            found = await store.load(id_)
            assert found is not None
            assert found.version in {version, version + 1}
            await check_whole(store, found)
            assert await step(store, id_)
        assert await store.verify() == []
