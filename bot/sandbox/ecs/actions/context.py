"""What an action has at hand, and what several of them need."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.sandbox.ecs.errors import ApiError, missing
from bot.sandbox.ecs.region import Region


@dataclass(frozen=True)
class Context:
    """One call: the region it is for, whose it is, and its typed parameters.

    *midway* is awaited by an action between noting a ClientToken and taking effect, so that
    a fault can hold it there.
    """

    region: Region
    account_id: str
    params: dict[str, Any]
    midway: Callable[[], Awaitable[None]]

    def required(self, name: str) -> Any:
        """A parameter that must be there and not be empty."""
        value = self.params.get(name)
        if value is None or value in ("", []):
            raise missing(name)
        return value


def zulu(moment: datetime | None) -> str:
    """A time as ECS writes it in UTC; empty where there is none."""
    return "" if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def refuse_what_is_not_emulated(params: dict[str, Any], names: set[str]) -> None:
    """Parameters that ECS takes and this emulator does not: refused, never silently ignored."""
    for name in sorted(names):
        if params.get(name) not in (None, "", [], False):
            message = f"ECS knows {name}, this emulator does not."
            raise ApiError(400, "NotEmulated", message)
