"""The trail walked from its beginning: what it is, and whether it is as it was written."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Text, select, type_coerce

from bot.store import codec
from bot.store.chain import GENESIS, event_hash
from bot.store.tables import events, trail

PORTION = 500
"""Events that are in memory at once."""

CUT = "trail_cut"
"""The kind of the event that says that what was before the cut was given up."""

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
    """What a walk found: the times of the first and the last event, the head, the first SHOWN of *count* faults.

    *cut* is the last event that was given up, and *told* the event that says so.
    """

    first: datetime | None
    last: datetime | None
    head: Head
    faults: tuple[Fault, ...]
    count: int
    cut: Head
    told: int | None


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

    def tells_of(self, cut: Head) -> bool:
        """Is it the event that says that all up to *cut* was given up?"""
        if self.kind != CUT:
            return False
        try:
            data = codec.loads(dict[str, Any], self.data)
        except (codec.CodecError, TypeError):
            return False
        return (data.get("last"), data.get("hash")) == (cut.count, cut.hash)


def head(conn: Connection) -> Head | None:
    """The head that the database keeps beside the trail; None: its row is gone."""
    found = conn.execute(select(trail.c.length, trail.c.hash)).one_or_none()
    return None if found is None else Head(found.length, found.hash)


def cut(conn: Connection) -> Head:
    """The last event that was given up, and its hash; of a trail that has all of them, what comes before the first."""
    found = conn.execute(select(trail.c.cut, trail.c.cut_hash)).one_or_none()
    return Head(0, GENESIS) if found is None else Head(found.cut, found.cut_hash)


def proved(conn: Connection, begins: Head, last: int) -> Head | None:
    """Event *last*, if all from *begins* to there is as it was written."""
    reached = begins
    for row in walk(conn, after=begins.count):
        if row.id > last:
            break
        if row.id != reached.count + 1 or not row.follows(reached.hash):
            return None
        reached = Head(row.id, row.hash)
    return reached if reached.count == last else None


def examine(conn: Connection, witnesses: Iterable[Head] = ()) -> Report:
    """Walk the whole trail in bounded memory; *witnesses* are heads of it that were kept elsewhere."""
    kept, begins, told = head(conn), cut(conn), None
    found = _Faults()
    if kept is None:
        found.add(0, "the trail's head is missing")
    given = _Witnesses(found, witnesses)
    given.meet(begins)
    first = moment = None
    last, previous, known = begins.count, begins.hash, True
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
        told = row.id if row.tells_of(begins) else told
        given.meet(Head(last, previous))
    if begins.count and told is None:
        found.add(begins.count + 1, f"the trail begins with event {begins.count + 1}, and no event in it says why")
    if kept is not None:
        _end(found, last, previous, kept)
    given.rest(begins.count, last)
    return Report(first, moment, Head(last, previous), tuple(found.shown), found.count, begins, told)


def walk(conn: Connection, after: int | None = None) -> Iterator[Row]:
    """Every row by its id, *after* that one, whatever stands in it."""
    # The time as the driver has it: what is no time must be found, not fail the walk.
    at = type_coerce(events.c.at, Text).label("at")
    t = events.c
    query = select(t.id, at, t.actor, t.kind, t.invocation, t.data, t.hash).order_by(t.id).limit(PORTION)
    portion = conn.execute(query if after is None else query.where(t.id > after)).all()
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


class _Witnesses:
    """Heads that were kept elsewhere."""

    def __init__(self, found: _Faults, given: Iterable[Head]) -> None:
        self._found = found
        self._wanted: dict[int, set[Head]] = defaultdict(set)
        self._met = False
        for witness in given:
            if witness != Head(0, GENESIS):
                self._wanted[witness.count].add(witness)

    def meet(self, head: Head) -> None:
        """The trail's state here: is it the one that was kept?"""
        if (given := self._wanted.pop(head.count, None)) is None:
            return
        self._met = True
        if given != {head}:
            self._found.add(head.count, f"event {head.count} is not the one of a head that was given")

    def rest(self, cut: int, last: int) -> None:
        """Those that the walk did not meet: of what was given up, of what is not there yet, or not there any more."""
        old = [count for count in self._wanted if 0 < count < cut]
        if old and not self._met:
            what = f"no head that was given is of event {cut} or later: of what is still there they prove nothing"
            self._found.add(cut, what)
        for count in sorted(self._wanted.keys() - set(old)):
            for _ in self._wanted[count]:
                if count > last:
                    self._found.add(last + 1, f"{_missing(last + 1, count)}: a head that was given counts {count}")
                else:
                    self._found.add(count, f"event {count} of a head that was given is not there")


def _missing(first: int, last: int) -> str:
    return f"event {first} is missing" if first == last else f"events {first} to {last} are missing"
