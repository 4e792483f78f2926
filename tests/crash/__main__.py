"""The whole crash matrix, and kills at moments that nobody chose: `python -m tests.crash --kills 300 --report`."""

import argparse
import asyncio
import contextlib
import json
import os
import platform
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.crash import report
from tests.crash.fleet import Fleet
from tests.crash.matrix import Walked, grown, walk
from tests.crash.mixed import Round, alone, life, region
from tests.crash.nursery import Nursery
from tests.crash.report import PER_LIFE
from tests.crash.rig import Place, Rig
from tests.crash.stories import STORIES
from tests.postgres import postgres

FIGURES = Path(__file__).parent / "figures.json"
LANES, EACH = 3, 4
"""Worlds at once, and deaths in each."""


def say(*words: object) -> None:
    """One line, at once."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


async def walked(nursery: Nursery, folder: Path, story: str, until: float, every: int) -> dict[str, Any]:
    """Die at every *every*-th step of *story* until a walk passes whole."""
    found: list[Walked] = []
    failed: list[str] = []
    at, whole = 1, False
    while not whole and time.monotonic() < until:
        worlds = []
        for lane in range(LANES):
            places = [Place(at + every * (lane + LANES * number)) for number in range(EACH)]
            worlds.append(walk(nursery, folder, story, places, http=lane % 2 == 1))
        at += LANES * EACH * every
        last = Place(at - every)
        for end in await asyncio.gather(*worlds, return_exceptions=True):
            if isinstance(end, Walked):
                found.append(end)
                whole = whole or last in end.passed
            else:
                failed.append(str(end)[:4000])
                say(f"FAILED: {failed[-1]}")
    died = [death for one in found for death in one.deaths]
    doubled: Counter[str] = Counter()
    for one in found:
        doubled.update(one.doubled)
    recovered = [death.recovered for death in died]
    figures = {
        "deaths": len(died),
        "whole": whole,
        "every": every,
        "sites": sorted({death.site for death in died}),
        "median": statistics.median(recovered or [0]),
        "worst": max(recovered, default=0),
        "doubled": dict(doubled),
        "failed": failed,
    }
    say(story, {name: value for name, value in figures.items() if name not in {"failed", "sites"}})
    return figures


async def lived(born: Callable[[int], Rig], kills: int, at_once: int) -> dict[str, Any]:
    """*kills* kills in lives of PER_LIFE, so many lives at once; *born* makes the world of a life, by its seed."""
    rounds: list[Round] = []
    failed: list[str] = []
    seeds = list(range(1, -(-kills // PER_LIFE) + 1))
    for first in range(0, len(seeds), at_once):
        work = [life(born(seed), kills=PER_LIFE, seed=seed) for seed in seeds[first : first + at_once]]
        for end in await asyncio.gather(*work, return_exceptions=True):
            if isinstance(end, Round):
                rounds.append(end)
                say(f"{end.kills} kills, {end.invocations} invocations, {end.states}, doubled {end.doubled}")
            else:
                failed.append(repr(end)[:4000])
                say(f"FAILED: {failed[-1]}")
    doubled: Counter[str] = Counter()
    for done in rounds:
        doubled.update(done.doubled)
    serving = [span for done in rounds for span in done.serving]
    ended = [span for done in rounds for span in done.ended]
    return {
        "kills": sum(done.kills for done in rounds),
        "invocations": sum(done.invocations for done in rounds),
        "promised": sum(done.promised for done in rounds),
        "unacknowledged": sum(done.failed for done in rounds),
        "serving_median": statistics.median(serving or [0]),
        "serving_worst": max(serving, default=0),
        "ended_median": statistics.median(ended or [0]),
        "ended_worst": max(ended, default=0),
        "doubled": dict(doubled),
        "failed": failed,
    }


async def main(args: argparse.Namespace) -> int:
    """Walk, kill, and write down what came of it."""
    began = time.monotonic()
    figures: dict[str, Any] = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    if not (args.matrix or args.kills or args.replicas):
        report.write()
        return 0
    async with Nursery() as nursery, grown(nursery) as folder:
        if args.matrix:
            each = args.minutes * 60 / len(STORIES)
            figures["matrix"] = {}
            for number, story in enumerate(STORIES):
                figures["matrix"][story] = await walked(nursery, folder, story, began + each * (number + 1), args.every)
        if args.kills:
            figures["kills"] = await lived(
                lambda seed: alone(nursery, folder / f"life-{seed}", folder / "bot.db", seed), args.kills, 2
            )
        if args.replicas:
            with contextlib.ExitStack() as stack:
                server = await asyncio.to_thread(stack.enter_context, postgres())
                figures["replicas"] = await lived(
                    lambda seed: Fleet(nursery, folder / f"fleet-{seed}", region(), server, seed=seed), args.replicas, 1
                )
    figures["machine"] = (
        f"{os.cpu_count()} CPUs, {platform.system()} {platform.machine()}, CPython {platform.python_version()}"
    )
    say(f"{time.monotonic() - began:.0f} s")
    if args.report:
        FIGURES.write_text(json.dumps(figures, indent=2, sort_keys=True) + "\n")
        report.write()
    parts = [*figures.get("matrix", {}).values(), figures.get("kills", {}), figures.get("replicas", {})]
    return 1 if any(part.get("failed") for part in parts) else 0


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--matrix", action="store_true", help="die at every step of every story")
    parser.add_argument("--every", type=int, default=1, help="at every so many-th step only")
    parser.add_argument("--minutes", type=float, default=20, help="for the matrix at most")
    parser.add_argument("--kills", type=int, default=0, help="so many kills over mixed work")
    parser.add_argument("--replicas", type=int, default=0, help="so many over that of three replicas on PostgreSQL")
    parser.add_argument("--report", action="store_true", help="write the figures down")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(asyncio.run(main(arguments())))
