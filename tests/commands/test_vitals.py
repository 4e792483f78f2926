"""The snippets that look at the machine: what they say is what the kernel says."""

import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.commands.conftest import PATH, Ran, Run, is_sound


def value(ran: Ran, label: str) -> str:
    """What stands after *label* at the start of a line."""
    found = next(line for line in ran.lines if line.startswith(label))
    return found.removeprefix(label).strip()


def human_kb(kb: float) -> str:
    return f"{kb / 1048576:.1f} GB" if kb >= 1048576 else f"{kb / 1024:.0f} MB"


@contextmanager
def process(code: str) -> Iterator[subprocess.Popen[str]]:
    """A Python that has printed its first line, and is ended afterwards."""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        child.stdout.readline()
        try:
            yield child
        finally:
            child.kill()


@contextmanager
def listener(host: str = "127.0.0.1") -> Iterator[int]:
    """The number of a port that is listened on."""
    with socket.socket() as server:
        server.bind((host, 0))
        server.listen()
        yield server.getsockname()[1]


def test_mem(run: Run) -> None:
    """The total is /proc/meminfo's, parts add up to it, and five processes follow, the largest first."""
    total = int(re.findall(r"MemTotal: +(\d+)", Path("/proc/meminfo").read_text())[0])
    ran = run("mem")
    assert value(ran, "total") == human_kb(total)
    shares = [int(value(ran, label).split()[-1].rstrip("%")) for label in ("used", "available")]
    assert abs(sum(shares) - 100) <= 1
    assert value(ran, "swap")
    sizes = [int(line.split()[-2]) for line in ran.lines[ran.lines.index("top 5 by resident memory") + 1 :]]
    assert len(sizes) == 5
    assert sizes == sorted(sizes, reverse=True)
    assert all(len(line) <= 60 for line in ran.lines)


def test_cpu_sees_a_busy_core(run: Run) -> None:
    """A loop on one core is at least half a core of it, and the parts add up."""
    cores = os.cpu_count() or 1
    with process("print(1, flush=True)\nwhile True: pass"):
        ran = run("cpu")
    assert is_sound(ran)
    assert f"of {cores} cores" in ran.said
    assert float(value(ran, "busy").split("%")[0]) >= 50 / cores
    parts = [float(value(ran, part).rstrip("%")) for part in ("user", "system", "iowait", "steal", "idle")]
    assert sum(parts) == pytest.approx(100, abs=0.5)


def test_top_puts_the_busiest_first(run: Run) -> None:
    """By CPU the loop is among the first; by memory a large one is."""
    with process("print(1, flush=True)\nwhile True: pass") as busy:
        ran = run("top", ("count", "30"))
    assert is_sound(ran)
    rows = [line.split() for line in ran.lines[3:]]
    assert float(next(row for row in rows if row[0] == str(busy.pid))[1]) >= 5
    assert [float(row[1]) for row in rows] == sorted((float(row[1]) for row in rows), reverse=True)
    with process("x = b'x' * 150_000_000\nprint(1, flush=True)\nimport time\ntime.sleep(60)") as large:
        ran = run("top", ("by", "mem"), ("count", "30"))
    row = next(line.split() for line in ran.lines[3:] if line.split()[0] == str(large.pid))
    assert 140 <= int(row[2]) <= 250
    assert len(run("top", ("count", "4")).lines) == 7


def test_load(run: Run) -> None:
    """The kernel's own averages, and what they come to per core."""
    ran = run("load")
    one, five, fifteen = value(ran, "load").split()[:3]
    assert abs(float(five) - float(Path("/proc/loadavg").read_text().split()[1])) < 0.5
    assert value(ran, "per core").startswith(f"{float(one) / (os.cpu_count() or 1):.2f}"[:3])
    assert float(fifteen) >= 0


def test_uptime(run: Run) -> None:
    """Days, hours, minutes; the kernel that runs."""
    up = int(float(Path("/proc/uptime").read_text().split()[0]))
    ran = run("uptime")
    assert value(ran, "up") == f"{up // 86400}d {up % 86400 // 3600}h {up % 3600 // 60}m"
    assert value(ran, "kernel") == os.uname().release


def test_disk_and_inodes(run: Run) -> None:
    """The root file system is there, with its share as the system counts it."""
    root = os.statvfs("/")
    ran = run("disk")
    row = next(line for line in ran.lines if line.endswith((" /", " /  <-- full")))
    used, free = root.f_blocks - root.f_bfree, root.f_bavail
    assert abs(int(row.split("%")[0]) - 100 * used / (used + free)) <= 1.5
    assert human_kb(root.f_blocks * root.f_frsize / 1024) in row
    row = next(line for line in run("inodes").lines if line.endswith((" /", " /  <-- full")))
    assert int(row.split()[2]) == root.f_files


def test_files(run: Run, tmp_path: Path) -> None:
    """The largest first, whatever its name; a folder that is not there is said."""
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "small").write_bytes(b"x" * 10_000)
    (folder / "two words\n").write_bytes(b"x" * 3_000_000)
    ran = run("files", ("dir", str(folder)), ("count", "2"))
    assert ran.lines[0].split() == ["3", "MB", str(folder)]
    assert ran.lines[1].split(maxsplit=2) == ["3", "MB", f"{folder}/two words"]
    missing = run("files", ("dir", "/no/such"))
    assert (missing.code, missing.said) == (1, "there is no folder /no/such on this machine\n")


