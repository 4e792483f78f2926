"""Opening: new, old, newer, foreign and broken databases."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Connection, MetaData

from bot.errors import SchemaError, StartError
from bot.store import open_store, proof, schema
from bot.store.engine import connect
from bot.store.look import look
from bot.store.migrations import HEAD, KNOWN
from bot.store.reading import reading
from bot.store.tables import metadata
from tests.store.given import NOW, added, invocation


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the database is."""
    return tmp_path / "bot.db"


async def closed(url: str) -> None:
    """Open a database, and close it."""
    await (await open_store(url)).close()


async def executed(url: str, statement: str) -> list[tuple[Any, ...]]:
    """What somebody did at a console."""
    database = connect(url)

    def work(conn: Connection) -> list[tuple[Any, ...]]:
        found = conn.exec_driver_sql(statement)
        return [tuple(row) for row in found] if found.returns_rows else []

    try:
        return await database.write(work)
    finally:
        await database.close()


def spoil(file: Path, how: Callable[[bytes], bytes]) -> None:
    """What a disk, or a slip, did to the file."""
    file.write_bytes(how(file.read_bytes()))


def modes(folder: Path) -> dict[str, int]:
    """Who may read what is there."""
    return {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}


async def faults(url: str) -> str:
    """What a start with *url* is refused with."""
    with pytest.raises(StartError) as caught:
        await open_store(url)
    return str(caught.value)


# ── The schema ─────────────────────────────────────────────────────────────────


async def test_the_migrations_make_what_the_tables_say(url: str) -> None:
    """Every column, index and constraint."""
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    def differences(conn: Connection) -> list[object]:
        context = MigrationContext.configure(conn, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))

    await closed(url)
    database = connect(url)
    try:
        assert await database.read(differences) == []
    finally:
        await database.close()


async def test_the_newest_revision_is_the_one_the_program_knows(url: str) -> None:
    """KNOWN is what `versions/` holds, in order; nothing branches."""
    from alembic.script import ScriptDirectory

    def revisions(conn: Connection) -> list[str]:
        return [step.revision for step in ScriptDirectory.from_config(schema.config(conn)).walk_revisions()]

    database = connect(url)
    try:
        assert tuple(reversed(await database.read(revisions))) == KNOWN
    finally:
        await database.close()


async def test_what_was_stored_is_there_after_a_restart(url: str) -> None:
    """Opening twice migrates once."""
    async with await open_store(url) as store:
        made = await added(store, invocation())
    async with await open_store(url) as store:
        assert await store.load("i1") == made


async def test_migrate_brings_a_database_up(url: str) -> None:
    """By itself, twice, without harm."""
    await schema.migrate(url)
    await schema.migrate(url)
    assert await executed(url, "SELECT version_num FROM alembic_version") == [(HEAD,)]


async def test_two_that_start_at_once_on_an_empty_database_both_come_up(ready: str, url: str, engine: str) -> None:
    """Replicas do; SQLite has one process, and the second is told so."""
    if engine == "sqlite":
        async with await open_store(ready):
            assert "is in use by process" in await faults(ready)
        return
    for store in await asyncio.gather(*(open_store(url) for _ in range(3))):
        async with store:
            await store.ping()


@pytest.mark.parametrize("version", KNOWN[:-1])
async def test_a_database_of_every_older_version_is_brought_up(url: str, version: str) -> None:
    """With all that is in it; what is new has its default."""
    from alembic import command

    at = "2026-03-01 03:10:00.123456" + ("" if url.startswith("sqlite") else "+00")
    values = ("i1", "key-i1", "mem", "web-prod", '[["lines","20"]]', "U1", "T1", "C1", at)

    def old(conn: Connection) -> None:
        command.upgrade(schema.config(conn), version)
        conn.exec_driver_sql(
            "INSERT INTO invocations (id, request_key, snippet, target, params, requester, team, home, created_at,"
            " state, open, version, reason, response_url, again_of, stop_by, note) VALUES"
            f" ({', '.join(repr(value) for value in values)}, 'planning', true, 1, '', '', '', '', '')"
        )
        conn.exec_driver_sql(
            "INSERT INTO outbox (invocation, kind, key, wanted, delivered, final, not_before, attempts, payload, moved)"
            f" VALUES ('i1', 'card', '', 1, 0, false, '{at}', 0, '{{}}', 0),"
            f" ('i1', 'direct', 'U9', 2, 1, false, '{at}', 0, '{{}}', 0)"
        )
        conn.exec_driver_sql("UPDATE outbox SET channel = 'D9', ts = '1.9' WHERE kind = 'direct'")

    database = connect(url)
    await database.write(old)
    await database.close()
    async with await open_store(url) as store:
        assert await store.recent(10, open_only=True) == (invocation(),)
        row, direct = await store.owed(NOW, 10)
        assert (row.wanted, row.not_before) == (1, NOW)
        named = ["post C1", "update U9"] if version < "0012" else ["", ""]  # these rows know of no lanes
        assert [str(one.lane) for one in (row, direct)] == named


