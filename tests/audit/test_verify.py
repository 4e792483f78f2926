"""`audit verify` and `audit head`: what was changed in the trail is found, and where."""

import sqlite3
from asyncio import to_thread
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection
from typer.testing import CliRunner

from bot.cli import cli
from bot.domain.change import Event
from bot.errors import StartError
from bot.store import open_store, proof
from bot.store.reading import reading
from tests.audit.conftest import HOW_MANY, START, Call, tampering

COPY = (
    "INSERT INTO events (id, at, actor, kind, invocation, data, hash)"
    " SELECT {}, at, actor, kind, invocation, data, hash FROM events WHERE id = 7"
)
"""A row that was written once already, where there is none."""


def test_a_whole_trail(call: Call) -> None:
    """How many, from when to when, the head; 0."""
    code, said, errors = call("verify")
    first, head, last = said.splitlines()
    assert (code, errors) == (0, "")
    assert first == "30 events, from 2026-11-01T12:00:00Z to 2026-11-30T12:00:00Z"
    assert head == f"head {call('head')[1].strip()}"
    assert head.startswith("head 30:")
    assert last == "The trail is whole."


@pytest.mark.parametrize(
    ("harm", "found"),
    [
        ("UPDATE events SET actor = 'U9' WHERE id = 7", ["event 7 was altered"]),
        ("UPDATE events SET at = '2026-11-07 12:00:00.000001' WHERE id = 7", ["event 7 was altered"]),
        ("UPDATE events SET data = replace(data, '3', '4') WHERE id = 4", ["event 4 was altered"]),
        ("DELETE FROM events WHERE id = 7", ["event 7 is missing"]),
        ("DELETE FROM events WHERE id < 4", ["events 1 to 3 are missing"]),
        ("DELETE FROM events WHERE id > 20", ["events 21 to 30 are missing: the trail's end was cut off"]),
        ("DELETE FROM events", ["events 1 to 30 are missing: the trail's end was cut off"]),
        ("DELETE FROM trail", ["the trail's head is missing"]),
        ("UPDATE trail SET length = 29", ["event 30 was inserted: the trail's head counts 29"]),
        ("UPDATE trail SET hash = 'x'", ["event 30 is not the one that the trail's head knows"]),
        (COPY.format(31), ["event 31 was altered", "event 31 was inserted: the trail's head counts 30"]),
        (COPY.format(0), ["event 0 was inserted"]),
        (
            "UPDATE events SET id = id + 100 WHERE id > 10; UPDATE events SET id = id - 99 WHERE id > 100;"
            + COPY.format(11),
            [
                *(f"event {n} was altered" for n in range(11, 32)),
                "event 31 was inserted: the trail's head counts 30",
            ],
        ),
        (
            "UPDATE events SET id = 14 - id + 100 WHERE id IN (5, 9); UPDATE events SET id = id - 100 WHERE id > 100",
            ["event 5 was altered", "event 6 was altered", "event 9 was altered", "event 10 was altered"],
        ),
    ],
)
def test_harm_is_found(call: Call, file: Path, harm: str, found: list[str]) -> None:
    """Altered, removed, cut off, swapped: each with its ids, and 1."""
    with tampering(file) as raw:
        raw.executescript(harm)
    code, said, _ = call("verify")
    assert code == 1
    assert [line[2:] for line in said.splitlines() if line.startswith("✗ ")] == found[: proof.SHOWN]
    assert said.endswith("The trail is not as it was written.\n")


@pytest.mark.parametrize(
    "value", ["'soon'", "x'ff00'", "CAST(x'ff41' AS TEXT)", "7", "'9999-99-99'", "'2026-11-07 12:00:00+25:00'"]
)
@pytest.mark.parametrize("column", ["at", "actor", "data", "hash"])
def test_what_is_no_text_and_no_time(call: Call, file: Path, column: str, value: str) -> None:
    """It is found where it stands: the walk goes on to the end."""
    with tampering(file) as raw:
        raw.execute(f"UPDATE events SET {column} = {value} WHERE id = 7")
    code, said, errors = call("verify")
    assert (code, errors) == (1, "")
    assert "✗ event 7 was altered\n" in said
    assert call("export")[0] == 0


def test_many_faults_are_counted(call: Call, file: Path) -> None:
    """The first twenty are named."""
    with tampering(file) as raw:
        raw.execute("UPDATE events SET actor = ''")
    _, said, _ = call("verify")
    assert said.count("✗") == proof.SHOWN
    assert "  … and 10 more\n" in said


async def test_a_head_that_was_kept_elsewhere(call: Call, file: Path, tmp_path: Path) -> None:
    """The trail went on since, and still contains it."""
    kept = tmp_path / "heads.txt"
    kept.write_text("# hourly\n" + (await to_thread(call, "head"))[1])
    async with await open_store(f"sqlite:///{file}") as store:
        await store.record(Event("later", "U1"), START)
    with kept.open("a") as more:
        more.write((await to_thread(call, "head"))[1] + "\n")
    assert (await to_thread(call, "verify", "--head", str(kept)))[0] == 0
    assert (await to_thread(call, "verify", "--head", (await to_thread(call, "head"))[1].strip()))[0] == 0


