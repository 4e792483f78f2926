"""`python -m bot drill` on the command line: what it is given, what it prints, its exit code."""

import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import typer
from rich.console import Console

from bot import logs
from bot.domain.duration import parse_duration
from bot.drill import run
from bot.drill.crew import crew
from bot.drill.report import table, verdict
from bot.errors import StartError
from bot.serve import secrets
from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Call:
    """*line* follows `/ecs run`; *patience* is for each step; without *every* it is one drill."""

    line: str
    patience: timedelta
    every: timedelta | None = None
    url: str = ""


def span(name: str, text: str) -> timedelta:
    """`90s`, `1h`; raises typer.BadParameter."""
    found = parse_duration(text)
    if found is None or not found:
        raise typer.BadParameter(f"{text!r} is no time such as 90s, 5m or 1h", param_hint=name)
    return found


async def drill(call: Call, *, sandbox: bool, as_json: bool, commands: Path) -> int:
    """0: all steps passed (on a schedule: stopped as asked); 1: one did not; 2: it can't begin."""
    try:
        here = sandbox or run.nothing_set(os.environ)
        async with run.sandboxed(commands) if here else _own() as settings:
            crew(settings, call.line)
            if call.every is not None:
                logs.configure(settings.log_level, secrets(settings))
                await run.scheduled(settings, call.line, call.patience, call.every, call.url)
                return 0
            logs.silence()
            report = await run.once(settings, call.line, call.patience, "" if here else call.url)
    except StartError as error:
        sys.stderr.write("\n".join(["The drill can't begin:", *(f"  {fault}" for fault in error.faults), ""]))
        return 2
    if as_json:
        typer.echo(json.dumps(report.as_json() | {"sandbox": here}))
    else:
        console = Console(highlight=False)
        console.print(table(report, "in the sandbox" if here else "on the bot that serves"))
        console.print(verdict(report), markup=False)
    return 0 if report.failed is None else 1


@asynccontextmanager
async def _own() -> AsyncIterator[Settings]:
    yield Settings.from_env(os.environ)
