"""An invocation: its states, and what each event makes of it. `decide` is in `decide.py`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.access import UserId
from bot.domain.plan import Plan
from bot.domain.refusal import Refusal
from bot.domain.result import Outcome


class State(StrEnum):
    """Of an invocation. Beside each: who moves it on, and what a crash here leaves."""

    PLANNING = "planning"  # the planner; the row: the target is resolved again
    AWAITING_APPROVAL = "awaiting_approval"  # approvers, the requester, the clock; the row: its buttons go on working
    QUEUED = "queued"  # the dispatcher; the row
    RUNNING = "running"  # the dispatcher and the poller, as batches move; rows and stored tokens
    CANCELLING = "cancelling"  # the poller; as running
    SUCCEEDED = "succeeded"  # final, as all below: nobody moves it, the outbox still owes Slack its message
    PARTLY_FAILED = "partly_failed"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"
    DENIED = "denied"
    EXPIRED = "expired"
    REFUSED = "refused"  # no plan could be made of it: nothing ran
    UNKNOWN = "unknown"  # a person: the cloud can't say what became of it

    @property
    def final(self) -> bool:
        """Nobody moves it on (from `unknown` only a person does)."""
        return self not in _OPEN


_OPEN = frozenset({State.PLANNING, State.AWAITING_APPROVAL, State.QUEUED, State.RUNNING, State.CANCELLING})


class BatchState(StrEnum):
    """Of a batch. Beside each: who moves it on, and what a crash here leaves."""

    WAITING = "waiting"  # the dispatcher; the row
    DISPATCHING = "dispatching"  # the dispatcher; the row with its ClientToken: the same is sent again
    RUNNING = "running"  # the poller; the row with its InvokeId: looked at again
    STOPPING = "stopping"  # the poller; as running: the stop is sent again until it is over
    DONE = "done"  # final: its results are stored
    REFUSED = "refused"  # final: ECS said no, nothing ran
    UNKNOWN = "unknown"  # final: never guessed, never run again

    @property
    def final(self) -> bool:
        """Nobody moves it on."""
        return self in {BatchState.DONE, BatchState.REFUSED, BatchState.UNKNOWN}


class About(StrEnum):
    """What a note is about, where it is not about something that went wrong and is tried again."""

    WAITING = "waiting"  # another invocation has the target to itself
    SEEKING = "seeking"  # it is not sent any more: a run of it that may be there is looked for


@dataclass(frozen=True, slots=True)
class Stop:
    """How stopping a batch goes: *tries* times ECS was told, next at *again_at*; *note* is why it did not take it."""

    again_at: datetime
    tries: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Halt:
    """*by* wants one *instance* stopped while the others of its batch run on; *ended*: it runs there no more, however
    it ended."""

    instance: str
    by: UserId
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """The part of a plan that one RunCommand carries. *part* is the index of its script in the plan.

    *finished* counts instances known to have ended while others still run; *tally* counts
    outcomes once it is done; *next_at* is when the dispatcher or the poller turns to it next;
    *doubt* says that a send was not answered, so that it may have run; *attempts* counts what
    failed since the last success or, once it is only looked for, the looks. While it is stopping,
    *stop_sent* says that ECS took the last StopInvocation, and *stop* is None where none was sent
    since somebody asked for it; so it is while *halts*, the machines that are stopped one by one,
    are not all ended. *lane* is the tag by which ECS lists it with those alone that end about then;
    *glimpse* is the end of what it printed so far.
    """

    no: int
    part: int
    instances: tuple[str, ...]
    state: BatchState = BatchState.WAITING
    client_token: str = ""
    invoke_id: str = ""
    sent_at: datetime | None = None
    started_at: datetime | None = None
    stop_sent: bool = False
    stop: Stop | None = None
    doubt: bool = False
    attempts: int = 0
    finished: int = 0
    tally: tuple[tuple[Outcome, int], ...] = ()
    next_at: datetime | None = None
    note: str = ""
    about: About | None = None
    lane: str = ""
    glimpse: str = ""
    halts: tuple[Halt, ...] = ()

    @property
    def halting(self) -> tuple[str, ...]:
        """The instances that are being stopped while the others run on."""
        return tuple(halt.instance for halt in self.halts if not halt.ended)


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's yes, or no, to one digest."""

    by: UserId
    at: datetime
    digest: str
    yes: bool = True
    reason: str = ""


class Alarm(StrEnum):
    """What an approver has to see at a glance."""

    PROD = "prod"  # the target's env is prod or production
    MANY = "many"  # ten machines or more
    FIRST_USE = "first_use"  # this snippet has never succeeded on this target
    OFF_HOURS = "off_hours"  # outside policy's working hours


