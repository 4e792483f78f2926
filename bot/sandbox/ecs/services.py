"""The pretend services of a machine: files that its ``systemctl`` and ``journalctl`` work on.

This computer need not have systemd. ``bin/`` gets the two scripts (and ``hostname``), ahead
of everything else in PATH; ``state/<service>/`` holds active, pid, restarts and since, and
``state/journal`` the lines. A restart thus really changes something that a script can see.
"""

from __future__ import annotations

import shutil
from pathlib import Path

SERVICES = ("nginx", "app")
_SCRIPTS = Path(__file__).parent / "machine_bin"
_UP_FOR = 3 * 3600  # seconds: since when the services have been up at a machine's first script
_PAST = {
    "nginx": [
        (6, "Starting nginx..."),
        (6, "Started nginx."),
        (4, "upstream response is buffered to a temporary file"),
        (3, "connect() failed (111: Connection refused) while connecting to upstream"),
    ],
    "app": [
        (6, "Started app."),
        (6, "listening on 127.0.0.1:8080"),
        (4, "pool is at 18 of 20 connections"),
    ],
}


def install(folder: Path, now: int) -> None:
    """Furnish a machine's *folder* with scripts and services; *now* in seconds since 1970."""
    scripts = sorted(_SCRIPTS.glob("*.sh"))
    assert scripts, f"the pretend services are missing from {_SCRIPTS}"
    (folder / "bin").mkdir()
    for script in scripts:
        copy = folder / "bin" / script.stem
        shutil.copyfile(script, copy)
        copy.chmod(0o755)
    lines: list[tuple[int, str]] = []
    for index, service in enumerate(SERVICES):
        pid, since = 1200 + index, now - _UP_FOR
        state = folder / "state" / service
        state.mkdir(parents=True)
        for name, value in (("active", "active"), ("pid", pid), ("restarts", 0), ("since", since)):
            (state / name).write_text(f"{value}\n")
        for step, (priority, text) in enumerate(_PAST[service]):
            at = since + (step if step < 2 else step * 3000) + index
            lines.append((at, f"{at}\t{service}\t{pid}\t{priority}\t{text}\n"))
    (folder / "state" / "journal").write_text("".join(line for _, line in sorted(lines)))


def states(folder: Path) -> dict[str, str]:
    """Each service's state, such as active or inactive."""
    return {service: (folder / "state" / service / "active").read_text().strip() for service in SERVICES}
