"""What is needed of time."""

from datetime import datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Time."""

    def now(self) -> datetime:
        """Now, aware, in UTC."""
        ...

    async def sleep(self, span: timedelta) -> None:
        """Return after *span*."""
        ...
