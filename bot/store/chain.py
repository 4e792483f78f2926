"""The audit trail: events, each bound to the one before it by its hash."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.domain.change import Event
from bot.ports import StoredEvent
from bot.store import codec
from bot.store.columns import clean
from bot.store.tables import events, trail

GENESIS = "0" * 64
"""What the first event has for the hash of the one before it."""

PORTION = 500
"""Events that `verify` holds in memory at once."""


@dataclass(frozen=True, slots=True)
class Fault:
    """The trail is not what was written, at the event with this id."""

    id: int
    what: str


def append(conn: Connection, new: Iterable[Event], now: datetime) -> None:
    """Add *new* to the trail. The head's row is locked: appenders on several connections take turns.

    The last thing that a transaction does: taken before other rows, that lock could meet one coming the other way.
    """
    new = tuple(new)
    if not new:
        return
    head = conn.execute(select(trail.c.length, trail.c.hash).with_for_update()).one()
    count, previous = head.length, head.hash
    rows = []
    for event in new:
        count += 1
        row = {
            "id": count,
            "at": codec.utc(now),
            "actor": clean(event.actor),
            "kind": clean(event.kind),
            "invocation": clean(event.invocation),
            "data": codec.dumps(event.data, canonical=True),
        }
        previous = row["hash"] = _hash(previous, row)
        rows.append(row)
    conn.execute(insert(events), rows)
    conn.execute(update(trail).values(length=count, hash=previous))


def timeline(conn: Connection, invocation: str) -> tuple[StoredEvent, ...]:
    """The events of *invocation*, oldest first."""
    found = conn.execute(select(events).where(events.c.invocation == invocation).order_by(events.c.id))
    return tuple(_stored(row) for row in found)


def verify(conn: Connection) -> list[Fault]:
    """Walk the whole trail, in bounded memory but for the faults; where it is whole there are none."""
    head = conn.execute(select(trail.c.length, trail.c.hash)).one_or_none()
    if head is None:
        return [Fault(0, "the trail's head is missing")]
    faults: list[Fault] = []
    last, previous, known = 0, GENESIS, True
    for row in _walk(conn):
        if row.id <= last:
            faults.append(Fault(row.id, f"event {row.id} was inserted"))
            continue
        if row.id > last + 1:
            faults.append(Fault(last + 1, _missing(last + 1, row.id - 1)))
            known = False  # its hash rests on one that isn't there
        if known and _hash(previous, row._mapping) != row.hash:
            faults.append(Fault(row.id, f"event {row.id} was altered"))
        last, previous, known = row.id, row.hash, True
    return faults + _end(last, previous, head.length, head.hash)


def _end(last: int, last_hash: str, count: int, head_hash: str) -> list[Fault]:
    if last < count:
        return [Fault(last + 1, f"{_missing(last + 1, count)}: the trail's end was cut off")]
    if last > count:
        return [Fault(count + 1, f"event {count + 1} was inserted: the trail's head counts {count}")]
    if last_hash != head_hash:
        return [Fault(last, f"event {last} is not the one that the trail's head knows")]
    return []


def _missing(first: int, last: int) -> str:
    return f"event {first} is missing" if first == last else f"events {first} to {last} are missing"


def _walk(conn: Connection) -> Iterator[Any]:
    query = select(events).order_by(events.c.id).limit(PORTION)
    portion = conn.execute(query).all()
    while portion:
        yield from portion
        portion = conn.execute(query.where(events.c.id > portion[-1].id)).all()


def _hash(previous: str, row: Mapping[Any, Any]) -> str:
    at = row["at"].isoformat(timespec="microseconds")
    covered = [previous, row["id"], at, row["actor"], row["kind"], row["invocation"], row["data"]]
    return hashlib.sha256(codec.dumps(covered).encode()).hexdigest()


def _stored(row: Any) -> StoredEvent:
    data = codec.loads(dict[str, Any], row.data)
    return StoredEvent(row.id, row.at, Event(row.kind, row.actor, row.invocation, data), row.hash)
