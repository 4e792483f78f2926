"""The catalogue's shapes: what may be run, where, and under which policy.

Everything here is frozen data, read from `commands/` by `bot.catalog` and handed
round as one `Catalog`: whoever holds one sees one consistent state of all files.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from fnmatch import fnmatchcase


class Risk(StrEnum):
    """How much harm a snippet can do; what follows from it is policy's business."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class ParamType(StrEnum):
    """What a parameter's value must look like."""

    STRING = "string"
    INTEGER = "integer"
    CHOICE = "choice"
    BOOLEAN = "boolean"
    DURATION = "duration"


class Shell(StrEnum):
    """What reads a script on the machine; each is one Type of RunCommand."""

    BASH = "bash"
    POWERSHELL = "powershell"
    BAT = "bat"

    @property
    def command_type(self) -> str:
        """RunCommand's Type for this shell."""
        return {"bash": "RunShellScript", "powershell": "RunPowerShellScript", "bat": "RunBatScript"}[self.value]


class OsType(StrEnum):
    """DescribeInstances' OSType."""

    LINUX = "linux"
    WINDOWS = "windows"


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of a snippet. *min* and *max* bound an integer, or a duration in seconds."""

    name: str
    type: ParamType
    help: str = ""
    default: str | None = None
    optional: bool = False
    choices: tuple[str, ...] = ()
    pattern: str | None = None
    min: int | None = None
    max: int | None = None

    @property
    def required(self) -> bool:
        """Must be given: it has no default and is not optional."""
        return self.default is None and not self.optional


@dataclass(frozen=True, slots=True)
class Script:
    """What is sent to one OS, before the parameters' lines are put in front."""

    shell: Shell
    text: str


@dataclass(frozen=True, slots=True)
class Snippet:
    """One allowlisted file of `commands/`. *redact* holds regular expressions."""

    name: str
    summary: str
    risk: Risk
    timeout: timedelta
    targets: tuple[str, ...] = ("*",)
    user: str | None = None
    redact: tuple[str, ...] = ()
    params: tuple[Param, ...] = ()
    scripts: Mapping[OsType, Script] = field(default_factory=dict)
    exclusive: bool = False

    def fits(self, target: str) -> bool:
        """May this snippet be used on *target* at all?"""
        return matches(self.targets, target)

    def param(self, name: str) -> Param | None:
        """The parameter called *name*."""
        return next((p for p in self.params if p.name == name), None)


@dataclass(frozen=True, slots=True)
class Target:
    """A name for machines: by *tags* (all must match) or by *instances*, never both."""

    name: str
    env: str
    region: str
    tags: tuple[tuple[str, str], ...] = ()
    instances: tuple[str, ...] = ()
    max_instances: int = 100
    account: str = "default"


@dataclass(frozen=True, slots=True)
class Rule:
    """Which snippets on which targets; names or shell patterns such as `web-*`."""

    snippets: tuple[str, ...]
    targets: tuple[str, ...]

    def fits(self, snippet: str, target: str) -> bool:
        """Does this rule speak of *snippet* on *target*?"""
        return matches(self.snippets, snippet) and matches(self.targets, target)


@dataclass(frozen=True, slots=True)
class Role:
    """What its holders may do. Who holds it is in the role table."""

    name: str
    run: tuple[Rule, ...] = ()
    approve: tuple[Rule, ...] = ()
    break_glass: tuple[Rule, ...] = ()
    manage_roles: bool = False


@dataclass(frozen=True, slots=True)
class ApprovalRule:
    """When approval is needed, how much of it, and for how long it may be waited for.

    *number* is its place in policy.toml, counted from 1: a refusal can name it.
    """

    number: int
    risk: tuple[Risk, ...] = ()
    snippets: tuple[str, ...] = ("*",)
    targets: tuple[str, ...] = ("*",)
    env: tuple[str, ...] = ("*",)
    needed: int = 1
    expires: timedelta = timedelta(minutes=15)
    reason: bool = False
    roles: tuple[str, ...] = ()

    def fits(self, snippet: Snippet, target: Target) -> bool:
        """Is this the rule for *snippet* on *target*? An empty *risk* fits every risk."""
        return (
            (not self.risk or snippet.risk in self.risk)
            and matches(self.snippets, snippet.name)
            and matches(self.targets, target.name)
            and matches(self.env, target.env)
        )


@dataclass(frozen=True, slots=True)
class ChannelRule:
    """Where something may be used: what fits it may be asked for in *channels* alone (ids, or `dm`).

    *roles*, where given, narrow it to those who may run it by one of these roles.
    """

    number: int
    channels: tuple[str, ...]
    snippets: tuple[str, ...] = ("*",)
    targets: tuple[str, ...] = ("*",)
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Week:
    """A stretch of every week, in minutes from Monday 00:00 in *timezone*; *end* may lie before *start*."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Freeze:
    """When nothing of a risk is started on some targets: every *week*, or once from *start* until *end*."""

    number: int
    targets: tuple[str, ...]
    snippets: tuple[str, ...] = ("*",)
    risk: tuple[Risk, ...] = ()
    timezone: str = "UTC"
    week: Week | None = None
    start: datetime | None = None
    end: datetime | None = None
    why: str = ""

    def fits(self, snippet: Snippet, target: Target) -> bool:
        """Does it speak of *snippet* on *target*? An empty *risk* means every risk."""
        return (
            (not self.risk or snippet.risk in self.risk)
            and matches(self.snippets, snippet.name)
            and matches(self.targets, target.name)
        )


@dataclass(frozen=True, slots=True)
class Hours:
    """Working hours: *days* (0 is Monday), *start* and *end* in minutes of the day. Outside them a card says so."""

    timezone: str
    days: tuple[int, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Limits:
    """Ceilings; None: there is none. *runs* counts what one person asks for within *per*."""

    runs: int | None = None
    per: timedelta = timedelta(minutes=1)
    machines: int | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """policy.toml: the roles, when approval is needed, and what else stands in the way.

    *shared_channels* are those of channels that other companies see in which the bot shows what ran.
    """

    roles: Mapping[str, Role] = field(default_factory=dict)
    approvals: tuple[ApprovalRule, ...] = ()
    channels: tuple[ChannelRule, ...] = ()
    freezes: tuple[Freeze, ...] = ()
    hours: Hours | None = None
    limits: Limits = Limits()
    shared_channels: tuple[str, ...] = ()

    def approval_for(self, snippet: Snippet, target: Target) -> ApprovalRule | None:
        """The first approval rule that fits decides; None: no approval needed."""
        return next((rule for rule in self.approvals if rule.fits(snippet, target)), None)


@dataclass(frozen=True, slots=True)
class Catalog:
    """All of `commands/` at one moment."""

    snippets: Mapping[str, Snippet]
    targets: Mapping[str, Target]
    policy: Policy


def matches(patterns: tuple[str, ...], name: str) -> bool:
    """Does any of *patterns* (`*`, `web-*`, a plain name) match *name*, case and all?"""
    return any(fnmatchcase(name, pattern) for pattern in patterns)
