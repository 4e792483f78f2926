"""Proxies around the real ports: every call is counted before and after, and the process dies where it was told to."""

import inspect
import os
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from bot.ports import Chat, Cloud, Store

P = TypeVar("P")
PORTS: tuple[type[Any], ...] = (Store, Cloud, Chat)


def methods(protocol: type[Any]) -> list[str]:
    """The coroutine methods that *protocol* asks for."""
    return [name for name, member in vars(protocol).items() if inspect.iscoroutinefunction(member)]


def sites() -> list[str]:
    """Every place to die at: `Store.apply before`."""
    return [
        f"{port.__name__}.{name} {when}" for port in PORTS for name in methods(port) for when in ("before", "after")
    ]


@dataclass
class Walk:
    """One way through the bot, step by step.

    Once armed it dies at the *at*-th step from there on, or at the *at*-th time that it comes by *site*.
    *tell* hears of every step, the last included.
    """

    tell: Callable[[str], None]
    at: int = 0
    site: str = ""
    armed: bool = False
    steps: int = 0
    seen: Counter[str] = field(default_factory=Counter)

    def arm(self, at: int = 0, site: str = "") -> None:
        """Count from here on; without *at* nothing dies."""
        self.armed, self.at, self.site, self.steps = True, at, site, 0
        self.seen.clear()

    def step(self, site: str) -> None:
        """One step on; the last of all, perhaps."""
        if self.armed:
            self.steps += 1
            self.seen[site] += 1
            if self.at and self.at == (self.seen[site] if site == self.site else 0 if self.site else self.steps):
                self.tell(f"died {site}")
                os.kill(os.getpid(), signal.SIGKILL)
        self.tell(site)

    def around(self, port: P, /) -> P:
        """*port* with a step before and after each of its Protocol's methods."""
        protocol = next(p for p in PORTS if all(hasattr(port, name) for name in methods(p)))
        return cast("P", _Proxy(port, protocol, self.step))


class _Proxy:
    def __init__(self, port: Any, protocol: type[Any], step: Callable[[str], None]) -> None:
        for name in methods(protocol):
            setattr(self, name, _stepping(getattr(port, name), f"{protocol.__name__}.{name}", step))
        self._port = port

    def __getattr__(self, name: str) -> Any:
        return getattr(self._port, name)  # what waits for nothing is no place to die


def _stepping(
    method: Callable[..., Awaitable[Any]], name: str, step: Callable[[str], None]
) -> Callable[..., Awaitable[Any]]:
    async def call(*args: Any, **kwargs: Any) -> Any:
        step(f"{name} before")
        value = await method(*args, **kwargs)
        step(f"{name} after")
        return value

    return call
