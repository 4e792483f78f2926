"""Messages owed to Slack. Wants fold: a row says that something newer is wanted, not what."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    not_,
    or_,
    select,
    true,
    type_coerce,
    update,
)

from bot.domain.lane import Lane, Pick
from bot.domain.message import MessageKind, OutboxRow, Owed, Place
from bot.store import dialect
from bot.store.leases import Replica
from bot.store.tables import invocations, outbox
from bot.store.unknown import Unknown

AT_HOME = (MessageKind.CARD, MessageKind.THREAD, MessageKind.FILE, MessageKind.ALERT)
"""The messages that stand where the invocation's home is; the others have a place of their own."""

IN_THREAD = (MessageKind.THREAD, MessageKind.FILE)
"""Those of them that stand under the card."""

_CARD = outbox.alias("card")
_THREAD = outbox.alias("of_the_file")
_IS_OWED = outbox.c.wanted > outbox.c.delivered
_LANES = 16
"""So many are looked into by the first statement: of few all, and of many the first, which may be enough."""


def want(conn: Connection, invocation: str, home: str, owed: Iterable[Owed], now: datetime) -> None:
    """Want each of *owed* once more: due at the earlier of the old time and the new, a final one now."""
    if rows := [_row(invocation, home, one, now) for one in owed]:
        conn.execute(_wanting(conn.dialect.name), rows)


@cache
def _wanting(name: str) -> Any:
    statement = dialect.insert_for(name, outbox)
    new, old = statement.excluded, outbox.c
    return statement.on_conflict_do_update(
        index_elements=[old.invocation, old.kind, old.key],
        set_={
            "wanted": old.wanted + 1,
            "final": or_(old.final, new.final),
            "not_before": case((and_(_IS_OWED, old.not_before < new.not_before), old.not_before), else_=new.not_before),
            "attempts": case((new.final, 0), else_=old.attempts),
            "payload": case((new.payload == {}, old.payload), else_=new.payload),
        },
    )


def _row(invocation: str, home: str, owed: Owed, now: datetime) -> dict[str, Any]:
    return {
        "invocation": invocation,
        "kind": owed.kind,
        "key": owed.key,
        "wanted": 1,
        "delivered": 0,
        "final": owed.final,
        "not_before": now if owed.final else now + owed.delay,
        "attempts": 0,
        "payload": owed.payload,
        "moved": 0,
        "lane": str(owed.kind.lane(owed.key, home, stands=False)),
    }


def lanes(conn: Connection, now: datetime, unknown: Unknown) -> tuple[tuple[Lane, bool], ...]:
    """Those that anything is due in; of each once what is final, and once what is not."""
    rows = [(unknown.lane(row.lane), row) for row in conn.execute(lanes_query(), {"now": now})]
    return tuple(
        (lane, final)
        for lane, row in rows
        if lane is not None
        for final, due in ((True, row.ended), (False, row.going))
        if due
    )


@cache
def lanes_query() -> Select[Any]:
    """From the index of what is owed: the first lane, and from each to the next, past all that waits in between. It
    takes *now*."""
    now = bindparam("now", type_=outbox.c.not_before.type)
    further, due = outbox.alias("further"), outbox.alias("due")
    first = select(outbox.c.lane).where(_IS_OWED).order_by(outbox.c.lane).limit(1).subquery()
    found = select(first.c.lane).cte("lanes", recursive=True)
    owed_there = and_(further.c.wanted > further.c.delivered, further.c.lane > found.c.lane)
    next_one = select(further.c.lane).where(owed_there).order_by(further.c.lane).limit(1).scalar_subquery()
    whole = found.union_all(select(next_one).where(found.c.lane.is_not(None)))

    def any_due(*, final: bool) -> ColumnElement[bool]:
        there = and_(due.c.lane == whole.c.lane, due.c.final == final, due.c.not_before <= now)
        return exists().where(due.c.wanted > due.c.delivered, there)

    ended, going = any_due(final=True).label("ended"), any_due(final=False).label("going")
    return select(whole.c.lane, ended, going).where(whole.c.lane.is_not(None))


