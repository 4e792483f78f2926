"""What machines printed is dropped after a while, and with it notes of messages that stand nowhere. The rest stays."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, or_, select, update

from bot.domain.message import MessageKind
from bot.store.tables import invocations, outbox, results


def prune(conn: Connection, before: datetime, now: datetime, limit: int) -> int:
    """Drop the outputs of at most *limit* invocations that ended before then; how many there were."""
    ids = [row.id for row in conn.execute(prunable_query(before, limit))]
    if ids:
        conn.execute(update(results).where(results.c.invocation.in_(ids), results.c.output != "").values(output=""))
        t = outbox.c
        nowhere = or_(t.channel.is_(None), t.kind == MessageKind.STALE)
        conn.execute(delete(outbox).where(t.invocation.in_(ids), t.wanted <= t.delivered, nowhere))
        conn.execute(update(invocations).where(invocations.c.id.in_(ids)).values(pruned_at=now))
    return len(ids)


def prunable_query(before: datetime, limit: int) -> Select[Any]:
    """From the beginning of the index of those that still have theirs."""
    t = invocations.c
    kept = select(t.id).where(t.pruned_at.is_(None), t.finished_at < before)
    return kept.order_by(t.finished_at).limit(limit).with_for_update(skip_locked=True)
