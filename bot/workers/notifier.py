"""Brings what is owed to Slack: final states first, the channels in turn, within Slack's budgets."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from functools import partial

from bot import metrics
from bot.domain.lane import Lane, Pick, Way
from bot.domain.message import MessageKind, OutboxRow
from bot.domain.pacing import back_off
from bot.errors import StoreError
from bot.ports import Chat
from bot.usecases.desk import Desk
from bot.usecases.notify import Fate, notify, void
from bot.workers.budget import Budget, draws
from bot.workers.looper import Job
from bot.workers.turnstile import Turnstile

_ORDER = {
    MessageKind.THREAD: 0,
    MessageKind.CARD: 1,
    MessageKind.FILE: 2,
    MessageKind.DIRECT: 2,
    MessageKind.SHARE: 2,
    MessageKind.STALE: 3,
}
"""Once its card is there, the results matter more than the card's own update; files and approvers come after both."""

_FIRST = (Way.RESULT, Way.POST, Way.WHISPER, Way.UPDATE, Way.FILES, Way.DELETE)
"""In this order lanes are looked into, so that much to be updated or deleted does not hide a result."""

_SHARED = frozenset({Way.UPDATE, Way.DELETE})
"""What one lane of these takes, none of the others has."""

_READ = frozenset({Way.POST, Way.RESULT, Way.UPDATE, Way.FILES})
"""What all who see the channel can read."""

LOOK = 200
"""So many messages of one way are read at a look; more than can be sent before the next."""

_NEVER = datetime.min.replace(tzinfo=UTC)

_FILES = frozenset({MessageKind.FILE, MessageKind.RECORD})
"""Slow to send: one at a time, so that no message waits behind several."""


