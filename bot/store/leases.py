"""Which replica works on a row, so that no two do the same work at once.

Leases save work and doubled messages, no more: that a change is applied once rests on versions, and
that a run is started once on ClientTokens. A lease that ends frees its row. SQLite has one process,
to which every row is free: there, nothing is written.
"""

import os
import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, case, func, or_, select, true, update

from bot.domain.invocation import BatchState
from bot.store.tables import batches, invocations, outbox

LEASE = timedelta(seconds=20)
"""Of an invocation. Renewed at every look for work, which come 5 s apart at most."""

_LONG_SINCE = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Replica:
    """This process. *alone*: nobody else uses the database."""

    id: str
    alone: bool

    def free(self, table: Table, now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
        """Its rows that nobody else holds at *now*."""
        t = table.c
        return true() if self.alone else or_(t.leased_by.is_(None), t.leased_by == self.id, t.leased_until <= now)

    def free_at(self, table: Table, at: ColumnElement[datetime]) -> ColumnElement[Any]:
        """*at*, or the end of somebody else's lease if that is later."""
        t = table.c
        others = t.leased_by != self.id
        return at if self.alone else case((others, func.greatest(at, t.leased_until)), else_=at)

    def end(self, table: Table) -> dict[str, Any]:
        """What an UPDATE sets so that this replica holds the row no longer; somebody else's lease stays."""
        t = table.c
        return {} if self.alone else {"leased_by": case((t.leased_by == self.id, None), else_=t.leased_by)}

    def keep(self, table: Table) -> dict[str, Any]:
        """What an UPDATE sets so that nobody else holds the row: what this replica changed, it can go on with."""
        t = table.c
        return {} if self.alone else {"leased_by": case((t.leased_by == self.id, t.leased_by), else_=None)}


def new_replica(*, alone: bool) -> Replica:
    """One whose name no other process has, nor this one after a restart."""
    return Replica(f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}", alone)


def lockable(query: Select[Any], replica: Replica) -> Select[Any]:
    """*query* for rows of `invocations` that are leased next; those that another is just leasing are left out."""
    return query if replica.alone else query.with_for_update(of=invocations, skip_locked=True)


def hold(conn: Connection, replica: Replica, ids: Sequence[str], now: datetime) -> None:
    """Lease the invocations *ids*, whose rows are locked; a lease that is young enough is left as it is."""
    if replica.alone or not ids:
        return
    t = invocations.c
    old = or_(t.leased_by.is_distinct_from(replica.id), t.leased_until < now + LEASE / 2)
    conn.execute(update(invocations).where(t.id.in_(ids), old).values(leased_by=replica.id, leased_until=now + LEASE))


def longest(replica: Replica, wanted: timedelta) -> timedelta:
    """*wanted*, or for how long it may hold what it follows without looking at its lease: that must not end before."""
    return wanted if replica.alone else min(wanted, LEASE / 2)


def release(conn: Connection, replica: Replica) -> None:
    """Hold nothing any more: others need not wait for the leases' end, and look at once at what it followed."""
    if replica.alone:
        return
    mine, none = invocations.c.leased_by == replica.id, {"leased_by": None, "leased_until": None}
    followed = select(invocations.c.id).where(invocations.c.open.is_(True), mine)
    b = batches.c
    running = b.invocation.in_(followed), b.state.in_((BatchState.RUNNING, BatchState.STOPPING))
    conn.execute(update(batches).where(*running).values(next_at=_LONG_SINCE))
    conn.execute(update(invocations).where(invocations.c.open.is_(True), mine).values(none))
    owed = outbox.c.wanted > outbox.c.delivered
    conn.execute(update(outbox).where(owed, outbox.c.leased_by == replica.id).values(none))
