"""The snippets that speak to systemd and change things, with fakes in front of PATH."""

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from bot.domain.catalog import Catalog
from tests.commands.conftest import PATH, Run, calls


def state(fakes: Path, name: str, text: str = "") -> None:
    (fakes / "state" / name).write_text(text)


def test_restart(run: Run, fakes: Path) -> None:
    """Before and after, and one restart."""
    ran = run("restart", ("service", "nginx"), path=(fakes, PATH))
    assert (ran.code, ran.said) == (0, "before  active\nafter   active\n")
    assert calls(fakes).count("restart nginx") == 1


@pytest.mark.parametrize("what", ["broken", "dies"])
@pytest.mark.parametrize("name", ["restart", "start"])
def test_a_service_that_does_not_come_up_is_a_failure(run: Run, fakes: Path, name: str, what: str) -> None:
    """Whether systemd says so at once, or the service dies a moment later; its status is shown."""
    state(fakes, "nginx", "inactive\n")
    state(fakes, f"nginx.{what}")
    ran = run(name, ("service", "nginx"), path=(fakes, PATH))
    assert ran.code == 1
    assert (f"{name} of nginx failed" if what == "broken" else "failed") in ran.said
    if name == "restart" or what == "broken":
        assert "● nginx.service" in ran.said


@pytest.mark.parametrize("name", ["restart", "reload"])
def test_a_broken_configuration_stops_nothing(run: Run, fakes: Path, name: str) -> None:
    """`nginx -t` is asked before nginx is touched."""
    (fakes / "nginx").write_text("#!/bin/sh\necho 'nginx: [emerg] unknown directive' >&2\nexit 1\n")
    (fakes / "nginx").chmod(0o755)
    ran = run(name, ("service", "nginx"), path=(fakes, PATH))
    assert ran.code == 1
    assert "its configuration is broken" in ran.said
    assert not (fakes / "state" / "calls").exists()


def test_reload_start_stop(run: Run, fakes: Path) -> None:
    """Each says what the service is afterwards; starting what runs does nothing."""
    assert run("reload", ("service", "app"), path=(fakes, PATH)).said == "reloaded, app is active\n"
    assert run("stop", ("service", "app"), path=(fakes, PATH)).said == "app is inactive\n"
    assert run("start", ("service", "app"), path=(fakes, PATH)).said == "app is active\n"
    again = run("start", ("service", "app"), path=(fakes, PATH))
    assert (again.code, again.said) == (0, "app is active already: nothing was done\n")
    assert calls(fakes).count("start app") == 1


@pytest.mark.parametrize("name", ["restart", "reload", "start", "stop"])
def test_without_systemd_nothing_is_touched(run: Run, bare: Path, name: str) -> None:
    """And that is said."""
    ran = run(name, ("service", "nginx"), path=(bare,))
    assert (ran.code, ran.said) == (1, "no systemctl on this machine: nginx was not touched\n")


def test_service(run: Run, fakes: Path) -> None:
    """State and last lines of any unit; one that is not there is a failure."""
    ran = run("service", ("service", "nginx"), path=(fakes, PATH))
    assert ran.code == 0
    assert ran.lines[:3] == ["state     active (running)", "at start  enabled", "restarts  3"]
    assert "upstream timed out" in ran.said
    ran = run("service", ("service", "nope"), path=(fakes, PATH))
    assert (ran.code, ran.said) == (1, "there is no unit nope on this machine\n")


def test_logs(run: Run, fakes: Path, catalog: Catalog) -> None:
    """The journal is asked for what was asked; secrets are caught by the snippet's patterns."""
    ran = run("logs", ("service", "nginx"), ("lines", "20"), ("since", "1h"), ("errors", "yes"), path=(fakes, PATH))
    assert ran.code == 0
    assert calls(fakes) == ["-u nginx -n 20 --no-pager -o short-iso --since -3600s -p err"]
    assert "upstream timed out" in redacted(catalog, ran.said)
    for secret in ("hunter2", "abcdef123456"):
        assert secret in ran.said
        assert secret not in redacted(catalog, ran.said)


def redacted(catalog: Catalog, text: str) -> str:
    """*text* with the patterns of `logs` applied."""
    for pattern in catalog.snippets["logs"].redact:
        text = re.sub(pattern, "[redacted]", text)
    return text


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("Authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
        ("authorization: token0123", "token0123"),
        ('{"password": "hunter2"}', "hunter2"),
        ("db_password=hunter2;", "hunter2"),
        ("API-Key: abc123", "abc123"),
        ("access_key_secret='s3cret'", "s3cret"),
        ("postgresql://bot:hunter2@db/x", "hunter2"),
        ("key LTAI5tAbCdEfGhIjKlMn used", "LTAI5tAbCdEfGhIjKlMn"),
        ("jwt eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.c2lnbmF0dXJl", "c2lnbmF0dXJl"),
    ],
)
def test_forms_of_secrets_that_logs_redacts(catalog: Catalog, line: str, secret: str) -> None:
    """The usual ones."""
    assert secret not in redacted(catalog, line)


def test_logs_redacts_no_plain_lines(catalog: Catalog) -> None:
    """What an engineer needs to read stays."""
    for line in ('GET /tokens/1 200 "curl/8"', "user 12 logged in", "https://shop.example:8443/a?b=c", "took 3 s"):
        assert redacted(catalog, line) == line


