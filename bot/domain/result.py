"""What became of one instance."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """How it ended on one instance."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"  # it ran and ended with another exit code than 0, or ECS says Error
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"  # stopped before or while it ran
    UNREACHABLE = "unreachable"  # it never reached the machine
    NOT_RUN = "not_run"  # ECS refused it
    UNKNOWN = "unknown"  # the cloud can't say


@dataclass(frozen=True, slots=True)
class Result:
    """One instance's end. *status*, *error_code* and *error_info* are ECS's own words, kept as they came.

    *exit_code* is None where there is none (a stopped run has none). *output* is decoded
    and redacted; *dropped* are the bytes that ECS itself cut away.
    """

    instance: str
    outcome: Outcome
    name: str = ""
    status: str = ""
    exit_code: int | None = None
    output: str = field(default="", repr=False)
    dropped: int = 0
    error_code: str = ""
    error_info: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
