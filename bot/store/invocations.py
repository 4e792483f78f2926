"""Invocations with their batches and approvals, loaded whole in three queries, and their results."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, Table, func, select

from bot.domain.invocation import Approval, Batch, BatchState, Invocation, State
from bot.domain.result import Outcome, Result
from bot.store.tables import approvals, batches, invocations, results


def names(kind: type[Any], *, leave: Iterable[str] = ()) -> tuple[str, ...]:
    left = set(leave)
    return tuple(field.name for field in fields(kind) if field.name not in left)


INVOCATION = names(Invocation, leave=("batches", "approvals"))
BATCH = names(Batch)
APPROVAL = names(Approval)
RESULT = names(Result)


def load(conn: Connection, invocation: str) -> Invocation | None:
    """The invocation with this id."""
    return next(iter(_whole(conn, select(invocations).where(invocations.c.id == invocation))), None)


def by_request_key(conn: Connection, key: str) -> Invocation | None:
    """The invocation that has *key*."""
    return next(iter(_whole(conn, select(invocations).where(invocations.c.request_key == key))), None)


def due(conn: Connection, states: Iterable[State], now: datetime, limit: int) -> tuple[Invocation, ...]:
    """Those in *states* whose next_at has come, oldest next_at first."""
    return _whole(conn, due_query(states, now, limit))


def due_query(states: Iterable[State], now: datetime, limit: int) -> Select[Any]:
    """A range of the index for each state."""
    t = invocations.c
    wanted = select(invocations).where(t.state.in_(tuple(states)), t.next_at <= now)
    return wanted.order_by(t.next_at, t.id).limit(limit)


def next_due(conn: Connection, states: Iterable[State]) -> datetime | None:
    """The earliest next_at among those in *states*."""
    earliest: datetime | None = conn.execute(next_due_query(states)).scalar_one()
    return earliest


def next_due_query(states: Iterable[State]) -> Select[Any]:
    """Answered from the index alone."""
    t = invocations.c
    return select(func.min(t.next_at)).where(t.state.in_(tuple(states)), t.next_at.is_not(None))


def due_batches(conn: Connection, states: Iterable[BatchState], now: datetime, limit: int) -> tuple[Invocation, ...]:
    """Those with a batch in *states* whose next_at has come, the oldest such next_at first."""
    return _whole(conn, due_batches_query(states, now, limit))


def due_batches_query(states: Iterable[BatchState], now: datetime, limit: int) -> Select[Any]:
    """Ranges of the batches' index, then the invocations by their ids."""
    b, at = batches.c, func.min(batches.c.next_at).label("at")
    come = select(b.invocation, at).where(b.state.in_(tuple(states)), b.next_at <= now).group_by(b.invocation)
    first = come.order_by(at, b.invocation).limit(limit).subquery()
    joined = select(invocations).join(first, invocations.c.id == first.c.invocation)
    return joined.order_by(first.c.at, invocations.c.id)


def next_due_batch(conn: Connection, states: Iterable[BatchState]) -> datetime | None:
    """The earliest next_at among batches in *states*."""
    earliest: datetime | None = conn.execute(next_due_batch_query(states)).scalar_one()
    return earliest


def next_due_batch_query(states: Iterable[BatchState]) -> Select[Any]:
    """Answered from the index alone."""
    b = batches.c
    return select(func.min(b.next_at)).where(b.state.in_(tuple(states)), b.next_at.is_not(None))


def recent(conn: Connection, limit: int, user: str | None, open_only: bool) -> tuple[Invocation, ...]:
    """The newest first; of one requester; those not over."""
    return _whole(conn, recent_query(limit, user, open_only))


def recent_query(limit: int, user: str | None, open_only: bool) -> Select[Any]:
    """Read from the end of the index that fits, until *limit* are found."""
    t = invocations.c
    query = select(invocations).order_by(t.created_at.desc(), t.id.desc()).limit(limit)
    if user is not None:
        query = query.where(t.requester == user)
    if open_only:
        query = query.where(t.open.is_(True))
    return query


def asked_since(conn: Connection, user: str, moment: datetime) -> int:
    """How many invocations *user* asked for since *moment*."""
    t = invocations.c
    query = select(func.count()).select_from(invocations).where(t.requester == user, t.created_at >= moment)
    return int(conn.execute(query).scalar_one())


def succeeded_before(conn: Connection, snippet: str, target: str) -> bool:
    """Has *snippet* ever succeeded on *target*?"""
    t = invocations.c
    query = select(t.id).where(t.snippet == snippet, t.target == target, t.state == State.SUCCEEDED).limit(1)
    return conn.execute(query).first() is not None


def to_review(conn: Connection, limit: int) -> tuple[Invocation, ...]:
    """What ran under break-glass and nobody has reviewed, the oldest first."""
    t = invocations.c
    ran = select(invocations).where(t.break_glass.is_(True), t.started_at.is_not(None), t.review.is_(None))
    return _whole(conn, ran.order_by(t.created_at, t.id).limit(limit))


def results_of(conn: Connection, invocation: str) -> tuple[Result, ...]:
    """The results of *invocation*, by name and instance id."""
    query = select(results).where(results.c.invocation == invocation)
    rows = conn.execute(query.order_by(results.c.name, results.c.instance)).mappings()
    return tuple(Result(**_fields(row, RESULT, outcome=Outcome(row["outcome"]))) for row in rows)


def _whole(conn: Connection, query: Select[Any]) -> tuple[Invocation, ...]:
    rows = conn.execute(query).mappings().all()
    ids = [row["id"] for row in rows]
    its_batches: dict[str, list[Batch]] = defaultdict(list)
    its_approvals: dict[str, list[Approval]] = defaultdict(list)
    if ids:
        for row in conn.execute(_parts_query(batches, ids)).mappings():
            batch = Batch(**_fields(row, BATCH, state=BatchState(row["state"])))
            its_batches[row["invocation"]].append(batch)
        for row in conn.execute(_parts_query(approvals, ids)).mappings():
            its_approvals[row["invocation"]].append(Approval(**_fields(row, APPROVAL)))
    return tuple(
        Invocation(
            **_fields(row, INVOCATION, state=State(row["state"])),
            batches=tuple(its_batches[row["id"]]),
            approvals=tuple(its_approvals[row["id"]]),
        )
        for row in rows
    )


def _parts_query(table: Table, ids: Sequence[str]) -> Select[Any]:
    return select(table).where(table.c.invocation.in_(ids)).order_by(table.c.invocation, table.c.no)


def _fields(row: RowMapping, names: Iterable[str], **read: Any) -> dict[str, Any]:
    return {name: row[name] for name in names} | read
