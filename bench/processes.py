"""Processes to compare with: started, timed to their first line, ended."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Started:
    """A process that said its first line *seconds* after it was started."""

    pid: int
    line: str
    seconds: float
    stdin: asyncio.StreamWriter

    def say(self, line: str) -> None:
        """Write *line* to its standard input."""
        self.stdin.write(f"{line}\n".encode())


@asynccontextmanager
async def started(arguments: Sequence[str]) -> AsyncIterator[Started]:
    """Python with *arguments*, from its first line to the end of the block. Raises RuntimeError without a line."""
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        line = (await process.stdout.readline()).decode().strip()
        if not line:
            raise RuntimeError(f"python {' '.join(arguments)} ended without a word")
        assert process.stdin is not None
        yield Started(process.pid, line, time.perf_counter() - began, process.stdin)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def worked(pid: int) -> float:
    """Seconds of the processor's time that the process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> float:
    """Megabytes of memory that the process has in use (VmRSS)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"/proc/{pid}/status has no VmRSS")
