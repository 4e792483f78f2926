"""How much memory many runs in flight take: `python -m tests.crash.memory 10000`."""

import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot import redaction
from bot.catalog import read_catalog
from bot.domain.invocation import Batch, BatchState, Invocation, State
from bot.domain.plan import Plan
from bot.domain.result import Outcome, Result
from bot.parts import SystemClock
from bot.ports import Report, Running, Tag
from bot.store import open_store
from bot.usecases.desk import Desk
from bot.usecases.spans import Spans
from bot.workers.poller import Poller
from tests.scenarios.world import COMMANDS
from tests.unit.messages.samples import plan
from tests.workers.fakes import ScriptedGroups

OUTPUT = 24 * 1024
REGIONS = 10
FIGURES = Path(__file__).parent / "memory.json"


class Finished:
    """A cloud in which every run is over, each with an output of its own."""

    async def report(self, account: str, region: str, invoke_id: str) -> Report:
        """24 KB that fold with nothing."""
        output = random.randbytes(OUTPUT // 2).hex()
        return Report(invoke_id, (Result("i-1", Outcome.SUCCEEDED, "web-1", output=output),))

    async def newest(self, account: str, region: str, tag: Tag) -> Mapping[str, Report]:
        """None: each is asked for by its id."""
        return {}

    async def running(self, account: str, region: str, tag: Tag, token: str | None) -> Running:
        """None runs."""
        return Running({}, None)

    async def running_rows(self, account: str, region: str, tag: Tag, token: str | None) -> Running:
        """On no instance."""
        return Running({}, None)


def running(number: int, made: Plan, now: datetime) -> Invocation:
    """One invocation whose only batch runs."""
    batch = Batch(1, 0, ("i-1",), BatchState.RUNNING, f"token-{number}", f"t-{number}", now, now, next_at=now)
    return Invocation(
        id=f"m{number:06}",
        request_key=f"memory:{number}",
        snippet="mem",
        target="web-prod",
        params=(),
        requester="U0ONCALL",
        team="T0",
        home="C0OPS",
        created_at=now,
        state=State.RUNNING,
        plan=made,
        batches=(batch,),
        started_at=now,
        next_at=now,
    )


def resident() -> int:
    """MB of memory that this process has now."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmRSS"))


def peak() -> int:
    """MB that it has had at most."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmHWM"))


async def measure(count: int) -> dict[str, Any]:
    """Follow *count* runs to their end, and say what memory that took."""
    clock, catalog = SystemClock(), read_catalog(COMMANDS)
    with tempfile.TemporaryDirectory() as folder:
        async with await open_store(f"sqlite:///{folder}/bot.db") as store:
            now = datetime.now(UTC) - timedelta(seconds=1)
            made = [replace(plan(1), region=f"cn-{region}") for region in range(REGIONS)]
            for number in range(count):
                await store.add(running(number, made[number % REGIONS], now), [])
            cloud: Any = Finished()
            desk = Desk(store, clock, lambda: catalog, frozenset(), lambda: None, redaction.redact, ScriptedGroups())
            poller = Poller(desk, cloud, Spans(store), per_minute=1_000_000)
            before, began = resident(), time.monotonic()
            while await store.recent(1, open_only=True):
                await asyncio.gather(*(job.run() for job in await poller.jobs(clock.now())))
            figures = {"invocations": count, "before": before, "after": resident(), "peak": peak()}
            figures["seconds"] = round(time.monotonic() - began)
    return figures


if __name__ == "__main__":
    found = asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
    sys.stdout.write(f"{found}\n")
    FIGURES.write_text(json.dumps(found, indent=2, sort_keys=True) + "\n")
