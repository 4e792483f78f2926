"""The role table. A row that no longer counts has `until` behind it, or `ended_at`, and is kept as events are."""

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Executable, and_, bindparam, insert, or_, select, union_all, update

from bot.domain.access import Grant
from bot.store import dialect
from bot.store.tables import role_grants

_NAMES = tuple(field.name for field in fields(Grant) if field.name != "through")  # who is in a group is Slack's to say
_COLUMNS: list[Any] = [role_grants.c[name] for name in _NAMES]


def standing(conn: Connection, now: datetime) -> tuple[Grant, ...]:
    """The grants that count at *now*."""
    return _read(conn, _standing(), now=now)


@cache
def _standing() -> Executable:
    """In two parts, each a range of an index that most of the history is not in. Made once: every request asks it."""
    t = role_grants.c
    given = select(*_COLUMNS).where(t.ended_at.is_(None))
    return union_all(given.where(t.until.is_(None)), given.where(t.until > bindparam("now", type_=t.until.type)))


def give(conn: Connection, grant: Grant, now: datetime) -> Grant:
    """Store *grant*; what the user held of this role on the same targets ends."""
    dialect.hold(conn, f"grants of {grant.role} to {grant.user}")
    held = _grants(conn, and_(_stands(now), role_grants.c.user == grant.user, role_grants.c.role == grant.role))
    _end(conn, (old for old in held if _scope(old) == _scope(grant)), now)
    values = {name: getattr(grant, name) for name in _NAMES if name != "id"}
    key = conn.execute(insert(role_grants).values(values)).inserted_primary_key
    assert key is not None
    return replace(grant, id=key[0])


def end(conn: Connection, user: str, role: str, now: datetime) -> int:
    """End all of *user*'s grants of *role*; how many there were."""
    dialect.hold(conn, f"grants of {role} to {user}")
    return _end(
        conn,
        _grants(conn, and_(_stands(now), role_grants.c.user == user, role_grants.c.role == role)),
        now,
    )


def _end(conn: Connection, grants: Iterable[Grant], now: datetime) -> int:
    ids = [grant.id for grant in grants]
    if ids:
        conn.execute(update(role_grants).where(role_grants.c.id.in_(ids)).values(ended_at=now))
    return len(ids)


def _scope(grant: Grant) -> frozenset[str] | None:
    return None if grant.targets is None else frozenset(grant.targets)


def _stands(now: datetime) -> ColumnElement[bool]:
    until = role_grants.c.until
    return and_(role_grants.c.ended_at.is_(None), or_(until.is_(None), until > now))


def _grants(conn: Connection, which: ColumnElement[bool]) -> tuple[Grant, ...]:
    return _read(conn, select(*_COLUMNS).where(which))


def _read(conn: Connection, query: Executable, **values: Any) -> tuple[Grant, ...]:
    found = [Grant(**row) for row in conn.execute(query, values).mappings()]
    return tuple(sorted(found, key=lambda grant: (grant.user, grant.role, grant.id)))
