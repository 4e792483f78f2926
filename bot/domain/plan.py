"""What exactly would run: frozen, with its digest."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.catalog import OsType, Shell

BATCH_SIZE = 100
"""Instances that one RunCommand takes (SDK docs of RunCommandRequest.instance_id)."""

CONTENT_LIMIT = 24 * 1024
"""Bytes of a script after Base64 (SDK docs of RunCommandRequest.command_content)."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One ECS machine as it is now. *status* is ECS's word (`Running`), or `NotFound` for an id that it denies."""

    id: str
    name: str
    os: OsType
    status: str = "Running"
    agent_online: bool = True

    @property
    def obstacle(self) -> str:
        """Why nothing can be run on it: `NotFound`, `Stopped`, …, `AgentOffline`; empty where something can."""
        if self.status != "Running":
            return self.status
        return "" if self.agent_online else "AgentOffline"


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A machine of the target that the plan leaves out, and why (`Instance.obstacle`, or `NoScript` for its OS)."""

    instance: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Part:
    """One script and the instances (id, name) that it goes to."""

    shell: Shell
    content: str
    instances: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What exactly would run. *timeout* in whole seconds; *redact* are the patterns to apply to what comes back."""

    snippet: str
    target: str
    env: str
    account: str
    region: str
    params: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    timeout: int
    user: str | None = None
    unreachable: tuple[Unreachable, ...] = ()
    redact: tuple[str, ...] = ()
    exclusive: bool = False

    @property
    def size(self) -> int:
        """How many instances it runs on."""
        return sum(len(part.instances) for part in self.parts)

    @property
    def names(self) -> dict[str, str]:
        """Instance id → name, those that can't be reached among them."""
        ready = {i: name for part in self.parts for i, name in part.instances}
        return ready | {u.instance: u.name for u in self.unreachable}

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over all that decides what would happen on the machines, and nothing else."""
        deciding = {
            "snippet": self.snippet,
            "target": self.target,
            "account": self.account,
            "region": self.region,
            "user": self.user,
            "timeout": self.timeout,
            "params": sorted(self.params),
            "parts": sorted([part.shell, part.content, sorted(i for i, _ in part.instances)] for part in self.parts),
        }
        return hashlib.sha256(json.dumps(deciding, sort_keys=True, ensure_ascii=True).encode()).hexdigest()

    def differences(self, other: "Plan") -> tuple[str, ...]:
        """In which of the things that the digest covers *other* differs, in words of ours; `web-3: AgentOffline` for
        a machine that is there and can't be reached any more."""
        mine, theirs = _scripts(self), _scripts(other)
        new, gone = sorted(theirs.keys() - mine.keys()), sorted(mine.keys() - theirs.keys())
        why = {u.instance: u.why for u in other.unreachable if u.why != "NotFound"}
        found = [f"{other.names[i] or i} is new" for i in new]
        found += [f"{self.names[i] or i}: {why[i]}" if i in why else f"{self.names[i] or i} is gone" for i in gone]
        crossed = any(mine[i] != theirs[i] for i in mine.keys() & theirs.keys())
        if crossed or {p.content for p in self.parts} != {p.content for p in other.parts}:
            found.append("the script")
        pairs = {"parameters": "params", "region": "region", "account": "account", "user": "user", "timeout": "timeout"}
        found += [word for word, key in pairs.items() if getattr(self, key) != getattr(other, key)]
        return tuple(found)


def _scripts(plan: Plan) -> dict[str, tuple[Shell, str]]:
    """What each machine would get."""
    return {i: (part.shell, part.content) for part in plan.parts for i, _ in part.instances}


def cut(plan: Plan) -> Iterable[tuple[int, tuple[str, ...]]]:
    """Cut *plan* into batches: (index of its part, at most BATCH_SIZE instance ids), in order."""
    for index, part in enumerate(plan.parts):
        ids = [i for i, _ in part.instances]
        for start in range(0, len(ids), BATCH_SIZE):
            yield index, tuple(ids[start : start + BATCH_SIZE])


def seconds(span: timedelta) -> int:
    """Whole seconds, rounded up: RunCommand's Timeout is an integer."""
    return -(-int(span.total_seconds() * 1000) // 1000)
