"""What can be asked for after `/ecs`, as values; `verbs.py` reads them from a line."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from bot.domain.access import UserId


@dataclass(frozen=True, slots=True)
class Run:
    """Run *snippet* on *target*. An option without a value is a parameter with the value `true`.

    *private*: what comes of it is shown to who asks alone.
    """

    snippet: str
    target: str
    params: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    break_glass: bool = False
    private: bool = False


@dataclass(frozen=True, slots=True)
class ListAll:
    """Which snippets and targets are there for me?"""


@dataclass(frozen=True, slots=True)
class Help:
    """How is this used? *topic* is a verb or a snippet; nobody has checked that there is one."""

    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """How far is *invocation*, or are all that are under way?"""

    invocation: str | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """Which lines of what *invocation* printed have *text* in them, or, as an *expression*, match it? *machine*: only
    there."""

    invocation: str
    text: str
    expression: bool = False
    machine: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop *invocation*; where there are *machines* (ids or names), only there."""

    invocation: str
    machines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Follow:
    """Show *invocation* here as well, with its progress until it is over."""

    invocation: str


@dataclass(frozen=True, slots=True)
class History:
    """What ran lately?"""


@dataclass(frozen=True, slots=True)
class Whoami:
    """Which roles are mine, and what may I do?"""


@dataclass(frozen=True, slots=True)
class Can:
    """May *user* (None: who asks) run or approve *snippet* on *target*?"""

    user: UserId | None
    verb: Literal["run", "approve"]
    snippet: str
    target: str


@dataclass(frozen=True, slots=True)
class RoleGrant:
    """Give *role* to *user*, a person or a user group: until *duration* from now has passed, on *targets* (patterns),
    where given."""

    user: UserId
    role: str
    duration: timedelta | None = None
    targets: tuple[str, ...] | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RoleRevoke:
    """Take *role* from *user*, a person or a user group."""

    user: UserId
    role: str


@dataclass(frozen=True, slots=True)
class RoleList:
    """Who has which role?"""


@dataclass(frozen=True, slots=True)
class LockTarget:
    """Keep others from changing anything on *target*: until *duration* from now has passed, where given."""

    target: str
    reason: str
    duration: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Unlock:
    """End the lock on *target*."""

    target: str


@dataclass(frozen=True, slots=True)
class Locks:
    """Which targets are locked, and by whom?"""


@dataclass(frozen=True, slots=True)
class Audit:
    """What happened to *invocation*, step by step?"""

    invocation: str


@dataclass(frozen=True, slots=True)
class Resolve:
    """Say what became of *invocation*, which the cloud could not."""

    invocation: str
    verdict: Literal["succeeded", "failed"]
    reason: str


Verb = (
    Run
    | ListAll
    | Help
    | Status
    | Search
    | Stop
    | Follow
    | History
    | Whoami
    | Can
    | RoleGrant
    | RoleRevoke
    | RoleList
    | LockTarget
    | Unlock
    | Locks
    | Audit
    | Resolve
)
