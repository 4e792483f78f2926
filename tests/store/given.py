"""Values that the store's tests begin with."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.domain.access import Grant
from bot.domain.change import Change, Event
from bot.domain.invocation import Batch, Invocation, State
from bot.domain.message import MessageKind, OutboxRow, Owed
from bot.domain.result import Result
from bot.store import SqlStore

NOW = datetime(2026, 3, 1, 3, 10, 0, 123456, tzinfo=UTC)
LATER = NOW + timedelta(days=365)
SECOND = timedelta(seconds=1)
CARD = Owed(MessageKind.CARD)


def invocation(id: str = "i1", **fields: object) -> Invocation:  # noqa: A002 - the field's own name
    """An invocation as a verb makes it."""
    made = Invocation(
        id=id,
        request_key=f"key-{id}",
        snippet="mem",
        target="web-prod",
        params=(("lines", "20"),),
        requester="U1",
        team="T1",
        home="C1",
        created_at=NOW,
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def batch(no: int, **fields: object) -> Batch:
    """A batch of one instance."""
    return replace(Batch(no, 0, (f"i-{no}",)), **fields)  # type: ignore[arg-type]


def grant(user: str = "U1", role: str = "oncall", **fields: object) -> Grant:
    """A grant without end."""
    return replace(Grant(user, role, "UADMIN", NOW), **fields)  # type: ignore[arg-type]


def event(kind: str = "moved", invocation: str = "i1", **data: object) -> Event:
    """An event of U1's."""
    return Event(kind, "U1", invocation, data)


async def added(store: SqlStore, made: Invocation, *owed: Owed) -> Invocation:
    """*made*, stored."""
    return await store.add(made, [event("asked", made.id)], owed)


async def changed(
    store: SqlStore,
    before: Invocation,
    *owed: Owed,
    results: tuple[Result, ...] = (),
    at: datetime = NOW,
    **fields: object,
) -> Invocation:
    """*before* with *fields* changed, stored; as it is stored then."""
    after = replace(before, **fields)  # type: ignore[arg-type]
    assert await store.apply(Change(before, after, (event("moved", before.id),), owed, results), at)
    return replace(after, version=before.version + 1)


async def message(store: SqlStore, kind: MessageKind = MessageKind.CARD, at: datetime = LATER) -> OutboxRow:
    """The message of *kind* that is owed at *at*."""
    (row,) = [row for row in await store.owed(at, 100) if row.kind == kind]
    return row


async def raw(store: SqlStore, *statements: str) -> list[tuple[Any, ...]]:
    """What somebody does at the database's own console; the rows of the last statement."""

    def work(conn: Connection) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = []
        for statement in statements:
            found = conn.exec_driver_sql(statement)
            rows = [tuple(row) for row in found] if found.returns_rows else []
        return rows

    return await store._db.write(work)


async def tamper(store: SqlStore, *statements: str) -> None:
    """The same by one who got rid of the triggers."""
    if store._db.name == "sqlite":
        names = await raw(store, "SELECT name FROM sqlite_master WHERE type = 'trigger'")
        without = [f"DROP TRIGGER {name}" for (name,) in names]
    else:
        without = ["ALTER TABLE events DISABLE TRIGGER USER"]
    await raw(store, *without, *statements)


OPEN = tuple(state for state in State if not state.final)
