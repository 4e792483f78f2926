"""Who waits for an answer right now. Slack gives three seconds for it; what goes on by itself has more time."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

URGENT: ContextVar[bool] = ContextVar("urgent", default=False)
"""Does somebody wait for what is done here? The store lets it go first."""


class Urgency:
    """How many answers are under way."""

    def __init__(self) -> None:
        self._answers = 0
        self._calm = asyncio.Event()
        self._calm.set()

    @property
    def high(self) -> bool:
        """Does anybody wait?"""
        return self._answers > 0

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Somebody waits until the end of the block, and for all that is done in it."""
        token = URGENT.set(True)
        self._answers += 1
        self._calm.clear()
        try:
            yield
        finally:
            URGENT.reset(token)
            self._answers -= 1
            if not self._answers:
                self._calm.set()

    async def ebb(self) -> None:
        """Return when nobody waits."""
        await self._calm.wait()