class Notifier:
    """One job per invocation: of its messages the first that may be sent. Private ones go by themselves.

    It looks only into lanes that the budget has something for, so what waits costs nothing. Of what is equally
    urgent that channel comes first that had nothing for the longest: one in which much happens delays no other.
    """

    name = "notifier"

    def __init__(self, desk: Desk, chat: Chat) -> None:
        self.shut = False  # Slack refuses the bot itself; readiness says so
        self._desk = desk
        self._chat = chat
        self._budget = Budget(desk.clock.now())
        self._turnstile = Turnstile()
        self._sending: dict[Hashable, bool] = {}  # and whether it uploads
        self._chosen: dict[Hashable, OutboxRow] = {}  # at the last look, and not begun since
        self._full: set[tuple[str, int]] = set()  # files that were looked into: they say something
        self._served: dict[str, datetime] = {}  # when each channel last had something
        self._unsaid: dict[str, datetime] = {}  # channels of which Slack has not said who sees them, until then
        self._blocked_until: datetime | None = None

    async def jobs(self, now: datetime) -> Sequence[Job]:
        """The messages that may be sent at *now*; what the budget does not allow yet waits in the outbox."""
        lanes = await self._desk.store.lanes(now)
        self._blocked_until = None
        for unsent in self._chosen.values():  # left alone or put off by the Looper: it has used nothing
            self._budget.give_back(unsent)
        self._chosen = {}
        rows = await self._desk.store.owed(now, LOOK * len(_FIRST), self._picks(lanes, now))
        chosen = self._choice(rows, now)
        self._chosen = {key: row for key, row in chosen.items() if not self._may_be_void(row)}
        return [Job(key, partial(self._send, key, row)) for key, row in chosen.items()]

    async def next_at(self, now: datetime) -> datetime | None:
        """When the budget allows the next, or when the next is owed. What could not begin now waits for a job's end."""
        due = await self._desk.store.next_owed(after=now)
        return min((at for at in (self._blocked_until, due) if at is not None), default=None)

    def _picks(self, due: Iterable[tuple[Lane, bool]], now: datetime) -> list[Pick]:
        """No more than could be sent now, and is not under way: final before others, of each way the channels in turn.
        A lane that nothing may be sent of is not looked into."""
        due = sorted(due, key=lambda one: self._served.get(one[0].where, _NEVER))
        self._served = {lane.where: self._served[lane.where] for lane, _ in due if lane.where in self._served}
        due = list(self._sayable(due, now))
        found = []
        for final in (True, False):
            for way in _FIRST:
                of_way = [lane for lane, ended in due if lane.way is way and ended is final]
                tokens = {lane: self._tokens(lane, now, final=final) for lane in of_way}
                open_ones = {lane: number for lane, number in tokens.items() if number}
                if open_ones:
                    each, all_of_them = max(open_ones.values()), sum(open_ones.values())
                    most = each if way in _SHARED else all_of_them
                    busy = len(self._sending)
                    found.append(Pick(tuple(open_ones), final, each + busy, min(most + busy, LOOK)))
        return found

    def _sayable(self, due: Iterable[tuple[Lane, bool]], now: datetime) -> Iterator[tuple[Lane, bool]]:
        """Without what goes to channels of which Slack has to say first who sees them."""
        self._unsaid = {channel: until for channel, until in self._unsaid.items() if until > now}
        for lane, final in due:
            if lane.way in _READ and (until := self._unsaid.get(lane.where)) is not None:
                self._block(until)
            else:
                yield lane, final

    def _tokens(self, lane: Lane, now: datetime, *, final: bool) -> int:
        """How many of *lane* could go now; where there are none, that is when to look again."""
        ways = [lane, Lane(Way.POST, lane.where)] if final and lane.way is Way.RESULT else [lane]
        number = sum(self._budget.tokens(way, now, final=final) for way in ways)
        if not number:
            self._block(now + min(self._budget.wait(way, now, final=final) for way in ways))
        return max(number, 1) if lane.way is Way.FILES else number  # to look into one costs Slack nothing

    def _choice(self, rows: Sequence[OutboxRow], now: datetime) -> dict[Hashable, OutboxRow]:
        """What is sent now, each as it can be."""
        chosen: dict[Hashable, OutboxRow] = {}
        uploading = any(self._sending.values())
        for row in self._in_turn(rows):
            key = _key(row)
            if key in chosen or key in self._sending or (self._uploads(row) and uploading):
                continue
            if (affordable := self._affordable(row, now)) is not None:
                chosen[key] = affordable
                uploading = uploading or self._uploads(row)
                self._served[row.lane.where] = now
        return chosen

    def _in_turn(self, rows: Iterable[OutboxRow]) -> list[OutboxRow]:
        """Final ones first, then by kind; of those the first of each channel, then the second of each."""
        places: Counter[tuple[bool, MessageKind, str]] = Counter()
        turns = []
        for row in rows:
            queue = (row.final, row.kind, row.lane.where)
            turns.append((not row.final, _ORDER.get(row.kind, 0), places[queue], self._last(row), row.not_before))
            places[queue] += 1
        return [row for _, row in sorted(zip(turns, rows, strict=True), key=lambda pair: pair[0])]

    def _last(self, row: OutboxRow) -> datetime:
        return self._served.get(row.lane.where, _NEVER)

    def _affordable(self, row: OutboxRow, now: datetime) -> OutboxRow | None:
        """*row* as it can be sent now, if it can: results that can't be updated are posted, as a channel has a budget
        of its own for that, and all channels together have one for updates."""
        if self._may_be_void(row):
            return row
        wait = self._budget.take(row, now)
        if wait and row.final and row.lane.way is Way.RESULT:
            row = row.anew()
            wait = min(wait, self._budget.take(row, now))
        if wait:
            self._block(now + wait)
            return None
        return row

    def _uploads(self, row: OutboxRow) -> bool:
        return row.kind in _FILES and not self._may_be_void(row)

    def _may_be_void(self, row: OutboxRow) -> bool:
        """Each run owes a file, and most have nothing to put into one: that is found out before a token is spent."""
        return row.kind is MessageKind.FILE and (row.invocation, row.wanted) not in self._full

    def _block(self, until: datetime) -> None:
        self._blocked_until = min(self._blocked_until or until, until)

    async def _send(self, key: Hashable, row: OutboxRow) -> None:
        self._chosen.pop(key, None)
        self._sending[key] = self._uploads(row)
        try:
            if self._may_be_void(row):
                if not await void(self._desk, self._chat, row):
                    self._full.add((row.invocation, row.wanted))
                return
            if await self._is_unsaid(row):
                return
            async with self._passage(row):
                if not await self._is_ours_to_send(row):
                    return
                fate, asked = await notify(self._desk, self._chat, row)
        except StoreError:
            raise
        except Exception:  # it can't be built, and was not sent: meanwhile the next of its lane can be seen
            if not self._may_be_void(row):
                self._budget.give_back(row)
            await self._desk.store.postpone(row, self._desk.clock.now() + back_off(row.attempts + 1))
            raise
        finally:
            del self._sending[key]
        self._full.discard((row.invocation, row.wanted))
        await self._heed(row, fate, asked)

    async def _heed(self, row: OutboxRow, fate: Fate, asked: timedelta) -> None:
        """What became of *row* says how Slack may be written to from now on."""
        if fate is Fate.LIMITED:
            until = self._desk.clock.now() + asked
            self._budget.shut(row, until)
            await self._desk.store.drain(draws(row.lane, final=row.final)[0], until)
        if fate in {Fate.DELIVERED, Fate.LIMITED, Fate.MOVED, Fate.SHUT}:  # of the others Slack may know nothing
            self.shut = fate is Fate.SHUT
        if fate is not Fate.DELIVERED:
            metrics.CHAT_FAULTS.labels(fate.value).inc()

    async def _is_unsaid(self, row: OutboxRow) -> bool:
        """Has Slack not said yet who sees the channel? Then nothing goes there for a while. It is asked before anything
        is claimed of what the replicas share, so that no other channel has to wait."""
        if row.lane.way not in _READ or not (wait := await self._chat.unsaid(row.lane.where)):
            return False
        self._budget.give_back(row)
        self._unsaid[row.lane.where] = self._desk.clock.now() + wait
        metrics.CHAT_FAULTS.labels("unsaid").inc()
        return True

    def _passage(self, row: OutboxRow) -> AbstractAsyncContextManager[None]:
        """What is posted waits for its turn. What changes or deletes a message comes to the same when done twice."""
        repeatable = row.place is not None or row.kind is MessageKind.STALE
        return nullcontext() if repeatable else self._turnstile.passage()

    async def _is_ours_to_send(self, row: OutboxRow) -> bool:
        """Lease it: another replica may be sending it, or have used up what Slack allows them all."""
        now = self._desk.clock.now()
        wait = await self._desk.store.claim_owed(row, draws(row.lane, final=row.final), now)
        if wait != timedelta(0):
            self._budget.hold(row, now + (wait or timedelta(0)))
        return wait == timedelta(0)


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
