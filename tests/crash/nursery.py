"""Where bots come from: one process that has everything loaded, and forks one for each order."""

import asyncio
import atexit
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

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


class _Process:
    """The one that forks. Loading takes seconds: it is kept from one test to the next."""

    kept: ClassVar[Self | None] = None

    def __init__(self) -> None:
        env = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "LC_ALL", "TZ"}}
        env |= {"PYTHONPATH": str(ROOT), "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true"}
        env |= {
            "ALIBABA_CLOUD_ACCESS_KEY_ID": SANDBOX_KEY.id,  # the SDK reads them when it is imported
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": SANDBOX_KEY.secret,
        }
        pipe = subprocess.PIPE
        program = [sys.executable, "-m", "tests.crash.child"]
        self._running = subprocess.Popen(program, stdin=pipe, stdout=pipe, env=env, cwd=ROOT, bufsize=0)
        self.is_loaded = False
        self.orders = count(1)
        atexit.register(self.end)

    @classmethod
    def get(cls) -> Self:
        """The one that is kept, or a new one."""
        cls.kept = cls.kept or cls()
        return cls.kept

    def order(self, order: Mapping[str, Any]) -> None:
        """One line to it."""
        assert self._running.stdin is not None
        self._running.stdin.write((json.dumps(order) + "\n").encode())

    async def hear(self) -> tuple[asyncio.StreamReader, asyncio.BaseTransport]:
        """What it says from now on, in this loop; until the transport is closed."""
        assert self._running.stdout is not None
        loop, reader = asyncio.get_running_loop(), asyncio.StreamReader()
        end = os.fdopen(os.dup(self._running.stdout.fileno()), "rb", buffering=0)
        transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), end)
        return reader, transport

    def end(self) -> None:
        """It ends all its children, and itself."""
        type(self).kept = None
        atexit.unregister(self.end)
        for pipe in (self._running.stdin, self._running.stdout):
            assert pipe is not None
            pipe.close()
        self._running.wait()


class Nursery:
    """For as long as the ``async with`` lasts."""

    def __init__(self) -> None:
        self._children: dict[int, Child] = {}
        self._process = _Process.get()
        self._reader: asyncio.Task[None]
        self._ready = asyncio.Event()

    async def __aenter__(self) -> Self:
        lines, self._line = await self._process.hear()
        self._reader = asyncio.create_task(self._read(lines))
        if not self._process.is_loaded:
            async with asyncio.timeout(PATIENCE):
                await self._ready.wait()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._line.close()
        self._reader.cancel()
        await asyncio.wait([self._reader])
        if not all(child.exit.done() for child in self._children.values()):
            self._process.end()

    def start(self, order: Mapping[str, Any], steps: Callable[[str], None]) -> Child:
        """A bot as *order* says: env, folder, log, and aim: where it reads how to die when it is armed."""
        number = next(self._process.orders)
        child = self._children[number] = Child(steps)
        self._process.order({**order, "id": number})
        return child

    async def _read(self, lines: asyncio.StreamReader) -> None:
        async for text in lines:
            line = json.loads(text)
            if "ready" in line:
                self._process.is_loaded = True
                self._ready.set()
            else:
                self._children[line["id"]].hears(line)