def test_failed_and_timers(run: Run, fakes: Path) -> None:
    """None, and one with its reason; what runs by the clock."""
    assert run("failed", path=(fakes, PATH)).said == "no unit has failed\n"
    state(fakes, "failed", "app.service loaded failed failed The app\n")
    ran = run("failed", path=(fakes, PATH))
    assert ran.lines == ["app.service", "    why    exit-code", "    since  Mon 2026-11-23 03:10:00 UTC"]
    ran = run("timers", path=(fakes, PATH))
    assert ran.lines[:2] == ["logrotate.timer", "    last Mon 2026-11-23 00:00:00 UTC, next not planned"]


def test_kill_ends_the_process_that_is_meant(run: Run) -> None:
    """By TERM; the name must be right, and only then."""
    with subprocess.Popen(["sleep", "60"]) as child:
        pid = ("process", str(child.pid))
        wrong = run("kill", pid, ("name", "nginx"))
        assert (wrong.code, wrong.said) == (1, f"process {child.pid} is sleep, not nginx: nothing was done\n")
        assert child.poll() is None
        ran = run("kill", pid, ("name", "sleep"))
        assert (ran.code, ran.said) == (0, f"sleep ({child.pid}) has ended\n")
        assert child.wait() == -signal.SIGTERM


@pytest.mark.parametrize("force", ["no", "yes"])
def test_kill_of_a_process_that_ignores_it(run: Run, fakes: Path, force: str) -> None:
    """SIGKILL only where it is asked for."""
    stubborn = ["bash", "-c", "trap '' TERM; echo; while :; do read -t 60 <> <(:); done"]
    with subprocess.Popen(stubborn, stdout=subprocess.PIPE) as child:
        assert child.stdout
        child.stdout.readline()
        ran = run("kill", ("process", str(child.pid)), ("name", "bash"), ("force", force), path=(fakes, PATH))
        alive = child.poll() is None
        child.kill()
    if force == "yes":
        assert (ran.code, ran.said, alive) == (0, f"bash ({child.pid}) was killed\n", False)
    else:
        assert ran.code == 1
        assert "--force sends SIGKILL" in ran.said
        assert alive


def test_drop_caches_needs_root(run: Run, fakes: Path) -> None:
    """Run as nobody here: it says so, and the computer that tests run on keeps its caches."""
    if os.geteuid() != 0:
        assert run("drop-caches", path=(fakes, PATH)).code == 1
        return
    fakes.parent.chmod(0o755)
    ran = run("drop-caches", path=("/usr/bin", "/bin"), user=65534)
    assert (ran.code, ran.said) == (1, "the caches can't be dropped: that takes root\n")


def test_rotate_logs(run: Run, fakes: Path, bare: Path) -> None:
    """It says what is missing; nothing is rotated but what was asked for."""
    assert run("rotate-logs", ("service", "app"), path=(bare,)).said == "no logrotate on this machine\n"
    if not Path("/etc/logrotate.d/app").exists():
        ran = run("rotate-logs", ("service", "app"), path=(fakes, PATH))
        assert (ran.code, ran.said) == (1, "there is no /etc/logrotate.d/app on this machine\n")


@pytest.fixture
def tools(tmp_path: Path, bare: Path) -> tuple[Path, Path]:
    """An empty folder in front of the base tools."""
    folder = tmp_path / "packages"
    folder.mkdir()
    return folder, bare


APT = """#!/bin/sh
echo 'NOTE: This is only a simulation!'
echo 'Inst openssl [3.0.1] (3.0.2 Debian-Security:12/stable-security [amd64])'
echo 'Inst bash [5.2] (5.2.1 Debian:12 [amd64])'
echo 'Conf bash (5.2.1 Debian:12 [amd64])'
"""
DNF = "#!/bin/sh\necho\necho 'kernel.x86_64   5.10.1   updates'\nexit 100\n"
SICK = "#!/bin/sh\necho 'Error: cache-only enabled but no cache' >&2\nexit 1\n"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("apt-get", APT, ["2 wait, 1 marked as security", "openssl (security)", "bash"]),
        ("dnf", DNF, ["1 wait, 0 marked as security", "kernel.x86_64 5.10.1"]),
        ("yum", "#!/bin/sh\n", ["no update is known to this machine"]),
        ("dnf", SICK, ["the package manager can't say:", "Error: cache-only enabled but no cache"]),
    ],
)
def test_updates(run: Run, tools: tuple[Path, Path], name: str, text: str, expected: list[str]) -> None:
    """Debian's way and Alibaba Cloud Linux's; a package manager that can't say is a failure, not "none"."""
    folder, _ = tools
    (folder / name).write_text(text)
    (folder / name).chmod(0o755)
    ran = run("updates", path=tools)
    assert ran.code == (1 if text == SICK else 0)
    assert [line for line in ran.lines if line != "a reboot is required"] == expected


def test_certs(run: Run, tmp_path: Path) -> None:
    """A certificate of thirty days passes with 14 to spare, and fails where 60 are asked for."""
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    request = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=shop.example"
    )
    made = subprocess.run([*request.split(), "-keyout", str(key), "-out", str(cert)], capture_output=True, check=False)
    assert made.returncode == 0
    server = ["openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", str(cert), "-key", str(key)]
    with subprocess.Popen(server, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        port = next(line.rsplit(":", 1)[1].strip() for line in child.stdout if line.startswith("ACCEPT"))
        try:
            fine = run("certs", ("port", port))
            soon = run("certs", ("port", port), ("days", "60"))
        finally:
            child.kill()
    assert fine.code == 0
    assert "shop.example" in fine.lines[0]
    assert fine.lines[-1] in {"left     29 days", "left     30 days"}
    assert soon.code == 1
    assert soon.lines[-1].startswith("left     ")
