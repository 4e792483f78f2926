"""A backup is a whole database, or there is none."""

import asyncio
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import StartError
from bot.store import SqlStore, open_store
from bot.store.backup import backup
from tests.store.given import CARD, NOW, added, event, invocation, tamper

sqlite = pytest.mark.parametrize("engine", ["sqlite"])


async def refused(url: str, to: Path) -> str:
    """Why there is no backup."""
    with pytest.raises(StartError) as caught:
        await backup(url, to)
    return str(caught.value)


def beside(file: Path) -> list[str]:
    """It, and what begins with its name."""
    return sorted(path.name for path in file.parent.glob(f"{file.stem}*"))


@sqlite
async def test_a_backup_is_made_while_the_bot_writes(store: SqlStore, ready: str, tmp_path: Path) -> None:
    """It is readable by its owner alone, one file, and the bot starts on it."""
    made, to = await added(store, invocation(), CARD), tmp_path / "copy.db"
    writing = asyncio.gather(*(store.record(event(n=n), NOW) for n in range(50)))
    report = await backup(ready, to)
    await writing
    assert 1 <= report.head.count <= 51
    assert to.stat().st_mode & 0o777 == 0o600
    assert beside(to) == ["copy.db"]
    async with await open_store(f"sqlite:///{to}") as copy:
        assert await copy.load("i1") == made
        assert len(await copy.owed(NOW, 9)) == 1
        assert await copy.verify() == []


@sqlite
async def test_a_stopped_bot_s_database_can_be_copied(ready: str, tmp_path: Path) -> None:
    """As any other."""
    assert (await backup(ready, tmp_path / "copy.db")).head.count == 0


@sqlite
async def test_nothing_is_written_over(ready: str, tmp_path: Path) -> None:
    """An older backup, say."""
    older = tmp_path / "older.db"
    older.write_text("precious")
    assert "is there already" in await refused(ready, older)
    assert older.read_text() == "precious"


@sqlite
async def test_a_backup_that_is_not_whole_is_not_kept(store: SqlStore, ready: str, tmp_path: Path) -> None:
    """It says what is wrong, before anybody trusts it."""
    for n in range(3):
        await store.record(event(n=n), NOW)
    await tamper(store, "UPDATE events SET actor = 'U7' WHERE id = 2")
    assert "event 2 was altered" in await refused(ready, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


async def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    """Nothing is made."""
    assert "is not there" in await refused(f"sqlite:///{tmp_path}/none.db", tmp_path / "copy.db")
    assert beside(tmp_path / "copy.db") == []


async def test_postgresql_has_its_own(tmp_path: Path) -> None:
    """It is named."""
    assert "pg_dump" in await refused("postgresql://u:hunter2@db/bot", tmp_path / "copy.sql")


@sqlite
async def test_a_backup_takes_the_place_of_what_a_killed_bot_left(store: SqlStore, ready: str, tmp_path: Path) -> None:
    """As docs/running.md says: the copy in the file's place, and nothing of the old one beside it."""
    made, copy = await added(store, invocation(), CARD), tmp_path / "copy.db"
    await backup(ready, copy)
    for n in range(20):
        await added(store, invocation(f"later{n}"))
    (killed := tmp_path / "killed").mkdir()
    for left in ("bot.db", "bot.db-wal", "bot.db-shm"):  # what stood on the disk at that moment
        shutil.copy(tmp_path / left, killed / left)
    shutil.copy(copy, killed / "bot.db")
    for left in ("bot.db-wal", "bot.db-shm"):
        (killed / left).unlink()
    async with await open_store(f"sqlite:///{killed}/bot.db") as restored:
        assert await restored.recent(99) == (made,)
        assert await restored.verify() == []
        await added(restored, invocation("later0"))
        assert await restored.verify() == []


@sqlite
async def test_a_backup_of_a_trail_that_was_cut(store: SqlStore, ready: str, tmp_path: Path) -> None:
    """It is as whole as the one that it was made of, and goes on."""
    for n in range(5):
        await store.record(event(n=n), NOW + n * timedelta(days=1))
    await store.forget(NOW + timedelta(days=3), NOW + timedelta(days=9), 100)
    report = await backup(ready, tmp_path / "copy.db")
    assert (report.cut.count, report.head.count, report.faults) == (3, 6, ())
    async with await open_store(f"sqlite:///{tmp_path}/copy.db") as copy:
        await copy.record(event("later"), NOW + timedelta(days=9))
        assert await copy.verify() == []