@pytest.mark.parametrize("version", KNOWN[:-1])
async def test_a_program_of_every_older_version_goes_on_with_the_newest_schema(url: str, version: str) -> None:
    """A replica that is restarted last: what it writes is taken, and what it reads is there, in every table."""
    from alembic import command

    known = MetaData()

    def old(conn: Connection) -> None:
        command.upgrade(schema.config(conn), version)
        known.reflect(conn)

    def goes_on(conn: Connection) -> None:
        for table in known.sorted_tables:
            if table.name in {"alembic_version", "trail"}:
                continue
            row = {column.name: _value(column) for column in table.columns}
            conn.execute(table.insert(), row)
            (found,) = conn.execute(table.select()).mappings()
            assert dict(found) == row, table.name
            if table.name != "events":
                conn.execute(table.update(), row)
        trail = known.tables["trail"]
        conn.execute(trail.update().values(length=1, hash="x"))
        assert conn.execute(trail.select()).mappings().one()["length"] == 1

    database = connect(url)
    try:
        await database.write(old)
        await closed(url)
        await database.write(goes_on)
        assert await executed(url, "SELECT version_num FROM alembic_version") == [(HEAD,)]
    finally:
        await database.close()


def _value(column: Column[Any]) -> Any:
    """Something that fits."""
    kind = column.type.python_type
    if kind is datetime:
        return NOW if getattr(column.type, "timezone", False) else NOW.replace(tzinfo=None)
    return {str: "i1", int: 1, bool: True, float: 1.0}[kind]


async def test_a_newer_schema_is_refused(url: str) -> None:
    """It says which version is there, which one is known, and what to do; nothing is changed."""
    await closed(url)
    await executed(url, "UPDATE alembic_version SET version_num = '0099'")
    with pytest.raises(SchemaError) as caught:
        await open_store(url)
    said = str(caught.value)
    for word in (connect(url).where, "0099", HEAD, "newer program", "backup"):
        assert word in said
    with pytest.raises(SchemaError):
        await open_store(url)


async def test_somebody_elses_database_is_refused(url: str) -> None:
    """It has tables, and none of them says which version of ours it is."""
    await executed(url, "CREATE TABLE invoices (id INTEGER)")
    assert "is not this bot's" in await faults(url)


