"""One ECS instance: what it is, whether it can be reached, and what it has run."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from bot.sandbox.ecs.feed import Feed
from bot.sandbox.ecs.runner import Runner
from bot.sandbox.ecs.services import install, states
from bot.sandbox.ecs.signature import DEFAULT_ACCOUNT

Os = Literal["linux", "windows"]


@dataclass
class Machine:
    """A machine of a region. Change *status* and *agent_online* with :meth:`set`.

    Seconds are on the region's clock: *start_delay* passes between delivery and the start
    of a script, *stop_delay* between a stop and its effect. *users* are the accounts that
    *Username* may name. *runner* None means bash on Linux, and the honest stand-in on Windows.
    """

    instance_id: str
    name: str
    os: Os = "linux"
    status: str = "Running"
    agent_online: bool = True
    tags: dict[str, str] = field(default_factory=dict)
    private_ip: str = "10.0.0.10"
    zone: str = "cn-hangzhou-i"
    instance_type: str = "ecs.g7.large"
    account_id: str = DEFAULT_ACCOUNT
    users: frozenset[str] = frozenset({"root", "admin", "nobody", "System", "Administrator"})
    start_delay: float = 0.0
    stop_delay: float = 0.0
    runner: Runner | None = None
    runs_by_script: Counter[str] = field(default_factory=Counter, init=False, repr=False)
    runs_by_invocation: Counter[str] = field(default_factory=Counter, init=False, repr=False)
    scripts: dict[str, str] = field(default_factory=dict, init=False, repr=False)
    last_invoked: datetime | None = field(default=None, init=False)
    active: int = field(default=0, init=False)
    queued: int = field(default=0, init=False)
    feed: Feed = field(default_factory=Feed, init=False, repr=False)
    folder: Path | None = field(default=None, init=False)

    @property
    def reachable(self) -> bool:
        """Could a script be delivered now?"""
        return self.status == "Running" and self.agent_online

    @property
    def runs(self) -> int:
        """How many scripts were really started here."""
        return self.runs_by_invocation.total()

    def set(self, *, status: str | None = None, agent_online: bool | None = None) -> None:
        """Start or stop the machine, or its agent; deliveries that wait hear of it."""
        if status is not None:
            self.status = status
        if agent_online is not None:
            self.agent_online = agent_online
        self.feed.tell()

    def count(self, script: str, invoke_id: str, now: datetime) -> None:
        """A script is being started: remember it, by its sha256 and by its InvokeId."""
        digest = hashlib.sha256(script.encode()).hexdigest()
        self.scripts[digest] = script
        self.runs_by_script[digest] += 1
        self.runs_by_invocation[invoke_id] += 1
        self.last_invoked = now
        self.feed.tell()

    def ran(self, script: str) -> int:
        """How often exactly this script text was started."""
        return self.runs_by_script[hashlib.sha256(script.encode()).hexdigest()]

    def furnish(self, root: Path) -> Path:
        """The machine's folder under *root*, with home, bin and the state of its services."""
        if self.folder is None:
            self.folder = root / self.instance_id
            (self.folder / "home").mkdir(parents=True)
            install(self.folder, int(time.time()))
        return self.folder

    def as_json(self) -> dict[str, Any]:
        """The machine as a page would show it."""
        return {
            "instance_id": self.instance_id,
            "name": self.name,
            "os": self.os,
            "status": self.status,
            "agent_online": self.agent_online,
            "tags": self.tags,
            "private_ip": self.private_ip,
            "zone": self.zone,
            "active": self.active,
            "queued": self.queued,
            "runs": self.runs,
            "start_delay": self.start_delay,
            "stop_delay": self.stop_delay,
            "services": self.services(),
        }

    def services(self) -> dict[str, str]:
        """The pretend services and their states; empty before the machine's first script."""
        if self.folder is None:
            return {}
        return states(self.folder)
