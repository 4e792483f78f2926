"""How a machine carries out a script: a runner starts it, a process is watched to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bot.sandbox.ecs.clock import Clock
from bot.sandbox.ecs.output import Output


@dataclass(frozen=True)
class Job:
    """One script for one machine, ready to be started.

    *furnish* makes the machine's own folder at the first call, with ``home``, ``bin`` and
    ``state`` in it. *file_name* is what the agent would save the script as. *working_dir* is
    None for the home directory.
    """

    furnish: Callable[[], Path]
    script: str
    file_name: str
    hostname: str
    username: str
    working_dir: str | None
    clock: Clock
    env: Mapping[str, str] = field(default_factory=dict)


class Process(Protocol):
    """A script under way."""

    output: Output

    async def wait(self) -> int:
        """The exit code; −1 where a signal ended it, as the agent reports it."""
        ...

    def kill(self, *, tree: bool) -> None:
        """End the script's own process at once, or with *tree* all that it started."""
        ...


class Runner(Protocol):
    """Starts scripts on a machine."""

    async def start(self, job: Job) -> Process: ...

    async def close(self) -> None:
        """End whatever is left of what was started, leaving nothing behind."""
        ...


class CannedRunner:
    """Answers without running anything: cheap enough for 250 machines.

    *output* is text, or a function of the job; *duration* is in seconds on the region's clock.
    """

    def __init__(self, output: str | Callable[[Job], str] = "ok\n", exit_code: int = 0, duration: float = 0.0) -> None:
        self.output = output
        self.exit_code = exit_code
        self.duration = duration

    async def start(self, job: Job) -> Process:
        text = self.output if isinstance(self.output, str) else self.output(job)
        return CannedProcess(text, self.exit_code, self.duration, job.clock)

    async def close(self) -> None:
        return None


class CannedProcess:
    """Ends after its duration with the output it was given, or at once when it is killed."""

    def __init__(self, text: str, exit_code: int, duration: float, clock: Clock) -> None:
        self.output = Output()
        self._text = text
        self._exit_code = exit_code
        self._duration = duration
        self._clock = clock
        self._killed = asyncio.Event()

    async def wait(self) -> int:
        elapsed = asyncio.ensure_future(self._clock.sleep(self._duration))
        killed = asyncio.ensure_future(self._killed.wait())
        try:
            await asyncio.wait([elapsed, killed], return_when=asyncio.FIRST_COMPLETED)
        finally:
            elapsed.cancel()
            killed.cancel()
        if self._killed.is_set():
            return -1
        self.output.write(self._text.encode())
        return self._exit_code

    def kill(self, *, tree: bool) -> None:
        self._killed.set()


class FlakyRunner:
    """Every *every*-th script fails with exit code 1 and says so; the others are *inner*'s."""

    def __init__(self, inner: Runner, every: int = 2) -> None:
        self._inner = inner
        self._every = every
        self._started = 0

    async def start(self, job: Job) -> Process:
        self._started += 1
        if self._started % self._every:
            return await self._inner.start(job)
        often = f"one run in {self._every}" if self._every > 1 else "every run"
        text = f"{job.hostname}: read error on /dev/vda1 (this machine fails {often})\n"
        return CannedProcess(text, 1, 0.0, job.clock)

    async def close(self) -> None:
        await self._inner.close()


class WindowsRunner(CannedRunner):
    """Stands in for PowerShell, which is not here, and says so in its output."""

    def __init__(self, duration: float = 0.0) -> None:
        super().__init__(output=_not_executed, duration=duration)


def _not_executed(job: Job) -> str:
    lines = job.script.strip().splitlines()
    shown = [f"  {line}" for line in lines[:12]]
    more = [f"  ({len(lines) - 12} more lines)"] if len(lines) > 12 else []
    first = "sandbox: Windows scripts are not executed; this is what was sent:"
    return "\r\n".join([first, *shown, *more, ""])
