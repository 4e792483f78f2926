"""The schema of `commands/`: which keys there are, and of which type. What values mean is checked in `checks_*.py`.

A key that is not here is an error. To add one: a field here, its check and conversion,
and its line in commands/README.md (a test compares the two).
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Strict(BaseModel):
    """No unknown keys, and no `"1"` for 1."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ParamModel(Strict):
    """`[params.NAME]`. The type of *default*, *min* and *max* follows from *type*."""

    type: Literal["string", "integer", "choice", "boolean", "duration"] | None = None
    help: str = ""
    default: Any = None
    optional: bool = False
    choices: list[str] | None = None
    pattern: str | None = None
    min: Any = None
    max: Any = None


class LinuxModel(Strict):
    """`[linux]`"""

    script: str


class WindowsModel(Strict):
    """`[windows]`"""

    shell: Literal["powershell", "bat"] = "powershell"
    script: str


class SnippetModel(Strict):
    """One snippet's file."""

    summary: str
    risk: Literal["low", "medium", "high"]
    timeout: str = "60s"
    targets: list[str] = ["*"]
    user: str | None = None
    redact: list[str] = []
    exclusive: bool = False
    params: dict[str, ParamModel] = {}
    linux: LinuxModel | None = None
    windows: WindowsModel | None = None


class TargetModel(Strict):
    """`[NAME]` of targets.toml."""

    env: str
    region: str
    tags: dict[str, str] | None = None
    instances: list[str] | None = None
    max_instances: int = 100


class RuleModel(Strict):
    """One line of a role's *run*, *approve* or *break_glass*."""

    snippets: list[str]
    targets: list[str]


class RoleModel(Strict):
    """`[roles.NAME]`"""

    run: list[RuleModel] = []
    approve: list[RuleModel] = []
    break_glass: list[RuleModel] = []
    manage_roles: bool = False


class ApprovalModel(Strict):
    """`[[approvals]]`"""

    risk: list[Literal["low", "medium", "high"]] = []
    snippets: list[str] = ["*"]
    targets: list[str] = ["*"]
    env: list[str] = ["*"]
    needed: int = 1
    expires: str = "15m"
    reason: bool = False
    roles: list[str] = []


class ChannelModel(Strict):
    """`[[channels]]`"""

    channels: list[str]
    snippets: list[str] = ["*"]
    targets: list[str] = ["*"]
    roles: list[str] = []


class FreezeModel(Strict):
    """`[[freezes]]`. *from* and *until* are TOML's dates, or dates with a time."""

    targets: list[str]
    why: str
    snippets: list[str] = ["*"]
    risk: list[Literal["low", "medium", "high"]] = []
    timezone: str = "UTC"
    weekly: str | None = None
    from_: Any = Field(default=None, alias="from")
    until: Any = None


class HoursModel(Strict):
    """`[hours]`"""

    timezone: str = "UTC"
    days: list[Literal["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]] = ["Mon", "Tue", "Wed", "Thu", "Fri"]
    from_: str = Field(alias="from")
    until: str


class LimitsModel(Strict):
    """`[limits]`"""

    runs_per_user: int | None = None
    per: str | None = None
    machines_per_run: int | None = None


class PolicyModel(Strict):
    """policy.toml"""

    roles: dict[str, RoleModel] = Field(min_length=1)
    approvals: list[ApprovalModel] = []
    channels: list[ChannelModel] = []
    freezes: list[FreezeModel] = []
    hours: HoursModel | None = None
    limits: LimitsModel = LimitsModel()
    shared_channels: list[str] = []


def keys_of(model: type[BaseModel]) -> list[str]:
    """The keys of *model* as they are written in TOML: `from`, not `from_`."""
    return [field.alias or name for name, field in model.model_fields.items()]
