"""Where bots come from: one process that has everything loaded, and forks one for each order."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bot.sandbox.ecs import SANDBOX_KEY

ROOT = Path(__file__).parents[2]
PATIENCE = 100.0


class Child:
    """One bot, a process of its own. *steps* hears of every step of its walk."""

    def __init__(self, steps: Callable[[str], None]) -> None:
        loop = asyncio.get_running_loop()
        self.pid: asyncio.Future[int] = loop.create_future()
        self.port: asyncio.Future[int] = loop.create_future()
        self.exit: asyncio.Future[int] = loop.create_future()
        self.armed = asyncio.Event()
        self.died_at = ""
        self._steps = steps

    def hears(self, line: Mapping[str, Any]) -> None:
        """What the nursery says of it."""
        if "step" in line:
            if line["step"].startswith("died "):
                self.died_at = line["step"][5:]
            self._steps(line["step"])
        elif "armed" in line:
            self.armed.set()
        elif "exit" in line:
            self.exit.set_result(line["exit"])
            if not self.port.done():
                self.port.set_result(0)
            self.armed.set()
        else:
            future, value = (self.pid, line["pid"]) if "pid" in line else (self.port, line["port"])
            if not future.done():
                future.set_result(value)

    async def arm(self) -> None:
        """Its steps count from here on; how it dies, if it does, stands in the file of its order."""
        self.armed.clear()
        await self.signal(signal.SIGUSR1)
        if not self.exit.done():
            await self.armed.wait()

    async def signal(self, number: int) -> None:
        """Send it a signal, if it still lives."""
        pid = await asyncio.shield(self.pid)
        if not self.exit.done():
            with contextlib.suppress(ProcessLookupError):  # it has died, and nobody has said so yet
                os.kill(pid, number)


class Nursery:
    """For as long as the ``async with`` lasts."""

    def __init__(self) -> None:
        self._children: dict[int, Child] = {}
        self._process: asyncio.subprocess.Process
        self._reader: asyncio.Task[None]
        self._ready = asyncio.Event()

    async def __aenter__(self) -> Self:
        env = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "LC_ALL", "TZ"}}
        env |= {"PYTHONPATH": str(ROOT), "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true"}
        env |= {
            "ALIBABA_CLOUD_ACCESS_KEY_ID": SANDBOX_KEY.id,  # the SDK reads them when it is imported
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": SANDBOX_KEY.secret,
        }
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.crash.child", stdin=pipe, stdout=pipe, env=env, cwd=ROOT
        )
        self._reader = asyncio.create_task(self._read())
        async with asyncio.timeout(PATIENCE):
            await self._ready.wait()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()
        await self._reader

    def start(self, order: Mapping[str, Any], steps: Callable[[str], None]) -> Child:
        """A bot as *order* says: env, folder, log, and aim: where it reads how to die when it is armed."""
        assert self._process.stdin is not None
        number = len(self._children) + 1
        child = self._children[number] = Child(steps)
        self._process.stdin.write((json.dumps({**order, "id": number}) + "\n").encode())
        return child

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for text in self._process.stdout:
            line = json.loads(text)
            if "ready" in line:
                self._ready.set()
            else:
                self._children[line["id"]].hears(line)
