"""The trail, row by row, with all that a third party needs to prove it."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, Text, select, type_coerce

from bot.store.chain import time_text
from bot.store.proof import PORTION, cut, moment_of
from bot.store.tables import events

FIELDS = ("id", "at", "actor", "kind", "invocation", "data", "previous", "hash")
"""What a row has, in this order. *data* is the very text that the hash covers."""

Exported = tuple[int, str, str, str, str, str, str, str]


def rows(conn: Connection, since: datetime | None, until: datetime | None) -> Iterator[Exported]:
    """The events from *since* on and before *until*, by id, in bounded memory.

    *previous* is the hash of the event before, empty where that one is missing. A time that is none stays as it is.
    """
    t, before = events.c, events.alias("before")
    at, previous = type_coerce(t.at, Text).label("at"), before.c.hash.label("previous")
    query = select(t.id, at, t.actor, t.kind, t.invocation, t.data, previous, t.hash)
    query = query.select_from(events.outerjoin(before, before.c.id == t.id - 1)).order_by(t.id).limit(PORTION)
    if since is not None:
        query = query.where(t.at >= since)
    if until is not None:
        query = query.where(t.at < until)
    begins = cut(conn)
    portion = conn.execute(query).all()
    while portion:
        for row in portion:
            moment = moment_of(row.at)
            time = time_text(moment) if moment is not None else str(row.at)
            known = begins.hash if row.id == begins.count + 1 else row.previous or ""
            yield row.id, time, row.actor, row.kind, row.invocation, row.data, known, row.hash
        portion = conn.execute(query.where(t.id > portion[-1].id)).all()