def owed(
    conn: Connection, replica: Replica, now: datetime, limit: int, picks: Sequence[Pick] | None, *, unknown: Unknown
) -> tuple[OutboxRow, ...]:
    """Messages to send now: as *picks* have it, or of all lanes the oldest."""
    if picks is None:
        picks = [Pick((lane,), final, limit, limit) for lane, final in lanes(conn, now, unknown)]
    found = [row for pick in picks for row in _picked(conn, replica, now, pick, unknown)]
    in_order = sorted(found, key=lambda row: (not row.final, row.not_before, row.invocation, row.kind, row.key))
    return tuple(in_order[:limit])


def _picked(conn: Connection, replica: Replica, now: datetime, pick: Pick, unknown: Unknown) -> list[OutboxRow]:
    if dialect.looks_into_each(conn):
        return _picked_at_once(conn, replica, now, pick, unknown)
    found: list[OutboxRow] = []
    for lane in pick.lanes:
        if (room := min(pick.each, pick.most - len(found))) <= 0:
            break
        asked = {"lane": str(lane), "final": pick.final, "now": now, "room": room}
        found += map(_outbox_row, _known(conn, lambda: _without(owed_query(replica), unknown), asked, unknown))
    return found


def _picked_at_once(conn: Connection, replica: Replica, now: datetime, pick: Pick, unknown: Unknown) -> list[OutboxRow]:
    """Of some lanes in one statement; of twice as many in the next, while there is room."""
    found: list[OutboxRow] = []
    lanes, size = [*map(str, pick.lanes)], _LANES
    while lanes and (room := pick.most - len(found)) > 0:
        some, lanes = lanes[:size], lanes[size:]
        asked = {"lanes": some, "final": pick.final, "now": now, "room": min(pick.each, room), "most": room}
        found += map(_outbox_row, _known(conn, lambda: _picked_query(replica, unknown.kinds), asked, unknown))
        size *= 2
    return found


def _known(
    conn: Connection, query: Callable[[], Select[Any]], asked: Mapping[str, Any], unknown: Unknown
) -> Sequence[Any]:
    """The rows of *query*; again where kinds among them are not known, which would stand before what is."""
    rows = conn.execute(query(), asked).all()
    while unknown.meets(row.kind for row in rows):
        rows = conn.execute(query(), asked).all()
    return rows


def _without(query: Select[Any], unknown: Unknown) -> Select[Any]:
    """*query* without the kinds of messages that were met and are not known."""
    return query.where(outbox.c.kind.not_in(unknown.kinds)) if unknown.kinds else query


@cache
def _picked_query(replica: Replica, unknown: frozenset[str]) -> Select[Any]:
    """Of each of *lanes* the first *room*, and *most* in all; not the kinds that are *unknown*."""
    names = func.unnest(bindparam("lanes", type_=ARRAY(Text)))
    wanted = names.table_valued("lane", with_ordinality="place", name="wanted").render_derived()
    each = _owed_in(replica, wanted.c.lane).where(outbox.c.kind.not_in(unknown)).lateral("owed")
    in_order = select(each).select_from(wanted.join(each, true())).order_by(wanted.c.place, each.c.not_before)
    return in_order.limit(bindparam("most", type_=Integer))


@cache
def owed_query(replica: Replica) -> Select[Any]:
    """Those owed and due in one *lane*, at most *room*."""
    return _owed_in(replica, bindparam("lane"))


def _owed_in(replica: Replica, lane: ColumnElement[Any]) -> Select[Any]:
    """Those owed and due in *lane*; the index has them in order, and none but rows that are owed. It takes *final*,
    *now* and *room*."""
    card = (_CARD.c[name].label(f"card_{name}") for name in ("channel", "ts", "thread_ts"))
    found = _sendable(outbox, invocations.c.home, invocations.c.thread, *card).join(
        invocations, invocations.c.id == outbox.c.invocation
    )
    t, now = outbox.c, bindparam("now", type_=outbox.c.not_before.type)
    asked = t.lane == lane, t.final == bindparam("final"), t.not_before <= now
    room = bindparam("room", type_=Integer)
    return found.where(*asked, replica.free(outbox, now)).order_by(t.not_before).limit(room)


