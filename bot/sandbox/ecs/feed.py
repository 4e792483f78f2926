"""Who waits for a change of state hears of it here; nobody polls."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Feed:
    """A change feed of one event loop: :meth:`tell` on every change, :meth:`wait_for` to see it.

    What is told here is told to *parent* as well: a machine's changes are its region's.
    """

    def __init__(self, parent: Feed | None = None) -> None:
        self._waiters: set[asyncio.Future[None]] = set()
        self.parent = parent

    def tell(self) -> None:
        """Something changed: every waiter looks again."""
        if self.parent is not None:
            self.parent.tell()
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def wait_for(self, predicate: Callable[[], T], within: float | None = 30.0) -> T:
        """The first truthy value of *predicate*, looked at now and after every change.

        Raises TimeoutError after *within* real seconds: a wait in a test must not hang.
        None waits for ever.
        """
        async with asyncio.timeout(within):
            while not (found := predicate()):
                waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                self._waiters.add(waiter)
                try:
                    await waiter
                finally:
                    self._waiters.discard(waiter)
            return found
