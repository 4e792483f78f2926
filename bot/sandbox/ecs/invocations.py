"""What RunCommand made: an invocation, and one run of it per machine.

Statuses and their roll-up follow the field docs of DescribeInvocations in the SDK 7.0.17.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.sandbox.ecs.feed import Feed
from bot.sandbox.ecs.machine import Machine
from bot.sandbox.ecs.runner import Process

STOPPED = frozenset({"Cancelled", "Terminated"})
FAILED = frozenset({"Invalid", "Aborted", "Failed", "Timeout", "Error"})
FINAL = STOPPED | FAILED | {"Success"}

# The legacy per-instance field knows that a script ended, not how: a non-zero exit is Finished.
# A timeout is Failed (RunCommand page, "Usage notes").
LEGACY = {
    "Pending": "Pending",
    "Running": "Running",
    "Stopping": "Stopping",
    "Success": "Finished",
    "Failed": "Finished",
    "Cancelled": "Stopped",
    "Terminated": "Stopped",
    "Invalid": "Failed",
    "Aborted": "Failed",
    "Timeout": "Failed",
    "Error": "Failed",
}


@dataclass
class Run:
    """One invocation on one machine.

    *status*: Pending until the agent has it, Running until the script ends, Stopping until a
    stop takes effect; the rest is final. *exit_code* stays None where no script ended by itself.
    *output* is what ECS keeps, *dropped* the bytes it doesn't.
    """

    machine: Machine
    created: datetime
    status: str = "Pending"
    started: datetime | None = None
    finished: datetime | None = None
    stopped: datetime | None = None
    updated: datetime | None = None
    exit_code: int | None = None
    error_code: str = ""
    error_info: str = ""
    output: bytes = b""
    dropped: int = 0
    stop_asked: bool = False
    process: Process | None = field(default=None, repr=False)
    feed: Feed = field(default_factory=Feed, repr=False)

    @property
    def final(self) -> bool:
        return self.status in FINAL

    @property
    def legacy_status(self) -> str:
        """InstanceInvokeStatus and InvokeRecordStatus."""
        return LEGACY.get(self.status, self.status)

    @property
    def visible_output(self) -> bytes:
        """While the script runs, its head; afterwards what ECS kept."""
        if self.final or self.process is None:
            return self.output
        return self.process.output.head()


@dataclass
class Invocation:
    """One accepted RunCommand.

    *hidden_for* describes still don't show it. *content_fault* is what its agents will say of a
    script that could not be decoded.
    """

    number: int
    invoke_id: str
    command_id: str
    account_id: str
    created: datetime
    script: str
    params: dict[str, Any]
    runs: list[Run]
    timeout: int = 60
    dry_run: bool = False
    hidden_for: int = 0
    content_fault: tuple[str, str] | None = None

    @property
    def tags(self) -> list[tuple[str, str]]:
        return [(tag["Key"], tag.get("Value", "")) for tag in self.params.get("Tag", [])]

    @property
    def status(self) -> str:
        """InvocationStatus, overall."""
        return roll_up([run.status for run in self.runs])

    @property
    def legacy_status(self) -> str:
        """InvokeStatus, overall."""
        return roll_up_legacy([run.status for run in self.runs])

    @property
    def final(self) -> bool:
        return all(run.final for run in self.runs)

    def run_on(self, instance_id: str) -> Run:
        """Raises KeyError for a machine that the invocation is not for."""
        for run in self.runs:
            if run.machine.instance_id == instance_id:
                return run
        raise KeyError(instance_id)

    def as_json(self) -> dict[str, Any]:
        """The invocation as a page would show it."""
        return {
            "invoke_id": self.invoke_id,
            "name": self.params.get("Name", ""),
            "created": self.created.isoformat(),
            "status": self.status,
            "runs": {run.machine.instance_id: run.status for run in self.runs},
        }


def roll_up(statuses: list[str]) -> str:
    """The overall InvocationStatus of per-instance statuses.

    Any Pending, else any Running, else any Stopping decides. Then: success with no failure is
    Success even if some were stopped; success and failure is PartialFailed; failure without
    success is Failed; all stopped is Stopped. Where the docs overlap (success and stopped),
    Success: it is what they say first, and the more dangerous to a reader.
    """
    for going_on in ("Pending", "Running", "Stopping"):
        if going_on in statuses:
            return going_on
    succeeded, failed = "Success" in statuses, not FAILED.isdisjoint(statuses)
    if succeeded:
        return "PartialFailed" if failed else "Success"
    return "Failed" if failed else "Stopped"


def roll_up_legacy(statuses: list[str]) -> str:
    """The overall InvokeStatus: ended scripts are Finished, whatever their exit codes."""
    legacy = [LEGACY.get(status, status) for status in statuses]
    for going_on in ("Pending", "Running", "Stopping"):
        if going_on in legacy:
            return going_on
    if "Failed" in legacy:
        return "PartialFailed" if "Finished" in legacy else "Failed"
    return "Finished" if "Finished" in legacy else "Stopped"
