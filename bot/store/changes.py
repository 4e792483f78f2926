"""What becomes of invocations: added once, changed by one guarded update with all that goes with it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, update

from bot.domain.change import Change, Event
from bot.domain.invocation import Approval, Batch, Invocation
from bot.domain.message import Owed
from bot.errors import ClaimTaken
from bot.store import chain, dialect, locks, outbox
from bot.store.invocations import APPROVAL, BATCH, INVOCATION, RESULT, by_request_key, names
from bot.store.leases import Replica
from bot.store.tables import approvals, batches, invocations, results

_CHANGEABLE = names(Invocation, leave=("batches", "approvals", "id", "request_key", "created_at", "version"))


def add(conn: Connection, new: Sequence[Invocation]) -> list[Invocation]:
    """Insert *new*; of each, itself, or the one that has its request_key, and nothing was changed for it.

    That one may be its own: committed before, by a transaction whose end nobody was told of.
    """
    rows = [_values(one, INVOCATION) | {"open": not one.state.final} for one in new]
    added = set(conn.execute(_adding(conn.dialect.name), rows).scalars())
    told: list[Invocation] = []
    for one in new:
        if one.id in added:
            added.remove(one.id)
            _write_batches(conn, one.id, one.batches)
            _write_approvals(conn, one.id, one.approvals, 0)
            told.append(one)
        else:
            told.append(_first(conn, one.request_key))
    return told


def _first(conn: Connection, key: str) -> Invocation:
    first = by_request_key(conn, key)
    assert first is not None
    return first


@cache
def _adding(name: str) -> Any:
    adding = dialect.insert_for(name, invocations).on_conflict_do_nothing(index_elements=[invocations.c.request_key])
    return adding.returning(invocations.c.id)


def apply(conn: Connection, replica: Replica, change: Change, now: datetime) -> bool:
    """Apply *change* to version before.version, or to nothing at all. Somebody else's lease ends with it: what
    follows from it is done here, at once."""
    before, after = change.before, change.after
    if before.id != after.id:
        raise ValueError(f"a change of {before.id} can't become {after.id}")
    values = {name: getattr(after, name) for name in _CHANGEABLE}
    values = {name: value for name, value in values.items() if value != getattr(before, name)}
    if "state" in values:
        values["open"] = not after.state.final
    claim = values.pop("claim") if values.get("claim") is not None else None
    values |= {"version": before.version + 1, "its_id": before.id, "its_version": before.version}
    if conn.execute(_guarded(replica), values).rowcount == 0:
        return False
    if claim is not None:
        _take(conn, after.id, claim)
    _write_parts(conn, before, after)
    _upsert(conn, results, [{"invocation": after.id} | _values(r, RESULT) for r in change.results])
    outbox.want(conn, after.id, after.home, change.owed, now)
    chain.append(conn, change.events, now)
    return True


@cache
def _guarded(replica: Replica) -> Any:
    """Sets what it is executed with."""
    t = invocations.c
    its = t.id == bindparam("its_id"), t.version == bindparam("its_version")
    guarded = update(invocations).where(*its)
    return guarded if replica.alone else guarded.values(replica.keep(invocations))


def move_home(
    conn: Connection, invocation: str, home: str, *, event: Event, owed: Iterable[Owed], now: datetime
) -> None:
    """Change the home of *invocation* whatever its version, which goes up: a change decided before is refused."""
    values = {"home": home, "thread": "", "version": invocations.c.version + 1}
    moved = update(invocations).where(invocations.c.id == invocation).values(values)
    if conn.execute(moved).rowcount == 0:
        return
    outbox.leave_home(conn, invocation, home)
    outbox.want(conn, invocation, home, owed, now)
    chain.append(conn, (event,), now)


def _take(conn: Connection, invocation: str, claim: str) -> None:
    # After the guard: a change that is merely late must not be told that it is its own rival.
    dialect.hold(conn, f"claim {claim}")
    if (other := locks.holder(conn, claim)) is not None:
        raise ClaimTaken(other)
    conn.execute(update(invocations).where(invocations.c.id == invocation).values(claim=claim))


def _write_parts(conn: Connection, before: Invocation, after: Invocation) -> None:
    _write_batches(conn, after.id, [b for b in after.batches if b != before.batch(b.no)])
    if gone := {b.no for b in before.batches} - {b.no for b in after.batches}:
        conn.execute(delete(batches).where(batches.c.invocation == after.id, batches.c.no.in_(gone)))
    known = len(before.approvals)
    if after.approvals[:known] != before.approvals:
        raise ValueError(f"approvals of {after.id} can be added, never changed")
    _write_approvals(conn, after.id, after.approvals[known:], known)


def _write_batches(conn: Connection, invocation: str, changed: Iterable[Batch]) -> None:
    _upsert(conn, batches, [{"invocation": invocation} | _values(batch, BATCH) for batch in changed])


def _write_approvals(conn: Connection, invocation: str, new: Iterable[Approval], known: int) -> None:
    rows = [
        {"invocation": invocation, "no": no} | _values(approval, APPROVAL) for no, approval in enumerate(new, known)
    ]
    if rows:
        conn.execute(approvals.insert(), rows)


def _upsert(conn: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        conn.execute(_upserting(conn.dialect.name, table), rows)


@cache
def _upserting(name: str, table: Table) -> Any:
    statement = dialect.insert_for(name, table)
    new = statement.excluded
    rest = {c.name: new[c.name] for c in table.columns if not c.primary_key}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=rest)


def _values(record: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names}
