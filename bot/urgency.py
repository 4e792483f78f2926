"""Who waits for an answer right now. Slack gives three seconds for it; what goes on by itself has more time."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

URGENT: ContextVar[bool] = ContextVar("urgent", default=False)
"""Does somebody wait for what is done here? The store lets it go first."""


@contextmanager
def urgent() -> Iterator[None]:
    """Somebody waits for all that is done in the block."""
    token = URGENT.set(True)
    try:
        yield
    finally:
        URGENT.reset(token)


CROWD = 4
"""So many who wait at once are a crowd. For fewer there is time beside all that goes on, and one who waits for Slack's
own answer must not hold everything up."""


class Urgency:
    """How many answers are under way."""

    def __init__(self, crowd: int = CROWD) -> None:
        self._crowd = crowd
        self._answers = 0
        self._calm = asyncio.Event()
        self._calm.set()

    @property
    def high(self) -> bool:
        """Does a crowd wait?"""
        return self._answers >= self._crowd

    @contextmanager
    def answering(self) -> Iterator[None]:
        """One more waits until the end of the block, and for all that is done in it."""
        self._answers += 1
        if self.high:
            self._calm.clear()
        try:
            with urgent():
                yield
        finally:
            self._answers -= 1
            if not self.high:
                self._calm.set()

    async def ebb(self) -> None:
        """Return when no crowd waits."""
        await self._calm.wait()