async def test_a_trail_written_anew_is_whole_but_for_the_head_kept_elsewhere(call: Call, file: Path) -> None:
    """Whoever has the database can forge all of it: that is what the witness is for."""
    kept = (await to_thread(call, "head"))[1].strip()
    with tampering(file) as raw:
        raw.execute("DELETE FROM events WHERE id > 20")
        raw.execute("UPDATE trail SET (length, hash) = (SELECT id, hash FROM events ORDER BY id DESC LIMIT 1)")
    assert (await to_thread(call, "verify"))[0] == 0
    code, said, _ = await to_thread(call, "verify", "--head", kept)
    assert (code, "✗ events 21 to 30 are missing: a head that was given counts 30" in said) == (1, True)
    async with await open_store(f"sqlite:///{file}") as store:
        for _ in range(12):
            await store.record(Event("forged", "U1"), START)
    assert (await to_thread(call, "verify"))[0] == 0
    code, said, _ = await to_thread(call, "verify", "--head", kept)
    assert (code, "✗ event 30 is not the one of a head that was given" in said) == (1, True)


def test_two_heads_of_one_length_cannot_both_be_right(call: Call) -> None:
    """Whichever comes first."""
    head = call("head")[1].strip()
    other = f"30:{'0' * 64}"
    for pair in ([head, other], [other, head]):
        assert call("verify", "--head", pair[0], "--head", pair[1])[0] == 1


@pytest.mark.parametrize("given", ["", "nowhere.txt", "30", "30:abc", "x:" + "0" * 64])
def test_what_is_no_head(call: Call, given: str) -> None:
    """Said in words; 2."""
    code, said, errors = call("verify", "--head", given)
    assert (code, said) == (2, "")
    assert errors.endswith("is neither a head (COUNT:HASH) nor a file of them\n")


def test_a_file_with_other_lines(call: Call, tmp_path: Path) -> None:
    """The line is named."""
    (tmp_path / "notes").write_text("hello\n")
    (tmp_path / "empty").write_text("\n")
    assert "has the line 'hello', which is no head" in call("verify", "--head", str(tmp_path / "notes"))[2]
    assert "has no head in it" in call("verify", "--head", str(tmp_path / "empty"))[2]


@pytest.mark.parametrize("words", [["verify"], ["head"], ["export"]])
def test_no_database(tmp_path: Path, words: list[str]) -> None:
    """No database, an empty one, one of something else, a URL that is none: 2, in words, and nothing is made."""
    there = tmp_path / "bot.db"
    for url, said in (
        (f"sqlite:///{there}", f"the database {there} is not there, or can't be read"),
        ("mysql://x", "DATABASE_URL: must be sqlite:///bot.db or postgresql://user:password@host/name"),
    ):
        result = CliRunner().invoke(cli, ["audit", *words], env={"DATABASE_URL": url})
        assert (result.exit_code, result.stdout, said in result.stderr) == (2, "", True), result.stderr
    assert list(tmp_path.iterdir()) == []
    there.touch()
    result = CliRunner().invoke(cli, ["audit", *words], env={"DATABASE_URL": f"sqlite:///{there}"})
    assert (result.exit_code, "is empty" in result.stderr) == (2, True)
    with closing(sqlite3.connect(there)) as raw, raw:
        raw.execute("CREATE TABLE recipes (name TEXT)")
    result = CliRunner().invoke(cli, ["audit", *words], env={"DATABASE_URL": f"sqlite:///{there}"})
    assert (result.exit_code, "is not this bot's" in result.stderr) == (2, True)


async def test_beside_a_bot_that_writes(call: Call, file: Path) -> None:
    """It sees what was committed, changes nothing, and the bot goes on."""
    async with await open_store(f"sqlite:///{file}") as store:
        for n in range(3):
            await store.record(Event("more", "U1"), START)
            assert (await to_thread(call, "verify"))[1].startswith(f"{HOW_MANY + n + 1} events")
        assert await store.verify() == []


def test_nothing_is_written(call: Call, file: Path, template: bytes) -> None:
    """Not to the database, and nothing beside it stays."""
    for words in ("verify", "head", "export"):
        assert call(words)[0] == 0
    assert file.read_bytes() == template
    assert [path.name for path in file.parent.iterdir()] == ["bot.db"]


def test_in_bounded_memory(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """However small the portions are, the answer is the same."""
    whole = call("verify")[1], call("export")[1]
    monkeypatch.setattr("bot.store.proof.PORTION", 4)
    monkeypatch.setattr("bot.store.export.PORTION", 4)
    assert (call("verify")[1], call("export")[1]) == whole


async def test_a_bot_that_starts_meanwhile(file: Path) -> None:
    """Nobody had it open: what was read then counts for nothing, rather than for an alarm."""
    bot = sqlite3.connect(file, check_same_thread=False)

    def work(_: Connection) -> None:
        bot.execute("UPDATE trail SET length = length")
        bot.commit()

    try:
        with pytest.raises(StartError, match="opened by the bot while it was read"):
            await reading(f"sqlite:///{file}", work)
    finally:
        bot.close()


async def test_reading_cannot_write(file: Path) -> None:
    """Whatever the work tries."""
    with pytest.raises(StartError, match="readonly"):
        await reading(f"sqlite:///{file}", lambda conn: conn.exec_driver_sql("DELETE FROM trail"))
