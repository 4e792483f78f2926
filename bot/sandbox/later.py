"""The bot as `python -m bot` serves it, except that its clock is ahead: `python -m bot.sandbox.later 900`.

Whoever tries out approvals need not wait for them to expire. Slack's clock and ECS's are not moved, and
neither is what signs requests: only what the bot itself calls now.
"""

import sys
from datetime import datetime, timedelta

from bot.parts import SystemClock
from bot.serve import serve


class ClockAhead(SystemClock):
    """The machine's clock, and *span* more."""

    def __init__(self, span: timedelta) -> None:
        self._span = span

    def now(self) -> datetime:
        """Later than it is."""
        return super().now() + self._span


if __name__ == "__main__":
    sys.exit(serve(ClockAhead(timedelta(seconds=float(sys.argv[1])))))
