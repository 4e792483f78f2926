"""Files that can't be read are faults, never tracebacks."""

import os
from pathlib import Path

import pytest

from bot.catalog import read_catalog
from bot.catalog.files import FILE_LIMIT, FILES_LIMIT
from bot.errors import CatalogError
from tests.unit.catalog.conftest import FaultsOf, Write


def test_an_unreadable_file_is_a_fault_beside_the_others(folder: Path, write: Write, faults: FaultsOf) -> None:
    """Not UTF-8, not TOML, a folder, a loop, a pipe, too large: each is named, and all at once."""
    (folder / "bytes.toml").write_bytes(b'summary = "\xff"')
    write("broken.toml", "summary = ")
    (folder / "folder.toml").mkdir()
    (folder / "loop.toml").symlink_to("loop.toml")
    os.mkfifo(folder / "pipe.toml")
    write("large.toml", "#" * (FILE_LIMIT + 1))
    write("deep.toml", "a = " + "[" * 10_000)
    write("digits.toml", "a = " + "9" * 5_000)
    found = faults()
    assert [fault.split(": ")[:2] for fault in found] == [
        ["commands/broken.toml", "is no TOML"],
        ["commands/bytes.toml", "must be UTF-8"],
        ["commands/deep.toml", "is no TOML"],
        ["commands/digits.toml", "is no TOML"],
        ["commands/folder.toml", "must be a file"],
        ["commands/large.toml", "is too large"],
        ["commands/loop.toml", "can't be read"],
        ["commands/pipe.toml", "must be a file"],
    ]


def test_other_files_are_not_looked_at(folder: Path, write: Write) -> None:
    """README.md, an editor's leavings and what a mounted ConfigMap hides."""
    write("README.md", "# not TOML")
    write(".mem.toml", "not TOML")
    write("mem.toml~", "not TOML")
    (folder / "..data").mkdir()
    assert set(read_catalog(folder).snippets) == {"mem"}


def test_links_to_files_are_followed(folder: Path) -> None:
    """A mounted ConfigMap is made of them."""
    (folder / "..data").mkdir()
    (folder / "mem.toml").rename(folder / "..data" / "mem.toml")
    (folder / "mem.toml").symlink_to("..data/mem.toml")
    assert set(read_catalog(folder).snippets) == {"mem"}


def test_a_file_without_leave_to_read(folder: Path, faults: FaultsOf) -> None:
    """The system's own reason is passed on."""
    (folder / "mem.toml").chmod(0)
    if os.access(folder / "mem.toml", os.R_OK):
        pytest.skip("root reads everything")
    assert faults() == ["commands/mem.toml: can't be read: Permission denied"]


@pytest.mark.parametrize("name", ["Mem.toml", "my_mem.toml", "-x.toml", "a" * 41 + ".toml", "mém.toml"])
def test_a_file_name_that_is_no_name_of_a_snippet(folder: Path, faults: FaultsOf, name: str) -> None:
    """It is what people type on a phone."""
    (folder / "mem.toml").rename(folder / name)
    assert len(faults()) == 1
    assert "the file's name is the snippet's: it must be 1 to 40 of a-z, 0-9 and -" in faults()[0]


def test_what_every_catalogue_needs(tmp_path: Path) -> None:
    """An empty folder says what to put into it; one that is not there says so."""
    empty = tmp_path / "commands"
    empty.mkdir()
    with pytest.raises(CatalogError) as caught:
        read_catalog(empty)
    assert caught.value.faults == (
        "commands/policy.toml: is missing: it holds the roles and approvals",
        "commands/targets.toml: is missing: it holds the names for machines",
        "commands: holds no snippet: add one, such as mem.toml",
    )
    with pytest.raises(CatalogError) as caught:
        read_catalog(tmp_path / "nowhere")
    assert caught.value.faults == (f"{tmp_path / 'nowhere'}: can't be read: No such file or directory",)


def test_too_many_files(folder: Path, faults: FaultsOf) -> None:
    """A folder that is none of ours is not read to its end."""
    for number in range(FILES_LIMIT):
        (folder / f"x{number}.toml").touch()
    assert faults() == [f"{folder}: holds {FILES_LIMIT + 3} files, and the limit is {FILES_LIMIT}"]


def test_a_broken_targets_file_does_not_blame_the_others(write: Write, faults: FaultsOf) -> None:
    """What names a target can't be judged then, and isn't."""
    write("targets.toml", "[")
    write("x.toml", 'summary = "x"\nrisk = "low"\ntargets = ["web-prod"]\n[linux]\nscript = "df"')
    assert len(faults()) == 1
    assert faults()[0].startswith("commands/targets.toml: is no TOML")


def test_a_faulty_target_still_has_its_name(write: Write, faults: FaultsOf) -> None:
    """A snippet that names it is not at fault."""
    write("targets.toml", '[web-prod]\nenv = "prod"')
    write("x.toml", 'summary = "x"\nrisk = "low"\ntargets = ["web-prod"]\n[linux]\nscript = "df"')
    assert faults() == ["commands/targets.toml: web-prod.region: is missing"]
