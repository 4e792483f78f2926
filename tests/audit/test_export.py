"""`audit export`: everything that a third party needs, and nothing that a spreadsheet would compute."""

import csv
import hashlib
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.audit.conftest import HOW_MANY, Call, an_event, tampering

DOCS = Path(__file__).parents[2] / "docs" / "audit.md"
COVERED = ("previous", "id", "at", "actor", "kind", "invocation", "data")


def hash_of(event: dict[str, Any]) -> str:
    """By the recipe of docs/audit.md."""
    text = json.dumps([event[name] for name in COVERED], ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def test_anybody_can_prove_it(call: Call) -> None:
    """Each hash is made of the fields beside it, and is the next one's previous."""
    code, said, errors = call("export")
    found = [json.loads(line) for line in said.splitlines()]
    assert (code, errors, len(found)) == (0, "30 events\n", HOW_MANY)
    previous = "0" * 64
    for n, event in enumerate(found):
        assert list(event) == ["id", "at", "actor", "kind", "invocation", "data", "previous", "hash"]
        assert (event["id"], event["previous"], event["hash"]) == (n + 1, previous, hash_of(event))
        assert json.loads(event["data"])["n"] == an_event(n).data["n"]
        assert event["at"] == f"2026-11-{n + 1:02}T12:00:00.000000+00:00"
        previous = event["hash"]


def test_the_recipe_of_the_docs(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    """Run as it stands there: it accepts what was exported, and not what was changed."""
    (recipe,) = re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL)
    out = tmp_path / "november.jsonl"
    monkeypatch.chdir(tmp_path)
    call("export", "--output", str(out))
    exec(recipe, {})
    out.unlink()
    with tampering(file) as raw:
        raw.execute("UPDATE events SET actor = 'U9' WHERE id = 7")
    call("export", "--output", str(out))
    with pytest.raises(AssertionError, match="7"):
        exec(recipe, {})


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        (["--since", "2026-11-28"], [28, 29, 30]),
        (["--since", "2026-11-28T12:00:00", "--until", "2026-11-29T12:00:00Z"], [28]),
        (["--since", "2026-11-28T20:00:01+08:00"], [29, 30]),
        (["--until", "2026-11-02"], [1, 2]),
        (["--since", "2027-01-01"], []),
    ],
)
def test_in_a_time(call: Call, words: list[str], ids: list[int]) -> None:
    """From a moment on and before another; a day counts to its end. The previous hash is there all the same."""
    _, said, _ = call("export", *words)
    found = [json.loads(line) for line in said.splitlines()]
    assert [event["id"] for event in found] == ids
    assert all(event["hash"] == hash_of(event) for event in found)


@pytest.mark.parametrize("words", [["--since", "soon"], ["--until", "2026-13-01"], ["--until", "9999-12-31"]])
def test_what_is_no_time(call: Call, words: list[str]) -> None:
    """Said in words; 2."""
    code, said, errors = call("export", *words)
    assert (code, said, errors) == (2, "", f"{words[1]} is no time: write 2026-11-01 or 2026-11-01T03:10:00Z\n")


def test_csv_comes_back_as_it_was(call: Call, file: Path) -> None:
    """No cell begins as a formula does; without its one apostrophe each is what was hashed."""
    nasty = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "'=1", "'", "＝1", '";=1', "plain", ""]
    with tampering(file) as raw:
        for n, text in enumerate(nasty, start=1):
            raw.execute("UPDATE events SET actor = ? WHERE id = ?", (text, n))
    code, said, _ = call("export", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(said, newline="")))
    assert (code, len(rows)) == (0, HOW_MANY)
    for row in rows:
        assert not any(cell.lstrip().startswith(("=", "+", "-", "@", "＝")) for cell in row.values())
    found = [row["actor"].removeprefix("'") for row in rows]
    assert found[: len(nasty)] == nasty
    assert all(hash_of({**row, "id": int(row["id"])}) == row["hash"] for row in rows[len(nasty) :])


def test_to_a_file(call: Call, tmp_path: Path) -> None:
    """A new one, its owner's alone; one that is there stays as it is."""
    out = tmp_path / "trail.csv"
    assert call("export", "--format", "csv", "--output", str(out)) == (0, "", "30 events\n")
    assert out.stat().st_mode & 0o777 == 0o600
    before = out.read_bytes()
    assert before.count(b"\r\n") == HOW_MANY + 1
    assert call("export", "--output", str(out)) == (2, "", f"{out} is there already, and stays as it is\n")
    assert out.read_bytes() == before
    code, _, errors = call("export", "--output", str(tmp_path / "no" / "such"))
    assert (code, errors) == (2, f"{tmp_path}/no/such can't be written: No such file or directory\n")


def test_an_event_whose_predecessor_is_gone(call: Call, file: Path) -> None:
    """Its previous hash is not known, and that is what is written."""
    with tampering(file) as raw:
        raw.execute("DELETE FROM events WHERE id = 7")
    found = {event["id"]: event for event in map(json.loads, call("export")[1].splitlines())}
    assert 7 not in found
    assert (found[8]["previous"], len(found)) == ("", HOW_MANY - 1)
