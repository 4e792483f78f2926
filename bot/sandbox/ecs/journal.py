"""Every call that reached the server, in the order of arrival."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.sandbox.ecs.feed import Feed


@dataclass
class Call:
    """One call; *at* is on the region's clock.

    *status* 0 means that no answer was sent: not yet, or because the line was cut. *number*
    counts from 1 in the journal.
    """

    at: datetime
    action: str
    params: Mapping[str, str]
    access_key_id: str = ""
    fault: str = ""
    status: int = 0
    code: str = ""
    answer: dict[str, Any] = field(default_factory=dict)
    number: int = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "at": self.at.isoformat(),
            "action": self.action,
            "params": dict(self.params),
            "status": self.status,
            "code": self.code,
            "fault": self.fault,
        }


class Journal:
    """The calls; keeps the newest *keep*."""

    def __init__(self, feed: Feed, keep: int = 10_000) -> None:
        self._feed = feed
        self._keep = keep
        self.calls: list[Call] = []
        self._count = 0

    def of(self, action: str) -> list[Call]:
        """The calls of one action."""
        return [call for call in self.calls if call.action == action]

    def add(self, call: Call) -> None:
        self._count += 1
        call.number = self._count
        self.calls.append(call)
        del self.calls[: -self._keep]
        self._feed.tell()

    def changed(self) -> None:
        """A call was answered."""
        self._feed.tell()

    async def wait_for(self, action: str, count: int = 1, *, answered: bool = True) -> list[Call]:
        """The calls of *action* once there are *count*; *answered* counts only those answered.

        Raises TimeoutError after 30 real seconds.
        """

        def enough() -> list[Call]:
            calls = [call for call in self.of(action) if call.status or not answered]
            return calls if len(calls) >= count else []

        return await self._feed.wait_for(enough)
