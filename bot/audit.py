"""`python -m bot audit`: the trail proved, and given away. Reads the database alone, beside a bot that goes on."""

import csv
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import Connection

from bot.errors import BotError
from bot.settings import database_url
from bot.store import export, proof
from bot.store.proof import Head, Report
from bot.store.reading import reading

_HEAD = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "'", "＝", "＋", "－", "＠")


class AuditError(BotError):
    """It can't be done as it was asked."""


async def verified(env: Mapping[str, str], witnesses: Iterable[Head]) -> Report:
    """Walk the whole trail of the database that *env* names."""
    return await reading(database_url(env).get_secret_value(), lambda conn: proof.examine(conn, witnesses))


async def current_head(env: Mapping[str, str]) -> Head:
    """The head that the database keeps, without walking the trail; AuditError where there is none."""
    found = await reading(database_url(env).get_secret_value(), proof.head)
    if found is None:
        raise AuditError("the trail's head is missing")
    return found


async def exported(
    env: Mapping[str, str],
    write: Callable[[Iterator[export.Exported]], int],
    since: datetime | None,
    until: datetime | None,
) -> int:
    """Hand the events in that time to *write*, one by one; how many it wrote."""

    def work(conn: Connection) -> int:
        return write(export.rows(conn, since, until))

    return await reading(database_url(env).get_secret_value(), work)


# ── what is given ──────────────────────────────────────────────────────────────


def heads(given: str) -> list[Head]:
    """The heads in *given*: `COUNT:HASH`, or a file with one on each line. Raises AuditError."""
    if found := _HEAD.fullmatch(given.strip()):
        return [Head(int(found[1]), found[2])]
    try:
        lines = [line.strip() for line in Path(given).read_text().splitlines()]
    except (OSError, UnicodeDecodeError):
        raise AuditError(f"{given} is neither a head (COUNT:HASH) nor a file of them") from None
    matches = [(line, _HEAD.fullmatch(line)) for line in lines if line and not line.startswith("#")]
    if not matches or (odd := next((line for line, match in matches if match is None), "")):
        what = f"has the line {odd[:80]!r}, which is no head" if matches else "has no head in it"
        raise AuditError(f"{given} {what}: each line is COUNT:HASH, as `audit head` prints it")
    return [Head(int(match[1]), match[2]) for _, match in matches if match]


def moment(text: str, *, end: bool = False) -> datetime:
    """`2026-11-01` or `2026-11-01T03:10:00+08:00`; UTC where no zone is given. *end*: a day counts to its end."""
    try:
        at = datetime.fromisoformat(text)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        return at + timedelta(days=1) if end and _DAY.fullmatch(text) else at
    except (ValueError, OverflowError):
        raise AuditError(f"{text} is no time: write 2026-11-01 or 2026-11-01T03:10:00Z") from None


# ── what is said ───────────────────────────────────────────────────────────────


def lines(report: Report) -> list[str]:
    """*report*, in plain words."""
    count = report.head.count - report.cut.count
    said = [f"{count:,} event{'' if count == 1 else 's'}" + _span(report), *_begins(report), f"head {report.head}"]
    if not report.count:
        on = f" from event {report.cut.count + 1:,} on" if report.cut.count else ""
        return [*said, f"The trail is whole{on}."]
    said += [f"✗ {fault.what}" for fault in report.faults]
    if report.count > len(report.faults):
        said.append(f"  … and {report.count - len(report.faults):,} more")
    return [*said, "The trail is not as it was written."]


def _begins(report: Report) -> list[str]:
    if not report.cut.count or report.told is None:
        return []
    return [
        f"events 1 to {report.cut.count:,} were given up, as event {report.told:,} says; their head was {report.cut}"
    ]


def _span(report: Report) -> str:
    if report.first is None or report.last is None:
        return ""
    return f", from {report.first:%Y-%m-%dT%H:%M:%SZ} to {report.last:%Y-%m-%dT%H:%M:%SZ}"


def write_jsonl(rows: Iterable[export.Exported], out: TextIO) -> int:
    """One object on each line; how many."""
    count = 0
    for row in rows:
        fields: dict[str, Any] = dict(zip(export.FIELDS, row, strict=True))
        out.write(json.dumps(fields, ensure_ascii=True, default=str) + "\n")
        count += 1
    return count


def write_csv(rows: Iterable[export.Exported], out: TextIO) -> int:
    """RFC 4180 with a first line of names; how many events. No cell can be taken for a formula."""
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(export.FIELDS)
    count = 0
    for row in rows:
        writer.writerow([row[0], *(_harmless(str(cell)) for cell in row[1:])])
        count += 1
    return count


def _harmless(cell: str) -> str:
    """An apostrophe before what a spreadsheet would compute, and before an apostrophe: one taken away gives it back."""
    return f"'{cell}" if cell.lstrip(" \u00a0").startswith(_FORMULA) else cell


@contextmanager
def written_to(path: Path | None) -> Iterator[TextIO]:
    """The file at *path*, new and readable by its owner only; standard output without one. Raises AuditError."""
    if path is None:
        yield sys.stdout
        sys.stdout.flush()
        return
    try:
        number = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise AuditError(f"{path} is there already, and stays as it is") from None
    except OSError as error:
        raise AuditError(f"{path} can't be written: {error.strerror}") from error
    with os.fdopen(number, "w", encoding="utf-8", newline="") as out:
        yield out
