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
    """One line of a role's *run* or *approve*."""

    snippets: list[str]
    targets: list[str]


class RoleModel(Strict):
    """`[roles.NAME]`"""

    run: list[RuleModel] = []
    approve: list[RuleModel] = []
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


class PolicyModel(Strict):
    """policy.toml"""

    roles: dict[str, RoleModel] = Field(min_length=1)
    approvals: list[ApprovalModel] = []
