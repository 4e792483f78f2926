"""Runs shipped scripts as the agent does: a file of its own, `sh -c`, a bare environment."""

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.catalog import read_catalog
from bot.domain.catalog import Catalog, OsType
from bot.domain.refusal import Refusal
from bot.domain.snippet import bind, render

ROOT = Path(__file__).parents[2]
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
FAKES = Path(__file__).parent / "fakes"
BASE = (
    "awk basename bash cat cut date df dirname du env getconf grep head id ls mktemp nice readlink renice sed sh sort"
)
BASE += " stat sync tail timeout tr uname uniq wc who hostname sleep"


@dataclass(frozen=True)
class Ran:
    """What a script left: its exit code and what it said, standard error among it."""

    code: int
    said: str

    @property
    def lines(self) -> list[str]:
        return self.said.splitlines()


Run = Callable[..., Ran]

_BROKEN = ("command not found", "syntax error", "unbound variable", "bad substitution", "cannot open", "not a valid")


def is_sound(ran: Ran) -> bool:
    """It said something, short enough for a phone, and no line of it is a shell's or a tool's own complaint."""
    short = len(ran.said.strip()) > 0 and len(ran.said.encode()) < 8_192
    return short and not any(sign in ran.said for sign in _BROKEN)


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The shipped one."""
    return read_catalog(ROOT / "commands")


@pytest.fixture
def fakes(tmp_path: Path) -> Path:
    """A folder for the front of PATH, with a systemd in which nginx and app are active."""
    folder = tmp_path / "fakes"
    shutil.copytree(FAKES, folder)
    (folder / "state").mkdir()
    for unit in ("nginx", "app"):
        (folder / "state" / unit).write_text("active\n")
    return folder


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PATH on which there is no more than bash, coreutils, awk, grep and sed."""
    folder = tmp_path_factory.mktemp("bare")
    for name in BASE.split():
        found = shutil.which(name, path=PATH)
        if found:
            (folder / name).symlink_to(found)
    return folder


@pytest.fixture
def run(catalog: Catalog, tmp_path: Path) -> Run:
    """run("logs", ("service", "nginx"), path=…) → Ran."""

    def act(name: str, *given: tuple[str, str], path: Sequence[Path | str] = (PATH,), user: int | None = None) -> Ran:
        snippet = catalog.snippets[name]
        values = bind(snippet, given)
        assert not isinstance(values, Refusal), values
        script = tmp_path / f"{name}-t-1.sh"
        script.write_text(render(snippet.scripts[OsType.LINUX], values))
        script.chmod(0o755)
        done = subprocess.run(
            ["sh", "-c", str(script)] if user is None else ["bash", "-c", script.read_text()],
            env={"PATH": ":".join(map(str, path))},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
            check=False,
            user=user if os.geteuid() == 0 else None,
        )
        return Ran(done.returncode, done.stdout.decode())

    return act


def calls(fakes: Path) -> list[str]:
    """How the fakes were called."""
    return (fakes / "state" / "calls").read_text().splitlines()
