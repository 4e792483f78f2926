"""Scripts that go on until they are let go."""

import asyncio

from bot.sandbox.ecs import CannedRunner, Job, Process
from bot.sandbox.ecs.runner import CannedProcess


class HeldRunner(CannedRunner):
    """A machine's runner whose scripts end after `release`."""

    def __init__(self) -> None:
        super().__init__()
        self._released = asyncio.Event()

    def release(self) -> None:
        """Let them go, and those that come."""
        self._released.set()

    async def start(self, job: Job) -> Process:
        """A script under way."""
        return _Held(self._released, job)


class _Held(CannedProcess):
    def __init__(self, released: asyncio.Event, job: Job) -> None:
        super().__init__("ok\n", 0, 0.0, job.clock)
        self._released = released

    async def wait(self) -> int:
        await self._released.wait()
        return await super().wait()
