"""Time that stands until it is moved on."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 1, tzinfo=UTC)


class SimulatedClock:
    """The bot's clock, where nothing has to wait."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        """The time that it is said to be."""
        return self.at

    async def sleep(self, span: timedelta) -> None:
        """It is later at once."""
        self.at += span
