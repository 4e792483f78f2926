"""Locks on targets, and what exclusive snippets have to themselves."""

from datetime import datetime

from sqlalchemy import Connection, delete, select

from bot.domain.guards import Lock
from bot.store import dialect
from bot.store.tables import invocations, locks

_ALL = select(locks)
"""Made once: every request asks it."""


def standing(conn: Connection, now: datetime) -> tuple[Lock, ...]:
    """The locks that count at *now*, by target."""
    rows = conn.execute(_ALL).mappings()
    held = [lock for row in rows if (lock := Lock(**row)).holds(now)]
    return tuple(sorted(held, key=lambda lock: lock.target))


def take(conn: Connection, lock: Lock, now: datetime) -> Lock:
    """Store *lock*, or return the one of somebody else that holds."""
    dialect.hold(conn, f"lock {lock.target}")
    held = next((found for found in standing(conn, now) if found.target == lock.target), None)
    if held is not None and held.by != lock.by:
        return held
    conn.execute(delete(locks).where(locks.c.target == lock.target))
    conn.execute(locks.insert().values(target=lock.target, by=lock.by, at=lock.at, why=lock.why, until=lock.until))
    return lock


def end(conn: Connection, lock: Lock, now: datetime) -> bool:
    """End *lock*; False: it is over, or another one holds by now. The trail has its history."""
    dialect.hold(conn, f"lock {lock.target}")
    if lock not in standing(conn, now):
        return False
    conn.execute(delete(locks).where(locks.c.target == lock.target))
    return True


def holder(conn: Connection, claim: str) -> str | None:
    """The id of the invocation that holds *claim*."""
    found: str | None = conn.execute(select(invocations.c.id).where(invocations.c.claim == claim)).scalar()
    return found