def test_deleted(run: Run, tmp_path: Path) -> None:
    """A file that is gone and still open is named with its size and its process."""
    name = tmp_path / "access.log"
    with name.open("wb") as file:
        file.write(os.urandom(20 << 20))
        file.flush()
        name.unlink()
        ran = run("deleted")
    row = next(line for line in ran.lines if str(name) in line)
    assert row.split()[:2] == ["20", "MB"]
    assert f"({os.getpid()})" in row


def test_io_and_net_have_a_row_for_each(run: Run) -> None:
    """Every disk that the kernel shows, and every interface but loopback."""
    ran = run("io")
    disks = [disk.name for disk in Path("/sys/block").iterdir() if not re.match("loop|ram|zram|sr|fd", disk.name)]
    assert is_sound(ran)
    assert ran.code == (0 if disks else 1)
    if disks:
        assert {line.split()[0] for line in ran.lines[1:]} == set(disks)
    ran = run("net")
    assert is_sound(ran)
    links = {line.split(":")[0].strip()[:12] for line in Path("/proc/net/dev").read_text().splitlines()[2:]}
    shown = {line.split()[0] for line in ran.lines[1:] if not line.startswith(("(", "tcp"))}
    assert shown == {link for link in links if not re.match("lo$|veth|cali|docker|br-", link)}


def test_limits(run: Run) -> None:
    """Tasks are the kernel's number, of its limit."""
    ran = run("limits")
    row = value(ran, "tasks").split()
    assert row[2] == Path("/proc/sys/kernel/pid_max").read_text().strip()
    assert abs(int(row[0]) - int(Path("/proc/loadavg").read_text().split()[3].split("/")[1])) < 200


@pytest.mark.parametrize("tools", ["all", "bare"])
def test_ports(run: Run, bare: Path, tools: str) -> None:
    """A port that is listened on is in the list, with ss or without."""
    with listener() as port:
        ran = run("ports", path=(bare if tools == "bare" else PATH,))
        row = next(line.split() for line in ran.lines if line.startswith(f"{port} "))
    assert row[1:3] == ["tcp", "127.0.0.1"]


@pytest.mark.parametrize("tools", ["all", "bare"])
def test_conns(run: Run, bare: Path, tools: str) -> None:
    """Connections with a port are counted by state, with ss or without."""
    with listener() as port, socket.create_connection(("127.0.0.1", port)):
        ran = run("conns", ("port", str(port)), path=(bare if tools == "bare" else PATH,))
    counted = {line.split()[1]: int(line.split()[0]) for line in ran.lines if line[:7].strip().isdigit()}
    assert counted["LISTEN"] == 1
    assert counted["ESTAB"] == 1
    assert counted["connections"] == 2


def test_dns(run: Run) -> None:
    """A name that resolves, and one that never will."""
    assert "address   127.0.0.1" in run("dns", ("name", "localhost")).said
    ran = run("dns", ("name", "no-such.invalid"))
    assert ran.code == 1
    assert "no-such.invalid does not resolve on this machine" in ran.said


def test_connect(run: Run) -> None:
    """Open, and closed with the reason."""
    with listener() as port:
        ran = run("connect", ("to", "127.0.0.1"), ("port", str(port)))
        assert ran.code == 0
        assert re.fullmatch(rf"open: 127\.0\.0\.1 port {port}, after \d+ ms\n", ran.said)
    ran = run("connect", ("to", "127.0.0.1"), ("port", str(port)))
    assert ran.code == 1
    assert ran.said == f"not open: 127.0.0.1 port {port}\nConnection refused\n"


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """A page, or a failure."""
        self.send_response(503 if self.path == "/broken" else 200)
        self.end_headers()
        self.wfile.write(self.headers["Host"].encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Tests are quiet."""


def test_http(run: Run) -> None:
    """The status of a page on the machine itself; from 500 on it is a failure."""
    server = HTTPServer(("127.0.0.1", 0), _Page)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        port = str(server.server_port)
        ran = run("http", ("port", port), ("page", "/x?a=1&b=%20"), ("site", "shop.example"))
        broken = run("http", ("port", port), ("page", "/broken"))
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert (ran.code, value(ran, "status")) == (0, "200")
    assert (broken.code, value(broken, "status")) == (1, "503")
    ran = run("http", ("port", port))
    assert ran.code == 1
    assert ran.lines[0] == f"no answer from http://localhost:{port}/ on this machine"


def test_ps(run: Run) -> None:
    """A process is found by a word of its command line, with its age; none is a failure."""
    with process("print(1, flush=True)\nimport time\ntime.sleep(60)  # needle7319") as child:
        ran = run("ps", ("word", "needle7319"))
    assert ran.lines[0].startswith(f"{child.pid}  ")
    assert "0d00h00m old" in ran.lines[0]
    assert "needle7319" not in run("uptime").said
    deadline = time.monotonic() + 5
    while (ran := run("ps", ("word", "needle7319"))).code == 0 and time.monotonic() < deadline:
        pass
    assert (ran.code, ran.said) == (1, "no process of this machine holds needle7319\n")


def test_oom_who_and_clock(run: Run) -> None:
    """The kernel's count of kills; somebody or nobody; the time in UTC."""
    kills = re.findall(r"oom_kill (\d+)", Path("/proc/vmstat").read_text())[0]
    ran = run("oom")
    assert value(ran, "killed since the start:") == kills
    assert 0 <= int(value(ran, "available now:").rstrip("%")) <= 100
    assert re.match("nobody is logged in|logged in now", run("who").said)
    assert value(run("clock"), "now").startswith(time.strftime("%Y-%m-%d %H:", time.gmtime()))
