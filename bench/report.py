"""The figures on a terminal, in docs/performance.md and in the README."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.figures import Row

DOCS = Path("docs/performance.md")
README = Path("README.md")
MARK, END = "<!-- performance -->", "<!-- /performance -->"

Moments = Sequence[tuple[str, float, float]]

_HEAD = """\
# How fast it is

Written by `make bench` (`.venv/bin/python -m bench`), which takes under five minutes; run it
again and this page is replaced. {machine}, {day}.

Everything is real but Slack and Alibaba Cloud: the bot is a process of its own, between a Slack
workspace and an ECS region on loopback that speak the real protocols, and whose machines run the
script (`echo done`, on three machines) under bash. The network to Slack and to ECS, some ten to
some hundred milliseconds for each call, comes on top of it. All of it shares one computer.
Compare the ratios, which come from one run; the figures themselves follow the machine.

"""

_NOTES = """
* **Java's and Python's loops** are those of the vendor's tutorial for the same job, without Slack,
  permission, record and thread: RunCommand, then DescribeInvocations every 2 s, or after 2^n s. Their faults
  (fields that the SDK does not send, statuses that they don't know) are mended here. The bot looks first after
  0.2 s, and then whenever a run is 8 % older.
* **Bare Bolt** is an `AsyncApp` over HTTP that answers `/ecs`; "with one durable commit" it first writes one row
  to SQLite (WAL, `synchronous=FULL`). Before the bot answers it looks up an earlier delivery, roles and locks, and
  commits the request with its audit event: three reads and one write. While it is asked it also carries out what was
  asked before: plans, sends, follows, posts.
* **200 runs that end in the same minute** meet the bot's own notifier, budgets, outbox, database and Slack client,
  and the sandbox's Slack with its limits (50 updates a minute and workspace; a message a second and channel, 300 a
  minute and workspace, whatever the method; 100 uploads a minute); only the time of both is simulated. The floor is
  derived in `bench/floor.py`: what somebody could do at best who may post a result where its message can't be updated
  at once, without the "short bursts" that Slack allows and does not size. Every fifth run has a file. The queue beside
  it takes each change in its order, updates the message, and waits as long as Retry-After says.
* **20 at once** means 20 people who each give the next command as soon as the last was answered. They ask for more
  than can be carried out in that time; what is measured is whether each is still recorded and answered.
"""


def machine() -> str:
    """Which computer the figures are from, and how busy it is with other things at the moment."""
    cores, load = len(os.sched_getaffinity(0)), os.getloadavg()[0]
    kernel, python = platform.release(), platform.python_version()
    return f"{cores} cores ({platform.machine()}), Linux {kernel}, Python {python}, load average {load:.1f} beforehand"


def show(console: Console, machine: str, rows: Sequence[Row], moments: Moments) -> None:
    """One table, and under it what one command's time is made of."""
    table = Table(title=machine, title_justify="left")
    for name in ("", "measured", "aim", "", "beside it, in the same run"):
        table.add_column(name, justify="right" if name == "measured" else "left")
    for row in rows:
        colour = {True: "green", False: "red", None: ""}[row.met]
        table.add_row(row.what, row.found, row.aim, f"[{colour}]{verdict(row)}[/]" if colour else "", row.beside)
    table.add_section()
    for name, at, since in moments:
        table.add_row(f"  {name}", f"{at * 1000:.0f} ms", f"+ {since * 1000:.0f} ms")
    console.print(table)


def verdict(row: Row) -> str:
    """Was the aim met? Said as it is."""
    return {True: "met", False: "missed", None: ""}[row.met]


def write(machine: str, rows: Sequence[Row], moments: Moments) -> None:
    """docs/performance.md as a whole, and the README's few lines between their marks."""
    day = datetime.now(UTC).date().isoformat()
    page = [_HEAD.format(machine=machine, day=day), _table(rows)]
    page += ["\n## What the time of one command is made of\n\n", "Medians, Socket Mode.\n\n", _steps(moments)]
    page += ["\n## What stands beside it\n", _NOTES]
    DOCS.parent.mkdir(exist_ok=True)
    DOCS.write_text("".join(page))
    if README.exists():
        README.write_text(in_readme(README.read_text(), machine, rows))


def in_readme(text: str, machine: str, rows: Sequence[Row]) -> str:
    """*text* with the key figures in the place of its mark, or of those that stand between the marks."""
    before, mark, after = text.partition(MARK)
    if not mark:
        return text
    after = after.partition(END)[2] if END in after else after
    short = "\n".join(["| | Measured | Beside it, in the same run |", "| --- | ---: | --- |", *_short(rows)])
    link = f"[{DOCS.name}]({DOCS})"
    return f"{before}{MARK}\n{short}\n\n{machine}, all on loopback; how, and the rest: {link}.\n{END}{after}"


def _short(rows: Sequence[Row]) -> list[str]:
    return [f"| {_first_up(row.what)} | {row.found} | {row.beside} |" for row in rows if row.key]


def _table(rows: Sequence[Row]) -> str:
    lines = ["| | Measured | Aim | | Beside it, in the same run |", "| --- | ---: | --- | --- | --- |"]
    lines += [f"| {_first_up(r.what)} | {r.found} | {r.aim} | {verdict(r)} | {r.beside} |" for r in rows]
    return "\n".join(lines) + "\n"


def _steps(moments: Moments) -> str:
    lines = ["| Until | after the command | after the line above |", "| --- | ---: | ---: |"]
    lines += [f"| {_first_up(name)} | {at * 1000:.0f} ms | {since * 1000:.0f} ms |" for name, at, since in moments]
    return "\n".join(lines) + "\n"


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]