def next_owed(conn: Connection, replica: Replica, after: datetime | None, unknown: Unknown) -> datetime | None:
    """The earliest not_before, past *after*, among messages that `owed` would return in time."""
    earliest: datetime | None = conn.execute(_without(next_owed_query(replica, after), unknown)).scalar()
    return earliest


def next_owed_query(replica: Replica, after: datetime | None = None) -> Select[Any]:
    """The first that fits, from the beginning of the index of what is owed, where there are no leases."""
    at = replica.free_at(outbox, outbox.c.not_before)
    found = _sendable(type_coerce(at, outbox.c.not_before.type)).order_by(at).limit(1)
    return found if after is None else found.where(at > after)


def _sendable(*columns: Any) -> Select[Any]:
    """Rows owed, each beside its invocation's card. A card that is itself still to be posted holds its thread back;
    one that was given up doesn't: its results are posted without it. A file comes after the message above it."""
    its_card = and_(_CARD.c.invocation == outbox.c.invocation, _CARD.c.kind == MessageKind.CARD, _CARD.c.key == "")
    no_card = and_(outbox.c.kind.in_(IN_THREAD), _CARD.c.wanted > _CARD.c.delivered, _CARD.c.channel.is_(None))
    t = _THREAD.c
    above = exists().where(
        t.invocation == outbox.c.invocation, t.kind == MessageKind.THREAD, t.key == "", t.wanted > t.delivered
    )
    no_thread = and_(outbox.c.kind == MessageKind.FILE, above)
    sendable = and_(_IS_OWED, not_(func.coalesce(no_card, false())), not_(no_thread))
    return select(*columns).select_from(outbox).outerjoin(_CARD, its_card).where(sendable)


def claim(conn: Connection, replica: Replica, row: OutboxRow, now: datetime) -> bool:
    """Lease *row* for as long as its sending can take. False: another has it, or it does not stand as it was read."""
    t = outbox.c
    stands = row.place or row.instead_of
    ts = stands.ts if stands is not None else None
    as_read = and_(_IS_OWED, t.delivered == row.delivered, t.ts.is_not_distinct_from(ts))
    leased = update(outbox).where(_same(row), as_read, replica.free(outbox, now))
    until = now + row.kind.longest
    return conn.execute(leased.values(leased_by=replica.id, leased_until=until)).rowcount == 1


def delivered(conn: Connection, replica: Replica, row: OutboxRow, place: Place | None) -> None:
    """Slack has *row* as of row.wanted. Its place counts unless the home moved since *row* was read, or another
    replica, to which its lease went in the meantime, was faster. What it was posted instead of is stale."""
    fresh = and_(outbox.c.moved < row.wanted, outbox.c.delivered < row.wanted)
    values: dict[str, Any] = {"delivered": _at_least(row.wanted), "attempts": 0} | replica.end(outbox)
    lane = str(row.kind.lane(row.key, row.lane.where, stands=place is not None))
    for name, value in (_place_values(place) | {"lane": lane}).items():
        values[name] = case((fresh, value), else_=outbox.c[name])
    conn.execute(update(outbox).where(_same(row)).values(values))
    if row.instead_of is not None and row.instead_of.ts is not None:
        stale = Owed(MessageKind.STALE, row.instead_of.ts, payload={"channel": row.instead_of.channel})
        want(conn, row.invocation, row.lane.where, [stale], row.not_before)


def postpone(conn: Connection, replica: Replica, row: OutboxRow, until: datetime, *, forget_place: bool) -> None:
    """Try *row* again at *until*. A want that came since *row* was read keeps its own time and attempts.

    A card whose place is forgotten takes its thread along: what stood in it is owed again, under the new card.
    """
    if forget_place:
        _forget(conn, row)
        if row.kind is MessageKind.CARD:
            _leave(conn, row.invocation, row.lane.where, IN_THREAD, once_more=true())
    conn.execute(
        update(outbox)
        .where(_same(row), outbox.c.wanted == row.wanted)
        .values(not_before=until, attempts=outbox.c.attempts + 1, **replica.end(outbox))
    )


def _forget(conn: Connection, row: OutboxRow) -> None:
    """It stands nowhere: it waits among what is posted."""
    lane = str(row.kind.lane(row.key, row.lane.where, stands=False))
    conn.execute(update(outbox).where(_same(row)).values(_place_values(None) | {"lane": lane}))


