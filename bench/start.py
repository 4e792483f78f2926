"""How long a start takes, and what the process weighs, beside what it can't do without."""

import time
from dataclasses import dataclass, field

from bench.processes import resident, started
from bot.sandbox.session import Session

_SDK = "import alibabacloud_ecs20140526.client, sys; print('imported', flush=True); sys.stdin.read()"


@dataclass
class Starts:
    """Seconds and megabytes of several starts."""

    seconds: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)


async def of_the_bot(session: Session, times: int) -> Starts:
    """Process start → the line that it serves, with a database that is up to date. The bot runs before and after."""
    starts = Starts()
    for _ in range(times):
        await session.stop_bot()
        began = time.perf_counter()
        await session.start_bot()
        starts.seconds.append(time.perf_counter() - began)
        starts.megabytes.append(resident(session.pid))
    return starts


async def of_the_sdk(times: int) -> Starts:
    """A process that imports the ECS SDK, and nothing else."""
    return await _several(["-c", _SDK], times)


async def of_bolt(times: int) -> Starts:
    """A process that serves a bare AsyncApp over HTTP."""
    return await _several(["-m", "bench.plain_bolt", "secret"], times)


async def _several(arguments: list[str], times: int) -> Starts:
    starts = Starts()
    for _ in range(times):
        async with started(arguments) as process:
            starts.seconds.append(process.seconds)
            starts.megabytes.append(resident(process.pid))
    return starts
