"""What the bot has written down of a drill: read from its database, beside it, and never written."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from bot.domain.invocation import Invocation
from bot.domain.message import MessageKind, Place
from bot.domain.result import Result
from bot.store import invocations
from bot.store.reading import reading
from bot.store.tables import events, outbox

REASON = "drill "
"""What every drill's reason begins with."""

_LATELY = 20


@dataclass(frozen=True, slots=True)
class Posted:
    """One of its messages. *settled*: nothing newer is owed; without a place it was given up."""

    place: Place | None
    settled: bool
    final: bool
    attempts: int


@dataclass(frozen=True, slots=True)
class Sight:
    """One look. *refused* are the actors whom the bot refused something about it."""

    invocation: Invocation
    results: tuple[Result, ...]
    card: Posted | None
    thread: Posted | None
    refused: tuple[str, ...]


class Trail:
    """*url* is the bot's own DATABASE_URL."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def look(self, request_key: str) -> Sight | None:
        """What there is of that request. Raises StartError where the database can't be read."""
        return await reading(self._url, lambda conn: _look(conn, request_key))

    async def under_way(self, user: str) -> str | None:
        """The id of a drill of *user*'s that is not over."""
        return await reading(self._url, lambda conn: _under_way(conn, user))


def _look(conn: Connection, request_key: str) -> Sight | None:
    found = invocations.by_request_key(conn, request_key)
    if found is None:
        return None
    t = outbox.c
    rows = conn.execute(select(outbox).where(t.invocation == found.id, t.key == "")).all()
    said = {row.kind: _posted(row) for row in rows}
    e = events.c
    refused = conn.execute(select(e.actor).where(e.invocation == found.id, e.kind == "not_allowed")).scalars()
    results = invocations.results_of(conn, found.id)
    return Sight(found, results, said.get(MessageKind.CARD), said.get(MessageKind.THREAD), tuple(refused))


def _posted(row: Any) -> Posted:
    place = None if row.channel is None else Place(row.channel, row.ts, row.thread_ts)
    return Posted(place, row.delivered >= row.wanted, row.final, row.attempts)


def _under_way(conn: Connection, user: str) -> str | None:
    open_ones = invocations.recent(conn, _LATELY, user, True)
    return next((inv.id for inv in open_ones if inv.reason.startswith(REASON)), None)
