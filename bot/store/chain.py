"""The audit trail: events, each bound to the one before it by its hash."""

import hashlib
from collections.abc import Iterable, Sequence
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

_HEAD, _ADD, _MOVE = select(trail.c.length, trail.c.hash).with_for_update(), insert(events), update(trail)
"""Built once: to build them takes longer than to carry them out."""


def append(conn: Connection, new: Iterable[Event], now: datetime) -> None:
    """Add *new* to the trail, as of *now*."""
    append_all(conn, [(event, now) for event in new])


def append_all(conn: Connection, new: Sequence[tuple[Event, datetime]]) -> None:
    """Add *new*, each with its time, to the trail. The head's row is locked: appenders on several connections take
    turns.

    The last thing that a transaction does: taken before other rows, that lock could meet one coming the other way.
    """
    if not new:
        return
    head = conn.execute(_HEAD).one()
    count, previous = head.length, head.hash
    rows = []
    for event, at in new:
        count += 1
        actor, kind, invocation = clean(event.actor), clean(event.kind), clean(event.invocation)
        data = codec.dumps(event.data, canonical=True)
        previous = event_hash(previous, count, codec.utc(at), actor, kind, invocation, data)
        row = {"id": count, "at": at, "actor": actor, "kind": kind, "invocation": invocation, "data": data}
        rows.append(row | {"hash": previous})
    conn.execute(_ADD, rows)
    conn.execute(_MOVE, {"length": count, "hash": previous})


def timeline(conn: Connection, invocation: str) -> tuple[StoredEvent, ...]:
    """The events of *invocation*, oldest first."""
    found = conn.execute(select(events).where(events.c.invocation == invocation).order_by(events.c.id))
    return tuple(_stored(row) for row in found)


def event_hash(previous: str, no: int, at: datetime, *texts: str) -> str:
    """SHA-256 (hex) over the hash before it and all that an event holds; docs/audit.md has the recipe.

    *texts* are its actor, kind, invocation and data.
    """
    covered = [previous, no, time_text(at), *texts]
    return hashlib.sha256(codec.dumps(covered).encode()).hexdigest()


def time_text(at: datetime) -> str:
    """The form of a time that the hash covers."""
    return at.isoformat(timespec="microseconds")


def _stored(row: Any) -> StoredEvent:
    data = codec.loads(dict[str, Any], row.data)
    return StoredEvent(row.id, row.at, Event(row.kind, row.actor, row.invocation, data), row.hash)
