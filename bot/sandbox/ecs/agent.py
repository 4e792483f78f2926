"""The Cloud Assistant agent's part: carry one run from Pending to its end.

Delivery has one minute in which the instance must be Running with its agent online
(status doc of "Aborted"). The agent runs 10 scripts at once and queues 50
(``taskpool.go``, 2024). What a full queue answers is named TaskConcurrencyLimit by newer
SDKs; that its status is Failed is a guess. At Timeout the script is killed, with
TerminationMode=ProcessTree all its children too; the agent then reports exit code 1.

An agent that goes offline under a running script reports its end when it is back. That the
region gives it up a minute after Timeout, as Error with ClientNotResponse, is a guess; so is
Error with InstanceNotRunning for a machine that is stopped under a script.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

from bot.sandbox.ecs.clock import Clock
from bot.sandbox.ecs.invocations import Invocation, Run
from bot.sandbox.ecs.machine import Machine
from bot.sandbox.ecs.runner import Job, Process, Runner

DELIVERY_SECONDS = 60.0
MAX_RUNNING = 10
MAX_QUEUED = 50
POWER_OFF = 193  # the agent powers a Linux instance off after this exit code; 194, a reboot, is not emulated


class Agent:
    """Carries runs on the machines of one region.

    *runner_of* says with what a machine runs its scripts, *root* makes the folder where machines have their
    folders, *tell* is called after every change of a run.
    """

    def __init__(
        self, clock: Clock, root: Callable[[], Path], runner_of: Callable[[Machine], Runner], tell: Callable[[], None]
    ) -> None:
        self._clock = clock
        self._root = root
        self._runner_of = runner_of
        self._tell = tell

    async def carry(self, invocation: Invocation, run: Run) -> None:
        """From Pending to a final status; a stop may come at any point."""
        if not await self._deliver(run):
            return
        fault = _unsuitable(invocation, run.machine)
        if fault:
            self._end(run, "Failed" if fault == NO_ACCOUNT else "Invalid", error=fault)
            return
        if invocation.dry_run:
            self._end(run, "Success", exit_code=None)
            return
        if not await self._take_turn(run):
            return
        try:
            await self._run(invocation, run)
        finally:
            run.machine.active -= 1
            run.machine.feed.tell()

    async def _deliver(self, run: Run) -> bool:
        """True once the agent has the run; else the run has ended."""
        machine = run.machine

        async def reachable() -> None:
            await machine.feed.wait_for(lambda: machine.reachable, within=None)

        outcome = await first(stopped=_stop_asked(run), delivered=reachable(), late=self._clock.sleep(DELIVERY_SECONDS))
        if outcome == "stopped":
            self._cancel(run)
        elif outcome == "late":
            down = machine.status != "Running"
            self._end(run, "Aborted", error=NOT_RUNNING if down else NOT_ONLINE)
        return outcome == "delivered"

    async def _take_turn(self, run: Run) -> bool:
        """Wait for one of the agent's ten places; False if the run ended meanwhile."""
        machine = run.machine
        if machine.active >= MAX_RUNNING:
            if machine.queued >= MAX_QUEUED:
                self._end(run, "Failed", error=TOO_MANY)
                return False
            machine.queued += 1
            machine.feed.tell()
            try:
                outcome = await first(free=self._free_place(machine), stopped=_stop_asked(run))
            finally:
                machine.queued -= 1
            if outcome == "stopped":
                self._cancel(run)
                return False
        else:
            machine.active += 1
        return True

    async def _free_place(self, machine: Machine) -> None:
        """Take the place in the same turn of the loop in which it is seen to be free."""

        def take() -> bool:
            if machine.active >= MAX_RUNNING:
                return False
            machine.active += 1
            return True

        await machine.feed.wait_for(take, within=None)

    async def _run(self, invocation: Invocation, run: Run) -> None:
        machine = run.machine
        delay = await first(stopped=_stop_asked(run), passed=self._clock.sleep(machine.start_delay))
        if delay == "stopped":
            self._cancel(run)
            return
        try:
            process = await self._start(invocation, run)
        except NotADirectoryError:
            self._end(run, "Failed", error=NO_DIRECTORY)
            return
        except OSError as error:
            self._end(run, "Error", error=("ExecutionException", f"the script could not be started: {error}"))
            return
        tree = str(invocation.params.get("TerminationMode", "Process")) == "ProcessTree"
        await self._watch(run, process, invocation.timeout, tree=tree)

    async def _start(self, invocation: Invocation, run: Run) -> Process:
        machine, params = run.machine, invocation.params
        working_dir = params.get("WorkingDir")
        if machine.os == "linux" and not _is_directory(working_dir):
            raise NotADirectoryError(working_dir)
        job = Job(
            furnish=lambda: machine.furnish(self._root()),
            script=invocation.script,
            file_name=f"{_file_safe(params.get('Name', ''))}-{invocation.invoke_id}.sh",
            hostname=machine.name,
            username=params.get("Username") or ("root" if machine.os == "linux" else "System"),
            working_dir=working_dir,
            clock=self._clock,
        )
        machine.count(invocation.script, invocation.invoke_id, self._clock.now())
        run.process = await self._runner_of(machine).start(job)
        run.status, run.started = "Running", self._clock.now()
        self._changed(run)
        return run.process

    async def _watch(self, run: Run, process: Process, seconds: float, *, tree: bool) -> None:
        """Until the script ends, by itself or by what comes first: stop, timeout, power off."""
        machine = run.machine
        ended = asyncio.ensure_future(process.wait())

        async def down() -> None:
            await machine.feed.wait_for(lambda: machine.status != "Running", within=None)

        async def stopped() -> None:
            await _stop_asked(run)
            await self._online(machine)
            await self._clock.sleep(machine.stop_delay)

        lost_at = self._clock.now() + timedelta(seconds=seconds + DELIVERY_SECONDS)

        try:
            late = self._clock.sleep(seconds)
            outcome = await first(ended=_over(ended), late=late, stopped=stopped(), down=down())
            if outcome != "ended":
                process.kill(tree=tree or outcome == "down")
            code = await ended
            run.output, run.dropped = process.output.result()
            if outcome != "down" and not await self._reported(machine, lost_at):
                self._end(run, "Error", error=NO_RESPONSE)
                return
            self._finish(run, outcome, code)
        finally:
            ended.cancel()

    async def _reported(self, machine: Machine, lost_at: datetime) -> bool:
        """Can the agent tell how it ended, before the region gives it up at *lost_at*?"""
        if machine.agent_online:
            return True
        left = self._clock.sleep_until(lost_at)
        return await first(told=self._online(machine), lost=left) == "told"

    async def _online(self, machine: Machine) -> None:
        await machine.feed.wait_for(lambda: machine.agent_online, within=None)

    def _finish(self, run: Run, outcome: str, code: int) -> None:
        """A script that ended by itself keeps its own ending, even where a stop was asked for."""
        if outcome == "stopped":
            self._end(run, "Terminated")
        elif outcome == "down":
            self._end(run, "Error", error=NOT_RUNNING)
        elif outcome == "late":
            self._end(run, "Timeout", exit_code=1, error=TIMED_OUT)
        elif code:
            self._end(run, "Failed", exit_code=code, error=NON_ZERO)
            if code == POWER_OFF:
                run.machine.set(status="Stopped")
        else:
            self._end(run, "Success", exit_code=0)

    def _cancel(self, run: Run) -> None:
        self._end(run, "Cancelled")

    def _end(self, run: Run, status: str, *, exit_code: int | None = None, error: tuple[str, str] = ("", "")) -> None:
        now = self._clock.now()
        run.status, run.exit_code, run.finished = status, exit_code, now
        run.error_code, run.error_info = error
        if status in {"Terminated", "Cancelled"}:
            run.stopped = now
        self._changed(run)

    def _changed(self, run: Run) -> None:
        run.updated = self._clock.now()
        self._tell()


