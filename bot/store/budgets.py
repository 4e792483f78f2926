"""Slack's budgets as several replicas share them: one row for each bucket, locked by whoever takes from it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select, update

from bot.domain.pacing import Bucket, Draw
from bot.store import dialect
from bot.store.tables import budgets

IDLE = timedelta(days=1)


def draw(conn: Connection, wanted: Iterable[Draw], now: datetime) -> timedelta:
    """Take one token of each. Where one of them has none, nothing changes: how long until there is one.

    All lock their rows in the order of names, so that no two wait for each other.
    """
    taken: list[tuple[Draw, Bucket]] = []
    longest = timedelta(0)
    for one in sorted(wanted, key=lambda each: each.name):
        bucket, wait = _locked(conn, one, now).take(now, one.reserve)
        taken.append((one, bucket))
        longest = max(longest, wait)
    if not longest:
        for one, bucket in taken:
            _store(conn, one, bucket)
    return longest


def drain(conn: Connection, wanted: Draw, until: datetime) -> None:
    """Slack said when to come back: there is nothing in it until then."""
    _store(conn, wanted, _locked(conn, wanted, until).drained(until))


def tidy(conn: Connection, now: datetime) -> None:
    """Forget the buckets that nobody took from for a day: they are full, as new ones are."""
    conn.execute(delete(budgets).where(budgets.c.at < now - IDLE))


def _locked(conn: Connection, wanted: Draw, now: datetime) -> Bucket:
    full = {"name": wanted.name, "level": wanted.capacity, "at": now}
    found = _row(conn, wanted.name)
    if found is None:
        conn.execute(dialect.insert(conn, budgets).on_conflict_do_nothing(), full)
        found = _row(conn, wanted.name)
    return Bucket(wanted.capacity, wanted.rate, found.level, found.at)


def _row(conn: Connection, name: str) -> Any:
    return conn.execute(select(budgets).where(budgets.c.name == name).with_for_update()).one_or_none()


def _store(conn: Connection, wanted: Draw, bucket: Bucket) -> None:
    conn.execute(update(budgets).where(budgets.c.name == wanted.name).values(level=bucket.level, at=bucket.at))
