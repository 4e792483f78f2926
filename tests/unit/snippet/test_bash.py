"""Values really arrive in a real bash, byte for byte, and nothing else is run.

One bash takes a batch of values. BASH_ENV sets a DEBUG trap before the script's first line, which
notes every command that bash runs: the assignments, the script's own commands, and no more.
"""

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.domain.catalog import Script, Shell
from bot.domain.quoting import Unquotable
from bot.domain.snippet import render

NASTY = [
    "", " ", "'", "''", "'\\''", '"', "\\", "\\\\", "a\\", "\n", "a\n", "\n\n", "a\nb", "\r\n", "\t",
    "$(touch canary)", "`touch canary`", "${HOME}", "$HOME", "$((1+1))", "'; touch canary; '",
    '"; touch canary; "', "\ntouch canary\n", "' $(touch canary) '", "$'\\n'", "!!", "!$", "#x", "~",
    "~root", "*", "?", "[a]", "{a,b}", "-n", "--", "-e x", "=", "a=b", "&", "|", ";", ">canary", "<canary",
    "(touch canary)", "{{oos-secret:x}}", "{{ACS::InstanceId}}", "%s", "%n", "\\x41", "\\u0041", "é", "中文",
    "🙂", "‘x’", "＇", "\u202e", "\ufeff", "\x01", "\x7f", "\x80", "\uffff", "x" * 1000, "'" * 300,
]  # fmt: skip
ANY = st.characters(codec="utf-8", exclude_characters="\0")
PIECES = st.lists(st.one_of(st.sampled_from(NASTY), st.text(ANY, max_size=20)), max_size=4).map("".join)


def run(script: str, folder: Path) -> tuple[bytes, list[str]]:
    """What *script* prints, and every command that bash ran, in order."""
    (folder / "trace.sh").write_text('exec 9>trace; set -T; trap \'printf "%s\\0" "$BASH_COMMAND" >&9\' DEBUG\n')
    (folder / "script.sh").write_text(script, newline="")
    done = subprocess.run(
        ["bash", "script.sh"],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "BASH_ENV": "trace.sh"},
        capture_output=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == b""
    return done.stdout, (folder / "trace").read_bytes().decode().split("\0")[:-1]


def arrives(values: list[str], folder: Path) -> None:
    """Every one of *values* is printed as it is, and only what must run does."""
    named = [(f"v{number}", value) for number, value in enumerate(values)]
    say = "printf '%s\\0' " + " ".join(f'"${name}"' for name, _ in named)
    printed, ran = run(render(Script(Shell.BASH, f"set -u\n{say}"), named), folder)
    assert printed.decode().split("\0")[:-1] == values
    guard, assignments, rest = ran[0], ran[1 : len(values) + 1], ran[len(values) + 1 :]
    assert guard.startswith("trap 'case $? in")
    for (name, _), command in zip(named, assignments, strict=True):
        assert command.startswith(f"{name}=")
    # Within an EXIT trap BASH_COMMAND goes on naming the command before it: the third is the guard's `case`.
    assert rest == ["set -u", say, say]
    assert not (folder / "canary").exists()


def test_what_has_ever_broken_a_quoting(tmp_path: Path) -> None:
    """Quotes, substitutions, newlines, dashes, secrets' names, and every pair of them."""
    arrives(NASTY, tmp_path)
    arrives([a + b for a in NASTY[:30] for b in NASTY[:30]], tmp_path)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(PIECES, min_size=20, max_size=60))
@example(values=["\r", "a\r", "\r\n'"])
def test_any_text_arrives_as_it_is(values: list[str], tmp_path: Path) -> None:
    """Hundreds of texts, made of the nasty ones and of any Unicode."""
    arrives(values, tmp_path)


@pytest.mark.parametrize("value", ["\0", "a\0b", "\ud800", "a\udfff"])
@pytest.mark.parametrize("shell", list(Shell))
def test_what_no_variable_can_hold_is_refused(shell: Shell, value: str) -> None:
    """NUL, and halves of surrogate pairs, which UTF-8 does not have."""
    with pytest.raises(Unquotable, match="x: without"):
        render(Script(shell, ""), [("x", value)])


def shell_run(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Start it as the agent does: `sh -c` with the file's path, by its own shebang."""
    path = folder / "mem-t-1.sh"
    path.write_text(script)
    path.chmod(0o755)
    return subprocess.run(["sh", "-c", str(path)], capture_output=True, text=True, check=False, timeout=30)


def test_a_script_without_a_shebang_is_run_by_bash(tmp_path: Path) -> None:
    """`sh` is dash on some systems, and arrays mean nothing to it."""
    script = render(Script(Shell.BASH, 'a=(x y)\necho "${a[1]} $v"'), [("v", "it's")])
    assert script.startswith("#!/bin/bash\n")
    assert shell_run(script, tmp_path).stdout == "y it's\n"


def test_a_shebang_of_its_own_stays_in_force(tmp_path: Path) -> None:
    """`-e` on it counts, the variables come right after it, and lines are moved by the prefix alone."""
    script = render(Script(Shell.BASH, "#!/bin/bash -eu\necho $v $LINENO\nfalse\necho not here"), [("v", "x")])
    assert script.splitlines()[0] == "#!/bin/bash -eu"
    done = shell_run(script, tmp_path)
    assert (done.stdout, done.returncode) == ("x 4\n", 1)


def test_set_eu_of_a_script_counts(tmp_path: Path) -> None:
    """Nothing before it weakens it."""
    done = shell_run(render(Script(Shell.BASH, "set -eu\necho $nothing\necho not here"), [("v", "")]), tmp_path)
    assert done.stdout == ""
    assert done.returncode != 0


@pytest.mark.parametrize(("code", "told"), [(0, 0), (1, 1), (7, 7), (192, 192), (193, 1), (194, 1), (255, 255)])
@pytest.mark.parametrize("shebang", ["", "#!/bin/sh\n"])
def test_no_exit_code_powers_a_machine_off(tmp_path: Path, code: int, told: int, shebang: str) -> None:
    """The agent takes 193 for power off and 194 for reboot; whatever a program leaves behind, they become 1."""
    done = shell_run(render(Script(Shell.BASH, f"{shebang}sh -c 'exit {code}'\n"), []), tmp_path)
    assert done.returncode == told