@dataclass(frozen=True, slots=True)
class Ask:
    """The approval that policy wants, as it stood when the plan was made; *told* are the approvers written to.

    *remind_at* is None once they were reminded. Under break-glass nobody is waited for: it
    says who has to review what was done.
    """

    needed: int
    until: datetime
    rule: str
    roles: tuple[str, ...] = ()
    told: tuple[UserId, ...] = ()
    remind_at: datetime | None = None
    alarms: tuple[Alarm, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """Somebody looked at what was done under break-glass, and says so."""

    by: UserId
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Somebody looked on the machines, and says what became of what the cloud could not tell."""

    by: UserId
    at: datetime
    became: State
    note: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """*by* shows it in *channel* as well, in the thread of *thread* where there is one; *follow*: with its progress.

    *link* leads to its card, where those may know it who are in *channel*.
    """

    channel: str
    by: UserId
    at: datetime
    note: str = ""
    thread: str = ""
    follow: bool = False
    link: str = ""


@dataclass(frozen=True, slots=True)
class Invocation:
    """One request to run one snippet on one target.

    *request_key* is unique for one press of a key in Slack: a redelivery finds it taken.
    *home* is where its card goes: the channel it was asked in, or the requester's direct
    messages; *thread* is the ts of the message whose thread it was asked in there, if it was.
    *asked_in* is the channel that it was asked in, where it goes to the requester alone.
    *params* are as given; the plan holds them bound. *response_url* is a secret:
    it lets anyone answer in the bot's name. *claim* is the target that it has to itself while
    it runs, for snippets that are exclusive: no two invocations hold the same. *only* are the
    instance ids to which it is limited, those where *again_of* did not succeed; empty: all.
    """

    id: str
    request_key: str
    snippet: str
    target: str
    params: tuple[tuple[str, str], ...]
    requester: UserId
    team: str
    home: str
    created_at: datetime
    thread: str = ""
    asked_in: str = ""
    state: State = State.PLANNING
    version: int = 1
    reason: str = ""
    response_url: str = ""
    again_of: str = ""
    only: tuple[str, ...] = ()
    plan: Plan | None = None
    ask: Ask | None = None
    approvals: tuple[Approval, ...] = ()
    batches: tuple[Batch, ...] = ()
    stop_by: UserId = ""
    break_glass: bool = False
    review: Review | None = None
    verdict: Verdict | None = None
    shares: tuple[Share, ...] = ()
    claim: str | None = None
    refusal: Refusal | None = None
    note: str = ""
    about: About | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    next_at: datetime | None = None

    @property
    def private(self) -> bool:
        """It was asked in a channel that sees nothing of it."""
        return bool(self.asked_in)

    @property
    def to_be_reviewed(self) -> bool:
        """It ran under break-glass, and nobody has reviewed it."""
        return self.break_glass and self.started_at is not None and self.review is None

    def batch(self, no: int) -> Batch | None:
        """The batch numbered *no*."""
        return next((b for b in self.batches if b.no == no), None)

    def with_batch(self, batch: Batch) -> "Invocation":
        """The same with *batch* in the place of the one with its number."""
        return replace(self, batches=tuple(batch if b.no == batch.no else b for b in self.batches))

    @property
    def tally(self) -> dict[Outcome, int]:
        """How many instances ended how, so far: batches that are over, and those never reached."""
        counts: dict[Outcome, int] = {}
        if self.plan is not None and self.plan.unreachable:
            counts[Outcome.UNREACHABLE] = len(self.plan.unreachable)
        for outcome, count in _pairs(self.batches):
            counts[outcome] = counts.get(outcome, 0) + count
        return counts


def _pairs(batches: Iterable[Batch]) -> Iterable[tuple[Outcome, int]]:
    for batch in batches:
        yield from batch.tally


def command_line(snippet: str, target: str, params: Iterable[tuple[str, str]], reason: str = "") -> str:
    """The line that could be typed to ask for this again: `/ecs run logs web-prod --lines 20`.

    What needs it is quoted so that the parser of verbs reads it back as it is.
    """
    words = [f"/ecs run {snippet} {target}"]
    words += [f"--{name} {value if _PLAIN_VALUE.fullmatch(value) else _quoted(value)}" for name, value in params]
    if reason:
        words.append(f"--reason {reason if _PLAIN_REASON.fullmatch(reason) else _quoted(reason)}")
    return " ".join(words)


_PLAIN_VALUE = re.compile(r"(?!-(?![0-9]))[\w./:@%+,*?-]+")
_PLAIN_REASON = re.compile(r"\w(?:.*\S)?")


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
