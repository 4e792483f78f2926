"""A machine's runner that can be told to fail."""

from bot.sandbox.ecs.bash import BashRunner
from bot.sandbox.ecs.machine import Machine
from bot.sandbox.ecs.runner import FlakyRunner, Job, Process, Runner


class Switched:
    """Fails every script while *failing*; else it is *inner*."""

    def __init__(self, inner: Runner) -> None:
        self.failing = False
        self._inner = inner
        self._broken = FlakyRunner(inner, every=1)

    async def start(self, job: Job) -> Process:
        """Start a script, or what stands for one that fails."""
        return await (self._broken if self.failing else self._inner).start(job)

    async def close(self) -> None:
        """End what is left."""
        await self._inner.close()


def fail(machine: Machine, on: bool) -> None:
    """Let *machine* fail every script from the next one on, or no more."""
    if not isinstance(machine.runner, Switched):
        machine.runner = Switched(machine.runner or BashRunner())
    machine.runner.failing = on


def failing(machine: Machine) -> bool:
    """Does it?"""
    return isinstance(machine.runner, Switched) and machine.runner.failing
