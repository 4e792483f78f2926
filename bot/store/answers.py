"""response_urls, with which anybody could answer in the bot's name: forgotten when that is of no use any more."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select, update

from bot.store.tables import invocations

PORTION = 200
"""Rows that are written in one statement."""


def forget(conn: Connection, since: datetime | None, before: datetime) -> int:
    """Blank those of invocations asked for from *since* on and before *before*; how many there were. Versions stay: no
    decision rests on them."""
    ids = [row.id for row in conn.execute(kept_query(since, before))]
    for start in range(0, len(ids), PORTION):
        portion = ids[start : start + PORTION]
        conn.execute(update(invocations).where(invocations.c.id.in_(portion)).values(response_url=""))
    return len(ids)


def kept_query(since: datetime | None, before: datetime) -> Select[Any]:
    """A range of the index by time; without *since* all that came before, which is for once."""
    t = invocations.c
    kept = select(t.id).where(t.created_at < before, t.response_url != "")
    return (kept if since is None else kept.where(t.created_at >= since)).order_by(t.created_at, t.id)
