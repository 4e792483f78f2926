"""Invocations with their batches and approvals, loaded whole in three queries, and their results."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, Table, bindparam, func, select, tuple_, update

from bot.domain.invocation import Approval, Batch, BatchState, Invocation, State
from bot.domain.result import Outcome, Result
from bot.ports import BatchKey, Renewed
from bot.store import leases
from bot.store.leases import Replica
from bot.store.tables import approvals, batches, invocations, results


def names(kind: type[Any], *, leave: Iterable[str] = ()) -> tuple[str, ...]:
    left = set(leave)
    return tuple(field.name for field in fields(kind) if field.name not in left)


INVOCATION = names(Invocation, leave=("batches", "approvals"))
BATCH = names(Batch)
APPROVAL = names(Approval)
RESULT = names(Result)

_ENDED = (State.SUCCEEDED, State.PARTLY_FAILED, State.FAILED)


_WITH_ID = select(invocations).where(invocations.c.id == bindparam("id"))
_WITH_KEY = select(invocations).where(invocations.c.request_key == bindparam("key"))
"""Made once, as what is asked most is: to put a statement together takes longer than to carry it out."""


def load(conn: Connection, invocation: str) -> Invocation | None:
    """The invocation with this id."""
    return next(iter(_whole(conn, _WITH_ID, id=invocation)), None)


def by_request_key(conn: Connection, key: str) -> Invocation | None:
    """The invocation that has *key*."""
    return next(iter(_whole(conn, _WITH_KEY, key=key)), None)


def claim_due(
    conn: Connection, replica: Replica, states: Iterable[State], now: datetime, limit: int
) -> tuple[Invocation, ...]:
    """Those in *states* whose next_at has come, oldest next_at first: leased to *replica*."""
    return _claimed(conn, replica, due_query(replica, states, now, limit), now)


def due_query(replica: Replica, states: Iterable[State], now: datetime, limit: int) -> Select[Any]:
    """A range of the index for each state."""
    t = invocations.c
    wanted = select(invocations).where(t.state.in_(tuple(states)), t.next_at <= now, replica.free(invocations, now))
    return wanted.order_by(t.next_at, t.id).limit(limit)


def next_due(conn: Connection, replica: Replica, states: Iterable[State]) -> datetime | None:
    """The earliest next_at among those in *states*."""
    earliest: datetime | None = conn.execute(next_due_query(replica, states)).scalar_one()
    return earliest


def next_due_query(replica: Replica, states: Iterable[State]) -> Select[Any]:
    """Answered from the index alone, where there are no leases."""
    t = invocations.c
    at = func.min(replica.free_at(invocations, t.next_at), type_=t.next_at.type)
    return select(at).where(t.state.in_(tuple(states)), t.next_at.is_not(None))


def claim_due_batches(
    conn: Connection,
    replica: Replica,
    states: Sequence[BatchState],
    now: datetime,
    limit: int,
    *,
    hold: timedelta | None,
) -> tuple[Invocation, ...]:
    """Those with a batch in *states* whose next_at has come, the oldest such next_at first: leased to *replica*."""
    found = _claimed(conn, replica, due_batches_query(replica, states, now, limit), now)
    if hold is None or not found:
        return found
    b, until = batches.c, now + leases.longest(replica, hold)
    due = b.invocation.in_([one.id for one in found]), b.state.in_(states), b.next_at <= now
    conn.execute(update(batches).where(*due).values(next_at=until))
    return tuple(_held(one, states, now, until) for one in found)


def renew_batches(
    conn: Connection,
    replica: Replica,
    states: Sequence[BatchState],
    held: Mapping[BatchKey, datetime],
    now: datetime,
    *,
    hold: timedelta,
) -> Renewed:
    """Hold those of *held* for longer that nobody changed since. Nothing of them is read but their keys."""
    t, b, until = invocations.c, batches.c, now + leases.longest(replica, hold)
    mine = select(t.id).where(t.id.in_({invocation for invocation, _ in held}))
    if not replica.alone:  # the invocations are locked before their batches, as wherever something changes
        ids = conn.execute(leases.lockable(mine.where(t.leased_by == replica.id), replica)).scalars().all()
        leases.hold(conn, replica, ids, now)
        mine = select(t.id).where(t.id.in_(ids))
    same = tuple_(b.invocation, b.no, b.next_at).in_([(*key, at) for key, at in held.items()])
    kept = update(batches).where(b.invocation.in_(mine), b.state.in_(states), same).values(next_at=until)
    rows = conn.execute(kept.returning(b.invocation, b.no))
    return Renewed(until, tuple((invocation, no) for invocation, no in rows))


def _held(inv: Invocation, states: Sequence[BatchState], now: datetime, until: datetime) -> Invocation:
    """*inv* as it stands after its due batches were held *until* then."""
    due = (b.state in states and b.next_at is not None and b.next_at <= now for b in inv.batches)
    parts = (replace(b, next_at=until) if its else b for b, its in zip(inv.batches, due, strict=True))
    return replace(inv, batches=tuple(parts))


def hurry(conn: Connection, states: Iterable[BatchState], now: datetime) -> None:
    """All batches in *states* are due at *now*."""
    b = batches.c
    conn.execute(update(batches).where(b.state.in_(tuple(states)), b.next_at > now).values(next_at=now))


def took(conn: Connection, snippet: str, target: str, limit: int) -> tuple[float, ...]:
    """The seconds of the last *limit* that came to an end, the oldest first."""
    rows = conn.execute(took_query(snippet, target, limit)).all()
    return tuple((finished - started).total_seconds() for started, finished in reversed(rows) if started and finished)


def took_query(snippet: str, target: str, limit: int) -> Select[Any]:
    """Read from the end of its index."""
    t = invocations.c
    ended = select(t.started_at, t.finished_at).where(t.snippet == snippet, t.target == target, t.state.in_(_ENDED))
    return ended.order_by(t.created_at.desc()).limit(limit)


def due_batches_query(replica: Replica, states: Iterable[BatchState], now: datetime, limit: int) -> Select[Any]:
    """Ranges of the batches' index, then the invocations by their ids."""
    b, at = batches.c, func.min(batches.c.next_at).label("at")
    come = select(b.invocation, at).where(b.state.in_(tuple(states)), b.next_at <= now).group_by(b.invocation)
    if not replica.alone:
        come = come.join(invocations, invocations.c.id == b.invocation).where(replica.free(invocations, now))
    first = come.order_by(at, b.invocation).limit(limit).subquery()
    joined = select(invocations).join(first, invocations.c.id == first.c.invocation)
    # once more: what another leased since this statement began is looked at again when its row is locked
    return joined.where(replica.free(invocations, now)).order_by(first.c.at, invocations.c.id)