async def test_a_migration_that_fails_leaves_nothing_behind(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next start finds an empty database, and succeeds."""

    def broken(*_: object) -> None:
        raise RuntimeError("no more")

    with monkeypatch.context() as patched:
        patched.setattr("alembic.op.bulk_insert", broken)
        with pytest.raises(RuntimeError):
            await open_store(url)
    await closed(url)


def test_a_start_that_finds_the_schema_up_to_date_does_not_import_alembic(url: str, root: Path) -> None:
    """It would cost 0.2 s and 20 MB."""
    program = (
        "import asyncio, sys\n"
        "from bot.store import open_store\n"
        "async def main():\n"
        f"    await (await open_store({url!r})).close()\n"
        "asyncio.run(main())\n"
        "print('alembic' in sys.modules)\n"
    )
    told = [
        subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert told == ["True\n", "False\n"]


# ── The file ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_only_the_owner_can_read_the_database(url: str, file: Path) -> None:
    """It holds outputs and response_urls; the files beside it are as closed as it is."""
    async with await open_store(url) as store:
        await added(store, invocation())
        assert modes(file.parent) == {"bot.db": 0o600, "bot.db-wal": 0o600, "bot.db-shm": 0o600, "bot.db.lock": 0o600}


async def test_a_relative_path_is_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the default DATABASE_URL is."""
    monkeypatch.chdir(tmp_path)
    await closed("sqlite:///bot.db")
    assert modes(tmp_path) == {"bot.db": 0o600}


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_file_that_is_no_database_is_refused(url: str, file: Path) -> None:
    """By its name, with what to do."""
    await closed(url)
    spoil(file, lambda _: b"not a database, but long enough to be taken for one" * 100)
    said = await faults(url)
    assert str(file) in said
    assert "backup" in said


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_damaged_database_is_refused(url: str, file: Path) -> None:
    """Its pages are looked at before it serves."""
    async with await open_store(url) as store:
        for n in range(50):
            await added(store, invocation(f"i{n}"))
    spoil(file, lambda whole: whole[:8192] + b"\xff" * 16384 + whole[24576:])
    said = await faults(url)
    assert str(file) in said
    assert "backup" in said


async def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Nobody makes it silently."""
    assert f"{tmp_path}/none/bot.db can't be created: No such file" in await faults(f"sqlite:///{tmp_path}/none/bot.db")


async def test_a_folder_in_the_place_of_the_file_is_refused(tmp_path: Path) -> None:
    """It can't be written."""
    assert f"{tmp_path} is not a file" in await faults(f"sqlite:///{tmp_path}")


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_database_that_lost_its_end_is_refused(url: str, file: Path) -> None:
    """Half of one is damaged."""
    async with await open_store(url) as store:
        for n in range(50):
            await added(store, invocation(f"i{n}"))
    spoil(file, lambda whole: whole[: len(whole) // 2])
    assert "backup" in await faults(url)


# ── The URL ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("mysql://root:hunter2@db/bot", "begins with mysql://"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("hunter2", "can't be read"),
        ("", "can't be read"),
        ("postgresql+psycopg2://u:hunter2@db/bot", "begins with postgresql+psycopg2://"),
    ],
)
async def test_another_url_is_refused_without_its_password(given: str, said: str) -> None:
    """It says which forms there are."""
    told = await faults(given)
    assert said in told
    assert "sqlite:///bot.db" in told
    assert "hunter2" not in told


async def test_postgresql_without_its_driver_is_refused_in_plain_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """asyncpg is not among what is always installed."""
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    told = await faults("postgresql://u:hunter2@db/bot")
    assert "asyncpg" in told
    assert "hunter2" not in told


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_copy_serves_as_a_backup(url: str, file: Path) -> None:
    """The file alone, once the bot has stopped."""
    backup = file.with_suffix(".backup")
    async with await open_store(url) as store:
        made = await added(store, invocation())
    shutil.copy(file, backup)
    async with await open_store(f"sqlite:///{backup}") as store:
        assert await store.load("i1") == made
        assert await store.verify() == []


def ended(program: str, url: str, root: Path) -> str:
    """What a process that did not end well wrote to stderr."""
    command = [sys.executable, "-c", program, url]
    process = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert process.returncode != 0
    return process.stderr


# ── The lock of the file ───────────────────────────────────────────────────────


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_second_process_is_told_what_to_do(ready: str, file: Path, root: Path) -> None:
    """It names the one that has it; whoever only looks is not kept out."""
    program = "import asyncio, sys; from bot.store import open_store; asyncio.run(open_store(sys.argv[1]))"
    async with await open_store(ready):
        errors = await asyncio.to_thread(ended, program, ready, root)
        assert HEAD in await look(ready)
        assert (await reading(ready, proof.examine)).count == 0
    assert f"{file} is in use by process {os.getpid()}" in errors
    assert "postgresql://" in errors


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_lock_of_a_killed_process_keeps_nobody_out(ready: str, file: Path, root: Path) -> None:
    """Its file is still there."""
    program = (
        "import asyncio, os, signal, sys\n"
        "from bot.store import open_store\n"
        "async def main():\n"
        "    store = await open_store(sys.argv[1])\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(main())\n"
    )
    assert await asyncio.to_thread(ended, program, ready, root) == ""
    assert file.with_name("bot.db.lock").exists()
    await closed(ready)
    assert not file.with_name("bot.db.lock").exists()
