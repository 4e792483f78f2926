"""The trail's cut: what is older than it need be is given up from the beginning on, and the trail says so.

It is proved first, and an event that holds its last id and hash is added to what stays, whose chain begins there. Of
what is not as it was written nothing is given up: it is evidence.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, delete, func, or_, select, union_all, update

from bot.domain.change import Event
from bot.domain.invocation import State
from bot.ports import Forgotten
from bot.store import chain, codec, dialect
from bot.store.proof import CUT, cut, proved
from bot.store.tables import approvals, batches, events, invocations, outbox, results, role_grants, strays, trail

ATLEAST = timedelta(days=1)
"""So much is given up at once: a trail in which little happens is not to be full of cuts."""

PARTS = (results, approvals, batches, outbox)


def forget(conn: Connection, before: datetime, now: datetime, limit: int) -> Forgotten:
    """Give up events of before then, at most *limit*, and each invocation whose last event is among them.

    What an invocation that is open, unknown or to be reviewed has in the trail stays, and so does all after it.
    """
    dialect.hold(conn, "cut")
    begins = cut(conn)
    if _later_than(conn, begins.count, before - ATLEAST) == begins.count + 1:
        return Forgotten()
    last = _later_than(conn, begins.count, before) - 1
    needed = conn.execute(needed_query()).scalar()
    held = _of(conn, needed) if needed is not None and needed <= last else ""
    last = min(last, begins.count + limit, last if needed is None else needed - 1)
    if last <= begins.count:
        return Forgotten(held=held)
    ends = proved(conn, begins, last)
    if ends is None:
        return Forgotten(damaged=True)
    gone = _gone(conn, begins.count, last)
    _delete(conn, gone, before)
    facts = {"first": begins.count + 1, "last": last, "hash": ends.hash, "invocations": len(gone)}
    chain.append(conn, [Event(CUT, data=facts | {"before": codec.utc(before).isoformat()})], now)
    conn.execute(update(trail).values(cut=last, cut_hash=ends.hash))
    conn.execute(delete(events).where(events.c.id <= last))  # a trigger lets nothing go that is after the cut
    return Forgotten(last - begins.count, len(gone), held)


def needed_query() -> Select[Any]:
    """The first event of all that is not over: a look-up for each of those invocations."""
    t = invocations.c
    still = union_all(
        select(t.id).where(t.open.is_(True)),
        select(t.id).where(t.state == State.UNKNOWN),
        select(t.id).where(t.break_glass.is_(True), t.started_at.is_not(None), t.review.is_(None)),
    ).subquery()
    first = select(func.min(events.c.id)).where(events.c.invocation == still.c.id).correlate(still).scalar_subquery()
    return select(func.min(first)).select_from(still)


def _later_than(conn: Connection, cut_at: int, moment: datetime) -> int:
    """The id of the first event at *moment* or later: their times rise with their ids, but for seconds between
    replicas."""
    t = events.c
    low, high = cut_at + 1, conn.execute(select(trail.c.length)).scalar_one() + 1
    while low < high:
        middle = (low + high) // 2
        at = conn.execute(select(t.at).where(t.id >= middle).order_by(t.id).limit(1)).scalar()
        low, high = (middle + 1, high) if at is not None and at < moment else (low, middle)
    return low


def _of(conn: Connection, event: int) -> str:
    return str(conn.execute(select(events.c.invocation).where(events.c.id == event)).scalar_one())


def _gone(conn: Connection, cut_at: int, last: int) -> list[str]:
    """The invocations that have events up to *last*, and none after. Locked first: nobody adds one meanwhile."""
    t = events.c
    named = select(t.invocation).where(t.id > cut_at, t.id <= last, t.invocation != "").distinct()
    ids = sorted(conn.execute(named).scalars())
    conn.execute(select(invocations.c.id).where(invocations.c.id.in_(ids)).order_by(invocations.c.id).with_for_update())
    later = set(conn.execute(select(t.invocation).where(t.invocation.in_(ids), t.id > last).distinct()).scalars())
    return [one for one in ids if one not in later]


def _delete(conn: Connection, gone: Collection[str], before: datetime) -> None:
    """All that there is of the invocations *gone*; grants that were over before then, and strays that were settled."""
    for table in PARTS:
        conn.execute(delete(table).where(table.c.invocation.in_(gone)))
    conn.execute(delete(invocations).where(invocations.c.id.in_(gone)))
    conn.execute(delete(role_grants).where(or_(role_grants.c.ended_at < before, role_grants.c.until < before)))
    conn.execute(delete(strays).where(strays.c.settled_at < before))
