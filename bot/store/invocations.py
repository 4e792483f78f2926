"""Invocations with their batches, approvals and results: loaded whole, changed by one guarded update."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, Table, delete, func, select, update

from bot.domain.change import Change, Event
from bot.domain.invocation import Approval, Batch, BatchState, Invocation, State
from bot.domain.result import Outcome, Result
from bot.store import chain, dialect, outbox
from bot.store.tables import approvals, batches, invocations, results

_PARTS = {"batches", "approvals"}  # fields of an invocation that have a table of their own
_FIXED = {"id", "request_key", "created_at", "version"}  # no decision changes them


def _names(kind: type[Any], *, leave: Iterable[str] = ()) -> tuple[str, ...]:
    left = set(leave)
    return tuple(field.name for field in fields(kind) if field.name not in left)


_INVOCATION = _names(Invocation, leave=_PARTS)
_CHANGEABLE = _names(Invocation, leave=_PARTS | _FIXED)
_BATCH = _names(Batch)
_APPROVAL = _names(Approval)
_RESULT = _names(Result)


# ── Writing ────────────────────────────────────────────────────────────────────


def add(conn: Connection, invocation: Invocation) -> Invocation | None:
    """Insert *invocation*; None: done; else the one that has its request_key, and nothing was changed."""
    statement = dialect.insert(conn, invocations).on_conflict_do_nothing(index_elements=[invocations.c.request_key])
    values = _values(invocation, _INVOCATION) | {"open": not invocation.state.final}
    if conn.execute(statement, values).rowcount == 0:
        (first,) = _whole(conn, select(invocations).where(invocations.c.request_key == invocation.request_key))
        return first
    _write_batches(conn, invocation.id, invocation.batches)
    _write_approvals(conn, invocation.id, invocation.approvals, 0)
    return None


def apply(conn: Connection, change: Change, now: datetime) -> bool:
    """Apply *change* to version before.version, or to nothing at all."""
    before, after = change.before, change.after
    if before.id != after.id:
        raise ValueError(f"a change of {before.id} can't become {after.id}")
    values = {name: getattr(after, name) for name in _CHANGEABLE}
    values = {name: value for name, value in values.items() if value != getattr(before, name)}
    if "state" in values:
        values["open"] = not after.state.final
    guarded = update(invocations).where(invocations.c.id == before.id, invocations.c.version == before.version)
    if conn.execute(guarded.values(**values, version=before.version + 1)).rowcount == 0:
        return False
    _write_parts(conn, before, after)
    _upsert(conn, results, [{"invocation": after.id} | _values(r, _RESULT) for r in change.results])
    chain.append(conn, change.events, now)
    outbox.want(conn, after.id, change.owed, now)
    return True


def move_home(conn: Connection, invocation: str, home: str, event: Event, now: datetime) -> bool:
    """Change the home of *invocation* whatever its version, which goes up: a change decided before is refused."""
    moved = (
        update(invocations).where(invocations.c.id == invocation).values(home=home, version=invocations.c.version + 1)
    )
    if conn.execute(moved).rowcount == 0:
        return False
    outbox.leave_home(conn, invocation)
    chain.append(conn, (event,), now)
    return True


def _write_parts(conn: Connection, before: Invocation, after: Invocation) -> None:
    _write_batches(conn, after.id, [b for b in after.batches if b != before.batch(b.no)])
    if gone := {b.no for b in before.batches} - {b.no for b in after.batches}:
        conn.execute(delete(batches).where(batches.c.invocation == after.id, batches.c.no.in_(gone)))
    known = len(before.approvals)
    if after.approvals[:known] != before.approvals:
        raise ValueError(f"approvals of {after.id} can be added, never changed")
    _write_approvals(conn, after.id, after.approvals[known:], known)


def _write_batches(conn: Connection, invocation: str, changed: Iterable[Batch]) -> None:
    _upsert(conn, batches, [{"invocation": invocation} | _values(batch, _BATCH) for batch in changed])


def _write_approvals(conn: Connection, invocation: str, new: Iterable[Approval], known: int) -> None:
    rows = [
        {"invocation": invocation, "no": no} | _values(approval, _APPROVAL) for no, approval in enumerate(new, known)
    ]
    if rows:
        conn.execute(approvals.insert(), rows)


def _upsert(conn: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    key = list(table.primary_key)
    statement = dialect.insert(conn, table)
    rest = {c.name: statement.excluded[c.name] for c in table.columns if not c.primary_key}
    conn.execute(statement.on_conflict_do_update(index_elements=key, set_=rest), rows)


def _values(record: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names}


# ── Reading ────────────────────────────────────────────────────────────────────


def load(conn: Connection, invocation: str) -> Invocation | None:
    """The invocation with this id."""
    return next(iter(_whole(conn, select(invocations).where(invocations.c.id == invocation))), None)


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


def results_of(conn: Connection, invocation: str) -> tuple[Result, ...]:
    """The results of *invocation*, by name and instance id."""
    query = select(results).where(results.c.invocation == invocation)
    rows = conn.execute(query.order_by(results.c.name, results.c.instance)).mappings()
    return tuple(Result(**_fields(row, _RESULT, outcome=Outcome(row["outcome"]))) for row in rows)


def _whole(conn: Connection, query: Select[Any]) -> tuple[Invocation, ...]:
    rows = conn.execute(query).mappings().all()
    ids = [row["id"] for row in rows]
    its_batches: dict[str, list[Batch]] = defaultdict(list)
    its_approvals: dict[str, list[Approval]] = defaultdict(list)
    if ids:
        for row in conn.execute(_parts_query(batches, ids)).mappings():
            batch = Batch(**_fields(row, _BATCH, state=BatchState(row["state"])))
            its_batches[row["invocation"]].append(batch)
        for row in conn.execute(_parts_query(approvals, ids)).mappings():
            its_approvals[row["invocation"]].append(Approval(**_fields(row, _APPROVAL)))
    return tuple(
        Invocation(
            **_fields(row, _INVOCATION, state=State(row["state"])),
            batches=tuple(its_batches[row["id"]]),
            approvals=tuple(its_approvals[row["id"]]),
        )
        for row in rows
    )


def _parts_query(table: Table, ids: Sequence[str]) -> Select[Any]:
    return select(table).where(table.c.invocation.in_(ids)).order_by(table.c.invocation, table.c.no)


def _fields(row: RowMapping, names: Iterable[str], **read: Any) -> dict[str, Any]:
    return {name: row[name] for name in names} | read
