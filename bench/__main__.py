"""`python -m bench`: measures everything, prints the table, writes docs/performance.md and the README's figures."""

import asyncio
import logging
import time

import structlog
from rich.console import Console

from bench import acks, budgets, calls, figures, fleet, history, job, pacing, plots, replicas, report, start, tutorial
from bench.processes import resident
from bot.sandbox.session import Session

RUNS = 30
RESTED = 22
STARTS = 5


async def measure(console: Console) -> figures.Measured:
    """All of it, one thing after the other: nothing that is measured competes with another."""
    console.print("the job, in Socket Mode …", style="dim")
    async with Session(commands=job.COMMANDS) as session:
        socket = await job.measure(session, RUNS)
        console.print("the tutorial's loops …", style="dim")
        java, python = await tutorial.measure(session.ecs, session.region, 6)
    console.print("the job, over HTTP …", style="dim")
    async with start.Timed(http=True, commands=job.COMMANDS) as session:
        http = await job.measure(session, RUNS)
        console.print("starts and memory …", style="dim")
        first_start = session.seconds[0]
        starts, sdk, bolt = await start.measure(session, STARTS)
        await job.measure(session, RESTED - 2)
        worked = resident(session.pid)
    return figures.Measured(
        socket=socket,
        http=http,
        java=java,
        python=python,
        first_start=first_start,
        starts=starts,
        worked=worked,
        sdk=sdk,
        bolt=bolt,
        budgets=await _budgets(console),
        acks=await _acks(console),
        waits=await _waits(console),
        replicas=await _replicas(console),
        pacing=_pacing(console),
        calls=await _calls(console),
        fleets=await _fleets(console),
    )


def _pacing(console: Console) -> pacing.Pacing:
    console.print("when ends are seen …", style="dim")
    return pacing.measure()


async def _calls(console: Console) -> tuple[calls.Calls, calls.Calls]:
    console.print("calls of ECS over TLS …", style="dim")
    return await calls.measure()


async def _fleets(console: Console) -> list[fleet.Fleet]:
    console.print("ten to ten thousand in flight …", style="dim")
    return await fleet.measure()


async def _budgets(console: Console) -> list[budgets.Compared]:
    console.print(f"{budgets.RUNS} runs that end in the same minute …", style="dim")
    return await budgets.measure()


async def _waits(console: Console) -> list[history.Waits]:
    console.print("a year of history, on SQLite and on PostgreSQL …", style="dim")
    return await history.measure()


async def _replicas(console: Console) -> tuple[replicas.Work, replicas.Work]:
    console.print(f"{replicas.MANY} replicas on PostgreSQL, and one …", style="dim")
    return await replicas.measure()


async def _acks(console: Console) -> list[acks.Acks]:
    console.print("answers to Slack, one at a time …", style="dim")
    alone = await acks.alone()
    console.print(f"answers to Slack, {acks.MANY} at once, and all that was asked is run …", style="dim")
    return [alone, await acks.among_many()]


def main() -> None:
    """Measure, show, write."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    machine = report.machine()  # before: the load is that of others
    console = Console(width=150) if not Console().is_terminal else Console()
    began = time.perf_counter()
    measured = asyncio.run(measure(console))
    rows, moments = figures.rows(measured), figures.moments(measured)
    report.show(console, machine, rows, moments)
    plots.draw(measured.pacing, measured.fleets)
    report.write(machine, rows, moments, measured.waits)
    console.print(f"{time.perf_counter() - began:.0f} s; written to {report.DOCS}", style="dim")


if __name__ == "__main__":
    main()
