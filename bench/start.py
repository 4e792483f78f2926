"""How long a start takes, and what the process weighs, beside what it can't do without."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from bench.processes import resident, started
from bot.sandbox.session import Session

_SDK = "import alibabacloud_ecs20140526.client, sys; print('imported', flush=True); sys.stdin.read()"


@dataclass
class Starts:
    """Seconds and megabytes of several starts."""

    seconds: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)


class Timed(Session):
    """Knows how long each start of the bot took: process start → the line that it serves."""

    def __init__(self, *, http: bool, commands: Path) -> None:
        super().__init__(http=http, commands=commands)
        self.seconds: list[float] = []

    async def start_bot(self) -> None:
        """Start it, and note the time."""
        began = time.perf_counter()
        await super().start_bot()
        self.seconds.append(time.perf_counter() - began)


async def measure(session: Timed, times: int) -> tuple[Starts, Starts, Starts]:
    """The bot with a database that is up to date, the SDK's import alone, and bare Bolt over HTTP: in turns, so that
    all three meet the machine in the same mood. The bot runs before and after."""
    bot, sdk, bolt = Starts(), Starts(), Starts()
    for _ in range(times):
        await session.stop_bot()
        await session.start_bot()
        bot.seconds.append(session.seconds[-1])
        bot.megabytes.append(resident(session.pid))
        await _once(sdk, ["-c", _SDK])
        await _once(bolt, ["-m", "bench.plain_bolt", "secret"])
    return bot, sdk, bolt


async def _once(starts: Starts, arguments: list[str]) -> None:
    async with started(arguments) as process:
        starts.seconds.append(process.seconds)
        starts.megabytes.append(resident(process.pid))
