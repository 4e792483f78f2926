"""Runs that should not be there, each found once, told once, and kept until somebody has looked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, tuple_, update

from bot.domain.change import Event
from bot.domain.invocation import BatchState
from bot.domain.strays import Astray, Listed, Stray
from bot.store import chain, dialect
from bot.store.engine import Database
from bot.store.tables import batches, strays

Row = tuple[str, int, str, BatchState]
"""A batch: its invocation, its number, its InvokeId, its state."""


class SqlStrays:
    """`usecases.reconcile.Strays` on the same database as the store. Each method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def batches(self, invocations: Sequence[str]) -> tuple[Row, ...]:
        """The batches of *invocations*, as far as there are any."""
        t = batches.c
        wanted = select(t.invocation, t.no, t.invoke_id, t.state).where(t.invocation.in_(set(invocations)))

        def work(conn: Connection) -> tuple[Row, ...]:
            return tuple((r.invocation, r.no, r.invoke_id, BatchState(r.state)) for r in conn.execute(wanted))

        return await self._db.read(work)

    async def add(self, found: Sequence[tuple[Stray, Event]], now: datetime) -> tuple[Stray, ...]:
        """Store those that are new, each with its event; which they were. They are to be told from now on."""

        def work(conn: Connection) -> tuple[Stray, ...]:
            dialect.hold(conn, "strays")
            new = [(stray, event) for stray, event in found if not _known(conn, stray)]
            if new:
                conn.execute(insert(strays), [_values(stray) | {"tell_at": now} for stray, _ in new])
                chain.append(conn, [event for _, event in new], now)
            return tuple(stray for stray, _ in new)

        return await self._db.write(work)

    async def standing(self, limit: int) -> tuple[Stray, ...]:
        """Those that nobody has settled, the newest first."""
        t = strays.c
        query = select(strays).where(t.settled_at.is_(None)).order_by(t.found_at.desc(), t.invoke_id).limit(limit)
        return await self._db.read(lambda conn: tuple(_stray(row) for row in conn.execute(query)))

    async def untold(self) -> datetime | None:
        """When the next of them is to be told."""
        t = strays.c
        query = select(t.tell_at).where(t.tell_at.is_not(None)).order_by(t.tell_at).limit(1)
        return await self._db.read(lambda conn: conn.execute(query).scalar())

    async def claim_untold(self, now: datetime, again_at: datetime) -> tuple[Stray, ...]:
        """Those to tell now. No other replica gets them before *again_at*, nor does this one."""
        t = strays.c

        def work(conn: Connection) -> tuple[Stray, ...]:
            dialect.hold(conn, "strays")
            query = select(strays).where(t.tell_at <= now).order_by(t.found_at, t.invoke_id)
            due = tuple(_stray(row) for row in conn.execute(query))
            if due:
                conn.execute(update(strays).where(_are(due)).values(tell_at=again_at))
            return due

        return await self._db.write(work)

    async def told(self, some: Sequence[Stray], users: Sequence[str], *, all_of_them: bool) -> None:
        """*users* have been written to about *some*; *all_of_them*: nobody else has to be."""
        values: dict[str, Any] = {"told": tuple(users)} | ({"tell_at": None} if all_of_them else {})
        await self._db.write(lambda conn: conn.execute(update(strays).where(_are(some)).values(values)))

    async def settle(self, until: datetime, event: Event, now: datetime) -> int:
        """Somebody has looked at all that were found *until* then; how many that settles. None: there is no event."""
        t = strays.c
        seen = update(strays).where(t.settled_at.is_(None), t.found_at <= until)

        def work(conn: Connection) -> int:
            count = conn.execute(seen.values(settled_at=now, settled_by=event.actor, tell_at=None)).rowcount
            chain.append(conn, (event,) if count else (), now)
            return count

        return await self._db.write(work)


def _are(some: Sequence[Stray]) -> Any:
    t = strays.c
    return tuple_(t.account, t.region, t.invoke_id).in_([stray.key for stray in some])


def _known(conn: Connection, stray: Stray) -> bool:
    return conn.execute(select(strays.c.invoke_id).where(_are([stray]))).first() is not None


def _values(stray: Stray) -> dict[str, Any]:
    run = stray.run
    return {
        "account": stray.account,
        "region": stray.region,
        "invoke_id": run.invoke_id,
        "name": run.name,
        "invocation": run.invocation,
        "requester": run.requester,
        "status": run.status,
        "created_at": run.created_at,
        "why": stray.why,
        "found_at": stray.found_at,
        "told": stray.told,
    }


def _stray(row: Any) -> Stray:
    run = Listed(row.invoke_id, row.name, row.invocation, row.requester, row.status, row.created_at)
    return Stray(row.account, row.region, run, Astray(row.why), row.found_at, row.told)