def next_due_batch(conn: Connection, replica: Replica, states: Iterable[BatchState]) -> datetime | None:
    """The earliest next_at among batches in *states*."""
    earliest: datetime | None = conn.execute(next_due_batch_query(replica, states)).scalar_one()
    return earliest


def next_due_batch_query(replica: Replica, states: Iterable[BatchState]) -> Select[Any]:
    """Answered from the index alone, where there are no leases."""
    b = batches.c
    at = func.min(replica.free_at(invocations, b.next_at), type_=b.next_at.type)
    query = select(at).select_from(batches).where(b.state.in_(tuple(states)), b.next_at.is_not(None))
    return query if replica.alone else query.join(invocations, invocations.c.id == b.invocation)


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


def unsettled(conn: Connection, limit: int) -> tuple[Invocation, ...]:
    """Those that are unknown, the newest first."""
    t = invocations.c
    unknown = select(invocations).where(t.state == State.UNKNOWN)
    return _whole(conn, unknown.order_by(t.created_at.desc(), t.id).limit(limit))


def results_of(conn: Connection, invocation: str) -> tuple[Result, ...]:
    """The results of *invocation*, by name and instance id."""
    query = select(results).where(results.c.invocation == invocation)
    rows = conn.execute(query).mappings()
    found = (Result(**_fields(row, RESULT, outcome=Outcome(row["outcome"]))) for row in rows)
    return tuple(sorted(found, key=lambda result: (result.name, result.instance)))  # each engine has its own alphabet


def _claimed(conn: Connection, replica: Replica, query: Select[Any], now: datetime) -> tuple[Invocation, ...]:
    found = _whole(conn, leases.lockable(query, replica))
    leases.hold(conn, replica, [one.id for one in found], now)
    return found


def _whole(conn: Connection, query: Select[Any], **values: str) -> tuple[Invocation, ...]:
    rows = conn.execute(query, values).mappings().all()
    ids = [row["id"] for row in rows]
    its_batches: dict[str, list[Batch]] = defaultdict(list)
    its_approvals: dict[str, list[Approval]] = defaultdict(list)
    if ids:
        for row in conn.execute(_parts(batches), {"ids": ids}).mappings():
            batch = Batch(**_fields(row, BATCH, state=BatchState(row["state"])))
            its_batches[row["invocation"]].append(batch)
        for row in conn.execute(_parts(approvals), {"ids": ids}).mappings():
            its_approvals[row["invocation"]].append(Approval(**_fields(row, APPROVAL)))
    return tuple(
        Invocation(
            **_fields(row, INVOCATION, state=State(row["state"])),
            batches=tuple(its_batches[row["id"]]),
            approvals=tuple(its_approvals[row["id"]]),
        )
        for row in rows
    )


@cache
def _parts(table: Table) -> Select[Any]:
    wanted = table.c.invocation.in_(bindparam("ids", expanding=True))
    return select(table).where(wanted).order_by(table.c.invocation, table.c.no)


def _fields(row: RowMapping, names: Iterable[str], **read: Any) -> dict[str, Any]:
    return {name: row[name] for name in names} | read
