"""What can go wrong on the way to ECS and back, switched on at run time for the next calls.

Each method queues a fault for the next *times* calls of *action*; a call takes the oldest.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Hold:
    """An answer that is kept back until :meth:`release`.

    *reached* is set once the call is held. With *in_flight* the request is held after its
    ClientToken was noted and before it takes effect, else the answer after it took effect.
    """

    in_flight: bool = False
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        self.released.set()

    async def wait(self) -> None:
        self.reached.set()
        await self.released.wait()


@dataclass(frozen=True)
class Fault:
    """One fault of one call; *kind* says which fields count."""

    kind: str
    status: int = 500
    code: str = ""
    body: str = ""
    seconds: float = 0.0
    retry_after_ms: int | None = None
    hold: Hold | None = None


class Faults:
    """Queues of faults, one per action."""

    def __init__(self) -> None:
        self._queues: dict[str, deque[Fault]] = {}

    def take(self, action: str) -> Fault | None:
        """The fault of this call, if any; it is used up."""
        queue = self._queues.get(action)
        return queue.popleft() if queue else None

    def clear(self) -> None:
        """No more faults; calls that are held stay held."""
        self._queues.clear()

    def throttle(self, action: str, times: int = 1, retry_after_ms: int | None = None) -> None:
        """Throttling.User; with *retry_after_ms* in the header x-acs-retry-after."""
        self._add(action, times, Fault("throttle", retry_after_ms=retry_after_ms))

    def fail(self, action: str, times: int = 1, status: int = 500, code: str = "InternalError.Dispatch") -> None:
        """A refusal of this status and code, before anything took effect."""
        self._add(action, times, Fault("fail", status=status, code=code))

    def garble(self, action: str, times: int = 1, status: int = 502, body: str = "<html>Bad Gateway</html>") -> None:
        """A body that is no JSON; nothing took effect."""
        self._add(action, times, Fault("garble", status=status, body=body))

    def cut_before(self, action: str, times: int = 1) -> None:
        """The connection breaks before the request is handled: nothing took effect."""
        self._add(action, times, Fault("cut_before"))

    def cut_after(self, action: str, times: int = 1) -> None:
        """The connection breaks after the request took effect: the answer is lost."""
        self._add(action, times, Fault("cut_after"))

    def hold(self, action: str, *, in_flight: bool = False) -> Hold:
        """Hold the next call; see :class:`Hold`."""
        hold = Hold(in_flight=in_flight)
        self._add(action, 1, Fault("hold", hold=hold))
        return hold

    def slow(self, action: str, seconds: float, times: int = 1) -> None:
        """The answer comes *seconds* late, on the region's clock."""
        self._add(action, times, Fault("slow", seconds=seconds))

    def wrong_invoke_id(self, action: str, times: int = 1) -> None:
        """Every InvokeId in the answer is somebody else's."""
        self._add(action, times, Fault("wrong_invoke_id"))

    def undocumented_status(self, action: str, status: str = "Hibernating", times: int = 1) -> None:
        """Every InvocationStatus in the answer is *status*."""
        self._add(action, times, Fault("undocumented_status", code=status))

    def as_json(self) -> dict[str, list[str]]:
        """What is queued, for a page to show."""
        return {action: [fault.kind for fault in queue] for action, queue in self._queues.items() if queue}

    def _add(self, action: str, times: int, fault: Fault) -> None:
        self._queues.setdefault(action, deque()).extend([fault] * times)


def distort(fault: Fault, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer as the two lying faults would have it."""
    distorted: dict[str, Any] = answer
    if fault.kind == "wrong_invoke_id":
        distorted = _replaced(answer, "InvokeId", "t-hz0somebodyelses")
    elif fault.kind == "undocumented_status":
        distorted = _replaced(answer, "InvocationStatus", fault.code)
    return distorted


def _replaced(value: Any, name: str, text: str) -> Any:
    if isinstance(value, dict):
        return {key: text if key == name else _replaced(inner, name, text) for key, inner in value.items()}
    if isinstance(value, list):
        return [_replaced(inner, name, text) for inner in value]
    return value
