"""One question that many ask at once: one look answers all who asked before it began, and none after."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Generic, TypeVar

from bot.urgency import URGENT

T = TypeVar("T")

Start = Callable[[Coroutine[Any, Any, T]], "asyncio.Task[T]"]


class Together(Generic[T]):
    """At most one look is under way, and one waits for its end: whoever asks meanwhile gets what that one finds.

    So nobody is told anything that was over before they asked.
    """

    def __init__(self, start: Start[T]) -> None:
        self._start = start
        self._under_way: asyncio.Task[T] | None = None
        self._next: asyncio.Task[T] | None = None

    async def ask(self, look: Callable[[], Awaitable[T]]) -> T:
        """What a look finds that begins from now on: *look*, or that of somebody else who asked since the last began.

        A caller that is cancelled takes nothing from the others.
        """
        if self._next is None or self._next.done():
            self._next = self._start(self._after(self._under_way, look))
        return await asyncio.shield(self._next)

    async def _after(self, before: "asyncio.Task[T] | None", look: Callable[[], Awaitable[T]]) -> T:
        URGENT.set(True)  # of all who ask, some may be waited for
        if before is not None:
            await asyncio.wait({before})
        self._under_way, self._next = self._next, None
        return await look()
