"""The figures on a terminal, in docs/performance.md and in the README."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.history import Waits
from bench.rows import Row
from bench.stats import median, percentile

DOCS = Path("docs/performance.md")
README = Path("README.md")
MARK, END = "<!-- performance -->", "<!-- /performance -->"

Moments = Sequence[tuple[str, float, float]]

_HEAD = """\
# How fast it is

Written by `make bench` (`.venv/bin/python -m bench`), which takes some twelve minutes; run it
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
  (fields that the SDK does not send, statuses that they don't know) are mended here. The bot looks when
  it is likely to be over.
* **Bare Bolt** is an `AsyncApp` over HTTP that answers `/ecs`; "with one durable commit" it first writes one row
  to SQLite (WAL, `synchronous=FULL`), each in a transaction of its own. Before the bot answers it reads roles and
  locks as they are at that moment, and commits the request with its audit event, as durably. Requests that come at
  the same time share the look, the statement and the commit; each is answered once it is on the disk.
* **200 runs that end in the same minute** meet the bot's own notifier, budgets, outbox, database and Slack client,
  and the sandbox's Slack with its limits (50 updates a minute and workspace; a message a second and channel, 300 a
  minute and workspace, whatever the method; 100 uploads a minute); only the time of both is simulated. The floor is
  derived in `bench/floor.py`: what somebody could do at best who may post a result where its message can't be updated
  at once, without the "short bursts" that Slack allows and does not size. Every fifth run has a file. The queue beside
  it takes each change in its order, updates the message, and waits as long as Retry-After says.
* **50 at once** means 50 people who each give the next command as soon as the last was answered, while the bot
  plans, sends, follows and posts what was asked before. As long as many wait for an answer, that work goes on
  more slowly: a little of each kind four times a second. So more is asked for than is carried out in that time; whether
  all of it is carried out afterwards is counted. Bolt and the bot are measured in turns, five times each; the
  share is the median of five. Whoever asks is a process of its own, whose requests were signed beforehand.
* **Three replicas** are processes with the bot's planner, dispatcher, poller and store on one PostgreSQL, which writes
  to disk as it does by default; ECS is within them, and answers after 50 ms. 300 runs on three machines each were asked
  for beforehand. All of it shares the cores of one computer, the server among it: three processes can be no faster
  than those cores allow. Replicas on computers of their own share the server alone.
"""


_PACING = """
## When ends are seen

![How late ends are seen, of each schedule](performance/lateness.png)

The lengths of commands are a mix: 70 % around 1.5 s, 25 % around 15 s (log-normal, spread 0.6), 5 % from one to ten
minutes. The clock is simulated, a call takes 30 ms, and an answer holds 50 rows; what decides when what is asked is the
bot's own (`bot/domain/looks.py`), with 120 calls a minute of each of two APIs. The fewer of them are left, the dearer
they are: none is spent on little while more is about to end. *Calls* are all that describe runs,
those that bring results included; of the others each is counted as if one call brought both, as theirs do. Alone, a
run is asked for often, since calls are to spare: with more of them one call tells of all. Above some fifty runs in
flight in one region 120 calls a minute are not enough for this mix, and lateness grows as the budget says.

![What following runs costs](performance/growth.png)

Ten thousand in flight are followed in real time by the bot's poller and its database; ECS is in the same process, whose
share of the core is counted, too. Each end brings 24 KB. Some three hundred ends are seen in the minute that is
measured, a few of them of runs that took half a day: the mean differs by a fifth from one time to the next. The bound
is derived in `bench/bound.py`: what the calls allow to whoever knew how likely each run is to end, and could put any
fifty of them into one answer. ECS lists by tag, the newest first, so what comes near it are tags: of runs that take
about as long, and of those of them that began together.
"""

_YEAR = """\
What people wait for, and workers on their behalf, each asked 30 times, every time for something else. The database has
{history:,} invocations of a year, with some 3 results and 6 events each, most of them without outputs any more; 48 are
under way, and a year of shifts has left a thousand grants that ran out. The rows are those that the bot wrote for a
hundred invocations of all kinds, copied with other ids and times. *When young* is the same with that hundred alone.
What a person does at once comes first, from the request to all that its answer is made of; then each method of the
store by itself. The database was just written, so it is in memory.

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


def write(machine: str, rows: Sequence[Row], moments: Moments, waits: Sequence[Waits]) -> None:
    """docs/performance.md as a whole, and the README's few lines between their marks."""
    day = datetime.now(UTC).date().isoformat()
    page = [_HEAD.format(machine=machine, day=day), _table(rows)]
    page += [_PACING]
    page += ["\n## What the time of one command is made of\n\n", "Medians, Socket Mode.\n\n", _steps(moments)]
    page += ["\n## A year later\n\n", _YEAR.format(history=waits[0].history), _waits(waits)]
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


def _waits(waits: Sequence[Waits]) -> str:
    names = [f"{each.engine}, {when}" for each in waits for when in ("p50", "p95", "p95 when young")]
    lines = [f"| | {' | '.join(names)} |", f"| --- |{' ---: |' * len(names)}"]
    for name in waits[0].large:
        found = []
        for each in waits:
            large, small = each.large[name], each.small[name]
            found += [median(large), percentile(large, 0.95), percentile(small, 0.95)]
        lines.append(f"| {name} | {' | '.join(f'{seconds * 1000:.1f} ms' for seconds in found)} |")
    return "\n".join(lines) + "\n"


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]
