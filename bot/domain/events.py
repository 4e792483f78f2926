"""What can happen to an invocation. Each is a fact from a person, the clock, a worker or the cloud."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.access import UserId
from bot.domain.catalog import ApprovalRule
from bot.domain.invocation import About, Alarm, Share, State
from bot.domain.plan import Plan
from bot.domain.refusal import Refusal
from bot.domain.result import Result


@dataclass(frozen=True, slots=True)
class Planned:
    """The target was resolved. *approval* is the rule that fits, *approvers* whom to tell, *alarms* what to show."""

    plan: Plan
    approval: ApprovalRule | None = None
    approvers: tuple[UserId, ...] = ()
    alarms: tuple[Alarm, ...] = ()


@dataclass(frozen=True, slots=True)
class NotPlanned:
    """No plan can be made of it."""

    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Voided:
    """Nothing was sent yet, and it may not be any more: *refusal* says what changed."""

    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Later:
    """Nothing was sent yet, as the cloud gave no answer or for what *about* says; it is tried again at *at*."""

    at: datetime
    note: str
    about: About | None = None


@dataclass(frozen=True, slots=True)
class Approved:
    """An entitled person said yes to *digest*."""

    by: UserId
    digest: str


@dataclass(frozen=True, slots=True)
class Denied:
    """An entitled person said no to *digest*."""

    by: UserId
    digest: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Expired:
    """The time for approval may be over."""


@dataclass(frozen=True, slots=True)
class Reminded:
    """Half of the time for approval may be over."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An entitled person looked at what was done under break-glass."""

    by: UserId
    note: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """The cloud could not say; an entitled person looked on the machines, and says what became of it."""

    by: UserId
    verdict: State
    note: str


@dataclass(frozen=True, slots=True)
class StopAsked:
    """Somebody who may wants it stopped."""

    by: UserId


@dataclass(frozen=True, slots=True)
class HaltAsked:
    """Somebody who may wants it stopped on *instances*, and nowhere else."""

    by: UserId
    instances: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StopSent:
    """StopInvocation was answered. What it did is only known from the next look."""

    batch: int
    look_at: datetime


@dataclass(frozen=True, slots=True)
class StopNotTaken:
    """ECS did not take the stop, or nobody knows: it is sent again, not before *after* seconds where ECS said so."""

    batch: int
    note: str
    after: float | None = None


@dataclass(frozen=True, slots=True)
class Dispatching:
    """*batch* is about to be sent with *client_token*; if nothing is heard of it, it is sent again at *again_at*.

    *lane* is the tag by which it will be listed with those that end about then: the same in every sending.
    """

    batch: int
    client_token: str
    again_at: datetime
    lane: str = ""


@dataclass(frozen=True, slots=True)
class SendingAgain:
    """No usable answer came; at *again_at* the same token goes out again, or, where *about* says so, a run of it is
    looked for. *doubt*: it may have run.

    *attempt* is the one that it comes from, where it comes from one: by then another may be under way.
    """

    batch: int
    note: str
    again_at: datetime
    doubt: bool = False
    attempt: int | None = None
    about: About | None = None


@dataclass(frozen=True, slots=True)
class Submitted:
    """RunCommand answered, or the run was found by its tags."""

    batch: int
    invoke_id: str
    look_at: datetime


class Unsent(StrEnum):
    """The codes of what was not sent, by the bot's own choice or because ECS took no call."""

    NO_LONGER_ALLOWED = "NoLongerAllowed"
    NOT_SENT = "NotSent"


@dataclass(frozen=True, slots=True)
class BatchRefused:
    """Nothing ran: ECS said no, and *code* and *message* are its own; or the bot did not send it, see `Unsent`."""

    batch: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Seen:
    """It goes on: *finished* of its instances have ended, *ended* among them. *note* where the look itself failed;
    *glimpse* is the end of what it printed so far, where somebody may be looking."""

    batch: int
    finished: int
    look_at: datetime
    note: str = ""
    glimpse: str = ""
    ended: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Finished:
    """It is over, with one result per instance; one without is unknown."""

    batch: int
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class Lost:
    """The budget for finding out is spent: never guessed, never run again. What is known has its *results*."""

    batch: int
    note: str
    results: tuple[Result, ...] = ()


@dataclass(frozen=True, slots=True)
class Shared:
    """Somebody who may read it shows it in another channel, which may see it."""

    share: Share


@dataclass(frozen=True, slots=True)
class Unshared:
    """The copy in *channel* can't be kept: *code* is Slack's word; *taken_away*: somebody deleted it there; *stands* is
    the ts of what is left there, if it was posted."""

    channel: str
    code: str
    taken_away: bool = False
    stands: str = ""


Event = (
    Planned
    | NotPlanned
    | Later
    | Voided
    | Approved
    | Denied
    | Expired
    | Reminded
    | Reviewed
    | Resolved
    | StopAsked
    | HaltAsked
    | StopSent
    | StopNotTaken
    | Dispatching
    | SendingAgain
    | Submitted
    | BatchRefused
    | Seen
    | Finished
    | Lost
    | Shared
    | Unshared
)
