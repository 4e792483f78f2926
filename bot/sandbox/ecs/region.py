"""One region: its machines, its invocations, and the time they live in."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from bot.sandbox.ecs.agent import Agent
from bot.sandbox.ecs.bash import BashRunner
from bot.sandbox.ecs.clock import Clock, SystemClock
from bot.sandbox.ecs.feed import Feed
from bot.sandbox.ecs.invocations import Invocation, Run
from bot.sandbox.ecs.machine import Machine
from bot.sandbox.ecs.runner import Runner, WindowsRunner
from bot.sandbox.ecs.throttle import Throttle
from bot.sandbox.ecs.tokens import ClientTokens

T = TypeVar("T")
RETENTION = timedelta(days=30)  # DescribeInvocationResults page, 2026: 30 days or 10,000 records
RETAINED = 10_000


class Region:
    """Machines and what ran on them.

    Settings that tests turn: *min_timeout* (InvokeCommand's page says 10 s; for RunCommand a
    guess) and *max_timeout* (86,400 s, a guess) of RunCommand; *hide_new_for*: how many
    describes don't show a new invocation yet; *invoke_instances_limit*: how many instances
    DescribeInvocations shows per invocation (ECS's number, if there is one, is not published);
    *token_lifetime* (not published: one hour); *throttle*.
    """

    def __init__(
        self,
        region_id: str = "cn-hangzhou",
        machines: Iterable[Machine] = (),
        *,
        clock: Clock | None = None,
        token_lifetime: timedelta = timedelta(hours=1),
        throttle: Throttle | None = None,
    ) -> None:
        self.region_id = region_id
        self.clock = clock or SystemClock()
        self.feed = Feed()
        self.machines: dict[str, Machine] = {}
        self.invocations: list[Invocation] = []
        self.tokens = ClientTokens(self.clock.now, token_lifetime)
        self.throttle = throttle or Throttle()
        self.min_timeout = 10
        self.max_timeout = 86_400
        self.hide_new_for = 0
        self.invoke_instances_limit: int | None = None
        self._numbers = 0
        self._bash: Runner = BashRunner()
        self._windows: Runner = WindowsRunner()
        self._tasks: set[asyncio.Task[None]] = set()
        self._crash: BaseException | None = None
        self._folder: Path | None = None
        for machine in machines:
            self.add(machine)

    def add(self, machine: Machine) -> Machine:
        """Give the region one more machine."""
        if machine.instance_id in self.machines:
            raise ValueError(f"{machine.instance_id} is there already")
        self.machines[machine.instance_id] = machine
        machine.feed.parent = self.feed
        return machine

    def machine(self, name: str) -> Machine:
        """The machine of this name or instance id; raises KeyError."""
        found = self.machines.get(name) or next(
            (machine for machine in self.machines.values() if machine.name == name), None
        )
        if found is None:
            raise KeyError(name)
        return found

    def invocation(self, invoke_id: str) -> Invocation:
        """Raises KeyError."""
        for invocation in reversed(self.invocations):
            if invocation.invoke_id == invoke_id:
                return invocation
        raise KeyError(invoke_id)

    def accept(
        self,
        account_id: str,
        machines: list[Machine],
        script: str,
        params: dict[str, Any],
        content_fault: tuple[str, str] | None = None,
    ) -> Invocation:
        """Make an invocation, and set every machine's agent to work on it."""
        self._numbers += 1
        now = self.clock.now()
        invocation = Invocation(
            number=self._numbers,
            invoke_id=f"t-hz0{secrets.token_hex(8)}",
            command_id=f"c-hz0{secrets.token_hex(8)}",
            account_id=account_id,
            created=now,
            script=script,
            params=params,
            runs=[Run(machine, created=now, updated=now) for machine in machines],
            timeout=params.get("Timeout", 60),
            dry_run=params.get("RepeatMode") == "DryRun",
            hidden_for=self.hide_new_for,
            content_fault=content_fault,
        )
        self.invocations.append(invocation)
        agent = Agent(self.clock, lambda: self.folder, self._runner_of, self.feed.tell)
        for run in invocation.runs:
            name = f"{invocation.invoke_id} on {run.machine.instance_id}"
            task = asyncio.get_running_loop().create_task(agent.carry(invocation, run), name=name)
            self._tasks.add(task)
            task.add_done_callback(self._carried)
        self.feed.tell()
        return invocation

    def retained(self, account_id: str) -> list[Invocation]:
        """What describes may show to an account, newest first."""
        oldest = self.clock.now() - RETENTION
        kept = [one for one in self.invocations[-RETAINED:] if one.created >= oldest]
        return [one for one in reversed(kept) if one.account_id == account_id]

    def stop(self, run: Run) -> None:
        """Ask for the end of one run; a final one stays as it is."""
        if run.final or run.stop_asked:
            return
        run.stop_asked = True
        if run.status == "Running":
            run.status, run.updated = "Stopping", self.clock.now()
        run.feed.tell()
        self.feed.tell()

    async def wait_for(self, predicate: Callable[[], T], within: float | None = 30.0) -> T:
        """The first truthy value of *predicate*, looked at now and after every change of the region.

        Raises TimeoutError after *within* real seconds, and RuntimeError where an agent's task
        has died: that is a fault of the emulator.
        """

        def look() -> T:
            self._check_crash()
            return predicate()

        return await self.feed.wait_for(look, within)

    async def settled(self, invoke_id: str) -> Invocation:
        """The invocation once every run of it is final."""
        invocation = self.invocation(invoke_id)
        await self.wait_for(lambda: invocation.final)
        return invocation

    @property
    def folder(self) -> Path:
        """Where the machines have their folders; made at the first use, gone after :meth:`close`."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="ecs-region-"))
        return self._folder

    async def close(self) -> None:
        """End every run and every process, and remove the folders.

        Raises RuntimeError where an agent's task has died.
        """
        tasks, self._tasks = list(self._tasks), set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        runners = [self._bash, self._windows]
        runners += [machine.runner for machine in self.machines.values() if machine.runner is not None]
        for runner in runners:
            await runner.close()
        if self._folder is not None:
            await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)
            self._folder = None
        for machine in self.machines.values():
            machine.folder = None
        self._check_crash()

    def as_json(self) -> dict[str, Any]:
        """The region as a page would show it."""
        return {
            "region_id": self.region_id,
            "now": self.clock.now().isoformat(),
            "machines": [machine.as_json() for machine in self.machines.values()],
            "invocations": [invocation.as_json() for invocation in self.invocations[-100:]],
        }

    def _runner_of(self, machine: Machine) -> Runner:
        if machine.runner is not None:
            return machine.runner
        return self._bash if machine.os == "linux" else self._windows

    def _check_crash(self) -> None:
        if self._crash is not None:
            raise RuntimeError("an agent's task died") from self._crash

    def _carried(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._crash = self._crash or task.exception()
            self.feed.tell()
