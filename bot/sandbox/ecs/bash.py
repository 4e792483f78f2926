"""Linux machines: the script really runs, under bash, as a process of this computer.

One session and process group per run, so that a whole tree can be ended. The script sees
the machine's own HOME, HOSTNAME and ``bin``; everything else (/proc, df, ps) is this
computer's. It runs as whoever started the sandbox: *Username* only sets USER and LOGNAME.

The agent saves a script as ``<Name>-<taskId>.sh`` with mode 0755 and leaves it there; so
does this, until the region ends. PATH is minimal and no profile is read, as on ECS.

Nothing holds a script back from this computer: one that kills a process, drops the caches or
deletes a file does it here, with the rights of whoever started the sandbox.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from pathlib import Path

from bot.sandbox.ecs.output import Output
from bot.sandbox.ecs.runner import Job, Process

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class BashRunner:
    """Starts scripts under bash and remembers every process group until it is gone."""

    def __init__(self) -> None:
        self._started: list[BashProcess] = []

    async def start(self, job: Job) -> Process:
        """Raises OSError where the script cannot be started."""
        command, environment, cwd = _prepare(job)
        read_end, write_end = os.pipe()
        try:
            child = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=write_end,
                stderr=write_end,
                env=environment,
                cwd=cwd,
                start_new_session=True,
            )
        except BaseException:
            os.close(read_end)
            raise
        finally:
            os.close(write_end)
        process = BashProcess(child, read_end)
        self._started = [old for old in self._started if old.open or old.group_alive()]
        self._started.append(process)
        return process

    async def close(self) -> None:
        """Kill every process group that still has a member, and reap the scripts."""
        started, self._started = self._started, []
        for process in started:
            process.kill(tree=True)
        for process in started:
            await process.reap()


class BashProcess:
    """One script and whatever it started.

    The pipe is read by the event loop. A background child that outlives the script keeps
    the pipe open, so the end of the script, not of the pipe, ends the run.
    """

    def __init__(self, child: asyncio.subprocess.Process, read_end: int) -> None:
        self.output = Output()
        self._child = child
        self._loop = asyncio.get_running_loop()
        self._read_end: int | None = read_end
        os.set_blocking(read_end, False)
        self._loop.add_reader(read_end, self._read)

    async def wait(self) -> int:
        code = await self._child.wait()
        self._drain()
        return code if code >= 0 else -1

    def kill(self, *, tree: bool) -> None:
        with contextlib.suppress(ProcessLookupError):
            if tree:
                os.killpg(self._child.pid, signal.SIGKILL)
            elif self._child.returncode is None:
                self._child.kill()

    @property
    def open(self) -> bool:
        """Is its output still being read?"""
        return self._read_end is not None

    async def reap(self) -> None:
        await self._child.wait()
        self._close()

    def group_alive(self) -> bool:
        """Does any process of the run's group still exist?"""
        try:
            os.killpg(self._child.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True

    def _read(self) -> bool:
        """Take what the pipe holds; False at its end or when it is empty."""
        if self._read_end is None:
            return False
        try:
            data = os.read(self._read_end, 65_536)
        except BlockingIOError:
            return False
        if not data:
            self._close()
            return False
        self.output.write(data)
        return True

    def _drain(self) -> None:
        """Take what was written before the script ended: a pipe holds 64 KB, so a few reads do.

        Bounded, because a child that was left behind may write for ever.
        """
        for _ in range(16):
            if not self._read():
                break
        self._close()

    def _close(self) -> None:
        if self._read_end is not None:
            self._loop.remove_reader(self._read_end)
            os.close(self._read_end)
            self._read_end = None


def _prepare(job: Job) -> tuple[list[str], dict[str, str], Path]:
    """Save the script, and say with what it is started, in which environment and where."""
    folder = job.furnish()
    home = folder / "home"
    path = folder / "scripts" / job.file_name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(job.script, encoding="utf-8")
    path.chmod(0o755)
    command = [str(path)] if job.script.startswith("#!") else ["bash", str(path)]
    environment = {
        "PATH": f"{folder / 'bin'}:{PATH}",
        "HOME": str(home),
        "HOSTNAME": job.hostname,
        "USER": job.username,
        "LOGNAME": job.username,
        **job.env,
    }
    cwd = home if job.working_dir in {None, "", "/root"} else Path(job.working_dir or home)
    return command, environment, cwd
