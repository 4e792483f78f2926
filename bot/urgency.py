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


HUSH = 0.05
"""Seconds without a crowd after which it has passed. One that is answered all at once, by one commit, is about to ask
again: what is begun in that moment, they wait for."""


class Urgency:
    """How many answers are under way."""

    def __init__(self, crowd: int = CROWD, hush: float = HUSH) -> None:
        self._crowd = crowd
        self._hush = hush
        self._answers = 0
        self._passing: asyncio.TimerHandle | None = None
        self._calm = asyncio.Event()
        self._calm.set()

    @property
    def high(self) -> bool:
        """Does a crowd wait, or did one a moment ago?"""
        return not self._calm.is_set()

    @contextmanager
    def answering(self) -> Iterator[None]:
        """One more waits until the end of the block, and for all that is done in it."""
        self._answers += 1
        if self._answers >= self._crowd:
            self._gathers()
        try:
            with urgent():
                yield
        finally:
            self._answers -= 1
            if self._answers == self._crowd - 1:
                self._passing = asyncio.get_running_loop().call_later(self._hush, self._calm.set)

    def _gathers(self) -> None:
        self._calm.clear()
        if self._passing is not None:
            self._passing.cancel()
            self._passing = None

    async def ebb(self) -> None:
        """Return when no crowd waits."""
        await self._calm.wait()
