"""Brings what is owed to Slack: final states first, one message at a time, within Slack's budgets."""

from collections.abc import Hashable, Sequence
from datetime import datetime, timedelta
from functools import partial

from bot import metrics
from bot.domain.message import MessageKind, OutboxRow
from bot.ports import Chat
from bot.usecases.desk import Desk
from bot.usecases.notify import Fate, notify
from bot.workers.budget import Budget
from bot.workers.looper import Job

_ORDER = {
    MessageKind.THREAD: 0,
    MessageKind.CARD: 1,
    MessageKind.FILE: 2,
    MessageKind.DIRECT: 2,
    MessageKind.SHARE: 2,
    MessageKind.STALE: 3,
}
"""Once its card is there, the results matter more than the card's own update; files and approvers come after both."""

SOON = timedelta(seconds=2)
"""Results that have waited so long, because the workspace's updates are used up, are posted as a new message: of those
each channel has a budget of its own."""


class Notifier:
    """One job per invocation: of its messages the first that may be sent. Private ones go by themselves."""

    name = "notifier"

    def __init__(self, desk: Desk, chat: Chat) -> None:
        self.shut = False  # Slack refuses the bot itself; readiness says so
        self._desk = desk
        self._chat = chat
        self._budget = Budget(desk.clock.now())
        self._sending: set[Hashable] = set()
        self._chosen: dict[Hashable, OutboxRow] = {}  # at the last look, and not begun since
        self._blocked_until: datetime | None = None

    async def jobs(self, now: datetime) -> Sequence[Job]:
        """The messages that may be sent at *now*; what the budget does not allow yet waits in the outbox."""
        rows = await self._desk.store.owed(now, limit=200)
        self._blocked_until = None
        for unsent in self._chosen.values():  # left alone or put off by the Looper: it has used nothing
            self._budget.give_back(unsent)
        self._chosen = chosen = {}
        held: set[Hashable] = set()
        for row in sorted(rows, key=lambda r: (not r.final, _ORDER.get(r.kind, 0))):
            key = _key(row)
            if key in chosen or key in self._sending or (row.kind is MessageKind.FILE and key in held):
                continue
            if (affordable := self._affordable(row, now)) is not None:
                chosen[key] = affordable
            elif row.kind is MessageKind.THREAD:
                held.add(key)  # its file, which has a budget of its own, comes after it
        return [Job(key, partial(self._send, key, row)) for key, row in chosen.items()]

    async def next_at(self, now: datetime) -> datetime | None:
        """When the budget allows the next, or when the next is owed."""
        return self._blocked_until or await self._desk.store.next_owed()

    def _affordable(self, row: OutboxRow, now: datetime) -> OutboxRow | None:
        """*row* as it can be sent now, if it can."""
        wait = self._budget.take(row, now)
        if wait > timedelta(0) and row.place is not None and _is_late(row, now):
            row = row.anew()
            wait = min(wait, self._budget.take(row, now))
        if wait > timedelta(0):
            self._blocked_until = min(self._blocked_until or now + wait, now + wait)
            return None
        return row

    async def _send(self, key: Hashable, row: OutboxRow) -> None:
        self._chosen.pop(key, None)
        self._sending.add(key)
        try:
            if not await self._is_ours_to_send(row):
                return
            fate, asked = await notify(self._desk, self._chat, row)
        finally:
            self._sending.discard(key)
        if fate is Fate.LIMITED:
            until = self._desk.clock.now() + asked
            self._budget.shut(row, until)
            await self._desk.store.drain(self._budget.draw(row), until)
        if fate in {Fate.DELIVERED, Fate.LIMITED, Fate.MOVED, Fate.SHUT}:  # of the others Slack may know nothing
            self.shut = fate is Fate.SHUT
        if fate is not Fate.DELIVERED:
            metrics.CHAT_FAULTS.labels(fate.value).inc()

    async def _is_ours_to_send(self, row: OutboxRow) -> bool:
        """Lease it: another replica may be sending it, or have used up what Slack allows them all."""
        now = self._desk.clock.now()
        wait = await self._desk.store.claim_owed(row, self._budget.draw(row), now)
        if wait != timedelta(0):
            self._budget.hold(row, now + (wait or timedelta(0)))
        return wait == timedelta(0)


def _is_late(row: OutboxRow, now: datetime) -> bool:
    """Does somebody wait for results that have been there for a while?"""
    return row.final and row.kind is MessageKind.THREAD and now - row.not_before > SOON


def _key(row: OutboxRow) -> Hashable:
    """Messages with the same key go one after the other."""
    alone = row.kind in {
        MessageKind.DIRECT,
        MessageKind.REMINDER,
        MessageKind.PRIVATE,
        MessageKind.STALE,
        MessageKind.SHARE,
    }
    return (row.invocation, row.kind.value, row.key) if alone else (row.invocation,)
