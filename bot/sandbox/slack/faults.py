"""What can go wrong on the line, one answer at a time, switched on while everything runs.

The name of a method is Slack's (``chat.update``), or ``response_url``, ``files.upload`` (the upload address),
or ``*`` for any.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Literal

FaultKind = Literal["ratelimited", "status", "not_json", "error", "cut", "hold"]


@dataclass(eq=False)
class Fault:
    """What is answered instead of the truth. ``after_effect`` lets the call happen first."""

    kind: FaultKind
    status: int = 200
    error: str = ""
    body: str = ""
    retry_after: int = 1
    after_effect: bool = False


@dataclass(eq=False)
class Hold(Fault):
    """A call that is kept waiting: ``reached`` is set when it is there, `release` lets it go."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        """Let the held call, and any after it, go on."""
        self.released.set()


class Faults:
    """The faults still to be played, per method, first in first out."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[Fault]] = {}

    def add(self, method: str, fault: Fault, times: int = 1) -> None:
        """Play *fault* on the next *times* calls of *method*."""
        self._waiting.setdefault(method, []).extend([fault] * times)

    def take(self, method: str) -> Fault | None:
        """The fault for this call, used up; None when there is none."""
        for name in (method, "*"):
            if waiting := self._waiting.get(name):
                return waiting.pop(0)
        return None

    def clear(self) -> None:
        """Everything works again; held calls go on."""
        for fault in (f for faults in self._waiting.values() for f in faults):
            if isinstance(fault, Hold):
                fault.release()
        self._waiting.clear()

    def pending(self) -> dict[str, int]:
        """How many are still to be played, per method."""
        return {method: len(faults) for method, faults in self._waiting.items() if faults}

    def ratelimit(self, method: str, retry_after: int = 1, times: int = 1) -> None:
        """429 with ``Retry-After`` in seconds."""
        self.add(method, Fault("ratelimited", 429, "ratelimited", retry_after=retry_after), times)

    def status(self, method: str, status: int = 503, times: int = 1, *, after_effect: bool = False) -> None:
        """An HTTP error with a page that is no JSON."""
        body = f"<html><body><h1>{status}</h1></body></html>"
        self.add(method, Fault("status", status, body=body, after_effect=after_effect), times)

    def not_json(self, method: str, body: str = "<html>", times: int = 1, *, after_effect: bool = False) -> None:
        """200 that claims to be JSON and is not."""
        self.add(method, Fault("not_json", body=body, after_effect=after_effect), times)

    def error(self, method: str, error: str, times: int = 1, *, after_effect: bool = False) -> None:
        """Any error that Slack has a name for."""
        self.add(method, Fault("error", error=error, after_effect=after_effect), times)

    def cut(self, method: str, times: int = 1, *, after_effect: bool = False) -> None:
        """The connection breaks without an answer."""
        self.add(method, Fault("cut", after_effect=after_effect), times)

    def hold(self, method: str, *, after_effect: bool = False) -> Hold:
        """The next call waits until it is released, before or after it takes effect."""
        hold = Hold("hold", after_effect=after_effect)
        self.add(method, hold)
        return hold