def abandon(conn: Connection, replica: Replica, row: OutboxRow, *, forget_place: bool) -> None:
    """Owe *row* no longer; a newer want stays owed."""
    if forget_place:
        _forget(conn, row)
    given_up = {"delivered": _at_least(row.wanted), "attempts": 0} | replica.end(outbox)
    conn.execute(update(outbox).where(_same(row)).values(given_up))


def leave_home(conn: Connection, invocation: str, home: str) -> None:
    """Forget where the messages at home are, which is *home* now. One that is being sent to the old one is owed once
    more."""
    _leave(conn, invocation, home, AT_HOME, once_more=_IS_OWED)


def _leave(
    conn: Connection, invocation: str, home: str, kinds: Iterable[MessageKind], *, once_more: ColumnElement[bool]
) -> None:
    """Forget where *kinds* of messages are; those that are *once_more* are owed anew."""
    lanes = {kind.value: str(kind.lane("", home, stands=False)) for kind in kinds}
    conn.execute(
        update(outbox)
        .where(outbox.c.invocation == invocation, outbox.c.kind.in_(kinds))
        .values(
            **_place_values(None),
            lane=case(lanes, value=outbox.c.kind),
            moved=outbox.c.wanted,
            wanted=case((once_more, outbox.c.wanted + 1), else_=outbox.c.wanted),
        )
    )


def place(conn: Connection, invocation: str, kind: str, key: str) -> Place | None:
    """Where that message is."""
    found = conn.execute(
        select(outbox.c.channel, outbox.c.ts, outbox.c.thread_ts).where(_named(invocation, kind, key))
    ).one_or_none()
    return None if found is None else _place(found)


def cards(conn: Connection, invocations_: Iterable[str]) -> dict[str, Place]:
    """Where their cards are, of those that were posted."""
    t = outbox.c
    query = select(t.invocation, t.channel, t.ts, t.thread_ts).where(
        t.invocation.in_(tuple(invocations_)), t.kind == MessageKind.CARD, t.key == ""
    )
    found = ((row.invocation, _place(row)) for row in conn.execute(query))
    return {invocation: place for invocation, place in found if place is not None}


def _same(row: OutboxRow) -> ColumnElement[bool]:
    return _named(row.invocation, row.kind, row.key)


def _named(invocation: str, kind: str, key: str) -> ColumnElement[bool]:
    return and_(outbox.c.invocation == invocation, outbox.c.kind == kind, outbox.c.key == key)


def _at_least(wanted: int) -> ColumnElement[int]:
    return case((outbox.c.delivered < wanted, wanted), else_=outbox.c.delivered)


def _place_values(place: Place | None) -> dict[str, str | None]:
    if place is None:
        return {"channel": None, "ts": None, "thread_ts": None}
    return {"channel": place.channel, "ts": place.ts, "thread_ts": place.thread_ts}


def _place(row: Any) -> Place | None:
    return None if row.channel is None else Place(row.channel, row.ts, row.thread_ts)


def _outbox_row(row: Any) -> OutboxRow:
    return OutboxRow(
        invocation=row.invocation,
        kind=MessageKind(row.kind),
        key=row.key,
        wanted=row.wanted,
        delivered=row.delivered,
        final=row.final,
        not_before=row.not_before,
        attempts=row.attempts,
        place=_place(row),
        payload=row.payload,
        home=_home(row),
        lane=Lane.read(row.lane),
    )


def _home(row: Any) -> Place:
    """Threads have no threads: what stands under a card that is itself a reply goes into the card's thread."""
    if row.kind == MessageKind.SHARE:
        return Place(row.key, thread_ts=row.payload.get("thread") or None)
    under = (row.card_thread_ts or row.card_ts) if row.kind in IN_THREAD else None
    return Place(row.card_channel or row.home, thread_ts=under or row.thread or None)


def is_ours(conn: Connection, invocation: str, channel: str, ts: str) -> bool:
    """Is the message at *channel* and *ts* one that the bot wrote about *invocation*?"""
    t = outbox.c
    query = select(t.kind).where(t.invocation == invocation, t.channel == channel, t.ts == ts).limit(1)
    return conn.execute(query).first() is not None
