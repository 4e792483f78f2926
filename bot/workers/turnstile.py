"""Lets posts through one by one: at most one message stands in Slack that the database does not know of."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

PATIENCE = 3.0
"""Seconds after which the next one no longer waits. Slack answers a post in a fifth of one; where it does not answer at
all, one message must not hold up all others."""


class Turnstile:
    """Slack has no ClientToken for messages: what was posted when the process died, and was not written down, is
    posted again. So a post is written down before the next one begins, and a death doubles one message at most, or one
    for each PATIENCE that Slack has not answered."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self.patience = patience
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def passage(self) -> AsyncIterator[None]:
        """Wait for the turn, and have it until the end of the ``async with`` or of the patience."""
        await self._turn.acquire()
        kept = True

        def pass_on() -> None:
            nonlocal kept
            if kept:
                kept = False
                self._turn.release()

        late = asyncio.get_running_loop().call_later(self.patience, pass_on)
        try:
            yield
        finally:
            late.cancel()
            pass_on()