NON_ZERO = ("ExitCodeNonzero", "the command execution exit code is not zero")
TIMED_OUT = ("ExecutionTimeout", "the command execution has been timeout")
NOT_RUNNING = ("InstanceNotRunning", "the instance is not running when create task")
NOT_ONLINE = ("ClientNotOnline", "the aliyun service in the instance is disconnected")
NO_RESPONSE = ("ClientNotResponse", "the aliyun service in the instance does not response")
NO_DIRECTORY = ("DirectoryNotExists", "the specified directory does not exists")
NO_ACCOUNT = ("AccountNotExists", "the specified account does not exists")
NOT_APPLICABLE = ("CommandNotApplicable", "the command is not applicable")
TOO_MANY = ("TaskConcurrencyLimit", "too many tasks are running on the instance")


def _unsuitable(invocation: Invocation, machine: Machine) -> tuple[str, str] | None:
    """What the agent itself refuses."""
    if invocation.content_fault is not None:
        return invocation.content_fault
    if (invocation.params["Type"] == "RunShellScript") != (machine.os == "linux"):
        return NOT_APPLICABLE
    username = invocation.params.get("Username")
    if username and username not in machine.users:
        return NO_ACCOUNT
    return None


def _is_directory(working_dir: str | None) -> bool:
    """The default, /root, is the machine's own home here and always exists."""
    return working_dir in {None, "", "/root"} or Path(str(working_dir)).is_dir()


def _file_safe(name: str) -> str:
    """The agent pastes Name into a path unquoted; whether the region cleans it is not known."""
    return "".join(char if char.isalnum() or char in "-_" else "_" for char in name)[:64]


async def _stop_asked(run: Run) -> None:
    await run.feed.wait_for(lambda: run.stop_asked, within=None)


async def _over(ended: asyncio.Future[int]) -> None:
    await asyncio.wait([ended])


async def first(**waits: Awaitable[object]) -> str:
    """The name of the wait that ended first, in the order given; the others are cancelled."""
    tasks = {name: asyncio.ensure_future(wait) for name, wait in waits.items()}
    try:
        await asyncio.wait(tasks.values(), return_when=asyncio.FIRST_COMPLETED)
        winner = next(name for name, task in tasks.items() if task.done())
        tasks[winner].result()
        return winner
    finally:
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)
