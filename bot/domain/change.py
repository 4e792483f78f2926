"""What a decision comes to: the new state, its events, and the messages that it makes stale."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.domain.access import UserId
from bot.domain.invocation import Invocation
from bot.domain.message import Owed
from bot.domain.result import Result


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the audit trail: who did what to which invocation (or to the role table)."""

    kind: str
    actor: UserId = ""
    invocation: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """What one decision comes to. *before.version* guards it: it is applied to that version or not at all."""

    before: Invocation
    after: Invocation
    events: tuple[Event, ...]
    owed: tuple[Owed, ...] = ()
    results: tuple[Result, ...] = ()
