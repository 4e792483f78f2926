"""What holds of every shipped snippet."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.catalog import read_catalog
from bot.domain.catalog import Catalog, OsType, Risk, Shell
from bot.domain.refusal import Refusal
from bot.domain.snippet import bind, render
from tests.commands.conftest import ROOT, Run, is_sound
from tests.commands.examples import CHANGES, EXAMPLES

SNIPPETS = read_catalog(ROOT / "commands").snippets
LINUX = sorted(name for name, snippet in SNIPPETS.items() if OsType.LINUX in snippet.scripts)
WINDOWS = sorted(name for name, snippet in SNIPPETS.items() if OsType.WINDOWS in snippet.scripts)
MAY_FAIL = {"certs", "connect", "http", "logs", "service", "failed", "timers", "dmesg", "clock", "io"}
"""Here, where there may be no systemd, no disk, no TLS port and no package list; each must say why."""

SLOW = {"cpu", "top", "io", "net", "updates"}
"""They measure for a second or more; their own tests run them."""


def rendered(name: str, os: OsType) -> str:
    """The script with example values, as it would be sent."""
    values = bind(SNIPPETS[name], EXAMPLES.get(name, ()))
    assert not isinstance(values, Refusal), values
    return render(SNIPPETS[name].scripts[os], values)


@pytest.mark.parametrize("name", sorted(set(LINUX) - CHANGES - SLOW))
def test_it_runs_on_this_linux(run: Run, name: str) -> None:
    """It says something short, and fails only where it says why."""
    ran = run(name, *EXAMPLES.get(name, ()))
    assert is_sound(ran), ran.said
    assert ran.code in ({0, 1} if name in MAY_FAIL else {0}), ran.said


@pytest.mark.parametrize("name", sorted((set(LINUX) - CHANGES - SLOW) | {"updates"}))
def test_it_runs_with_nothing_but_the_base_tools(run: Run, bare: Path, name: str) -> None:
    """Without ss, systemctl, journalctl, curl, openssl and the rest it answers from /proc, or says what is missing."""
    ran = run(name, *EXAMPLES.get(name, ()), path=(bare,))
    assert is_sound(ran), ran.said
    assert ran.code in {0, 1}
    if ran.code == 1:
        words = ("on this machine", "not open", "could not", "neither")
        assert any(word in ran.said for word in words), ran.said


def test_shellcheck_finds_nothing(tmp_path: Path) -> None:
    """In any script, as it would be sent."""
    for name in LINUX:
        (tmp_path / f"{name}.sh").write_text(rendered(name, OsType.LINUX))
    found = subprocess.run(
        [Path(sys.executable).with_name("shellcheck"), "--shell=bash", *sorted(tmp_path.glob("*.sh"))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout + found.stderr == ""


@pytest.mark.parametrize("name", LINUX)
def test_linux_scripts_end_with_a_code_of_their_own(name: str) -> None:
    """None ends with what its last program happened to return, and every exit is 0 or 1."""
    text = SNIPPETS[name].scripts[OsType.LINUX].text
    assert re.search(r"^exit [01]\n\Z", text, re.MULTILINE)
    assert set(re.findall(r"\bexit +(\S+?)[;\s)]", text)) <= {"0", "1"}
    assert text.startswith("set -u\n")


@pytest.mark.parametrize("name", WINDOWS)
def test_windows_scripts_are_balanced(name: str) -> None:
    """Brackets and quotes pair up, and they end with 0 or 1.

    There is no PowerShell here: this finds a slip of the pen, not a wrong cmdlet.
    """
    script = SNIPPETS[name].scripts[OsType.WINDOWS]
    assert script.shell is Shell.POWERSHELL
    open_brackets: list[str] = []
    for token in re.findall(r"""'(?:[^']|'')*'|"(?:[^"`]|`.|"")*"|[(){}\[\]'"]""", script.text):
        if token in "({[":
            open_brackets.append(token)
        elif token in ")}]":
            assert open_brackets
            assert open_brackets.pop() + token in {"()", "{}", "[]"}
        else:
            assert len(token) > 1, "a quote is left open"
    assert open_brackets == []
    assert script.text.rstrip().endswith(("exit 0", "exit 1"))


def test_every_windows_parameter_is_used_as_a_variable() -> None:
    """`$name`, as bind sets it."""
    for name in WINDOWS:
        for param in SNIPPETS[name].params:
            assert re.search(rf"\${param.name}\b", SNIPPETS[name].scripts[OsType.WINDOWS].text), (name, param.name)


def test_what_is_shipped(catalog: Catalog) -> None:
    """The snippets, targets and roles that the documentation speaks of; whatever changes a machine is above low."""
    assert {"mem", "cpu", "disk", "load", "ports", "logs", "top", "restart"} <= set(catalog.snippets)
    assert set(catalog.targets) == {"web-prod", "web-staging", "db-prod"}
    assert set(catalog.policy.roles) == {"viewer", "oncall", "approver", "admin"}
    assert {name for name, snippet in catalog.snippets.items() if snippet.risk is not Risk.LOW} == CHANGES
    assert all(catalog.snippets[name].exclusive for name in CHANGES)
    restart = catalog.snippets["restart"]
    assert restart.risk is Risk.HIGH
    service = restart.param("service")
    assert service is not None
    assert "nginx" in service.choices
    rule = catalog.policy.approval_for(restart, catalog.targets["web-prod"])
    assert rule is not None
    assert (rule.needed, rule.expires.total_seconds(), rule.reason) == (1, 900, True)
    assert catalog.policy.approval_for(catalog.snippets["mem"], catalog.targets["web-prod"]) is None
