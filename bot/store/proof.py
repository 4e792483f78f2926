"""The trail walked from its beginning: what it is, and whether it is as it was written."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Text, select, type_coerce

from bot.store.chain import GENESIS, event_hash
from bot.store.tables import events, trail

PORTION = 500
"""Events that are in memory at once."""

SHOWN = 20
"""Faults that a report names; it counts them all."""


@dataclass(frozen=True, slots=True)
class Fault:
    """The trail is not what was written, at the event with this id."""

    id: int
    what: str


@dataclass(frozen=True, slots=True)
class Head:
    """The state of a trail: how many events, and the hash of the last, which rests on all before it."""

    count: int
    hash: str

    def __str__(self) -> str:
        """As it is printed, kept elsewhere, and given back: `COUNT:HASH`."""
        return f"{self.count}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Report:
    """What a walk found: the times of the first and the last event, the head, the first SHOWN of *count* faults."""

    first: datetime | None
    last: datetime | None
    head: Head
    faults: tuple[Fault, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Row:
    """An event as it stands in the table, before anybody believes it. *at* is None where it is no time."""

    id: int
    at: datetime | None
    actor: Any
    kind: Any
    invocation: Any
    data: Any
    hash: Any

    def follows(self, previous: str) -> bool:
        """Is its hash the one of what it holds and of the one before it?"""
        if self.at is None:
            return False
        try:
            expected = event_hash(previous, self.id, self.at, self.actor, self.kind, self.invocation, self.data)
        except (TypeError, ValueError):  # not text, such as a BLOB
            return False
        return bool(expected == self.hash)


def head(conn: Connection) -> Head | None:
    """The head that the database keeps beside the trail; None: its row is gone."""
    found = conn.execute(select(trail.c.length, trail.c.hash)).one_or_none()
    return None if found is None else Head(found.length, found.hash)


def examine(conn: Connection, witnesses: Iterable[Head] = ()) -> Report:
    """Walk the whole trail in bounded memory; *witnesses* are heads of it that were kept elsewhere."""
    kept = head(conn)
    found = _Faults()
    if kept is None:
        found.add(0, "the trail's head is missing")
    wanted: dict[int, set[Head]] = defaultdict(set)
    for witness in witnesses:
        wanted[witness.count].add(witness)
    first = moment = None
    last, previous, known = 0, GENESIS, True
    for row in walk(conn):
        if row.id <= last:
            found.add(row.id, f"event {row.id} was inserted")
            continue
        if row.id > last + 1:
            found.add(last + 1, _missing(last + 1, row.id - 1))
            known = False  # its hash rests on one that isn't there
        if known and not row.follows(previous):
            found.add(row.id, f"event {row.id} was altered")
        last, previous, known = row.id, str(row.hash), True
        first, moment = first or row.at, row.at or moment
        if wanted.pop(last, set()) - {Head(last, previous)}:
            found.add(last, f"event {last} is not the one of a head that was given")
    if kept is not None:
        _end(found, last, previous, kept)
    _unseen(found, last, sorted(set().union(*wanted.values()), key=lambda head: head.count))
    return Report(first, moment, Head(last, previous), tuple(found.shown), found.count)


def walk(conn: Connection) -> Iterator[Row]:
    """Every row by its id, whatever stands in it."""
    # The time as the driver has it: what is no time must be found, not fail the walk.
    at = type_coerce(events.c.at, Text).label("at")
    t = events.c
    query = select(t.id, at, t.actor, t.kind, t.invocation, t.data, t.hash).order_by(t.id).limit(PORTION)
    portion = conn.execute(query).all()
    while portion:
        for row in portion:
            yield Row(row.id, moment_of(row.at), row.actor, row.kind, row.invocation, row.data, row.hash)
        portion = conn.execute(query.where(t.id > portion[-1].id)).all()


def moment_of(value: Any) -> datetime | None:
    """The time that a driver gave: PostgreSQL's is one, SQLite's is text without a zone."""
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None


class _Faults:
    """Counts all, keeps the first."""

    def __init__(self) -> None:
        self.shown: list[Fault] = []
        self.count = 0

    def add(self, id: int, what: str) -> None:  # noqa: A002 - the column's name
        self.count += 1
        if len(self.shown) < SHOWN:
            self.shown.append(Fault(id, what))


def _end(found: _Faults, last: int, last_hash: str, kept: Head) -> None:
    if last < kept.count:
        found.add(last + 1, f"{_missing(last + 1, kept.count)}: the trail's end was cut off")
    elif last > kept.count:
        found.add(kept.count + 1, f"event {kept.count + 1} was inserted: the trail's head counts {kept.count}")
    elif last_hash != kept.hash:
        found.add(last, f"event {last} is not the one that the trail's head knows")


def _unseen(found: _Faults, last: int, witnesses: Iterable[Head]) -> None:
    """Heads that were kept elsewhere, of events that the walk did not meet."""
    for witness in witnesses:
        if witness.count == 0 and witness.hash == GENESIS:
            continue
        if witness.count > last:
            found.add(last + 1, f"{_missing(last + 1, witness.count)}: a head that was given counts {witness.count}")
        else:
            found.add(witness.count, f"event {witness.count} of a head that was given is not there")


def _missing(first: int, last: int) -> str:
    return f"event {first} is missing" if first == last else f"events {first} to {last} are missing"
