"""Two hundred runs that end in the same minute: when each result can be read, within what Slack allows.

The notifier, its budgets, the outbox and its database are the bot's own; the clock is simulated, and Slack is the
sandbox's limits alone, which answer 429 to what is too much.
"""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

from bot import redaction
from bot.domain.catalog import Catalog
from bot.domain.change import Change
from bot.domain.invocation import Invocation, State
from bot.domain.message import MessageKind, OutboxRow, Owed, Place
from bot.domain.result import Result
from bot.domain.usergroups import GroupId, Membership
from bot.errors import ChatTryAgain
from bot.sandbox.slack.ratelimit import RateLimited, RateLimits
from bot.store import open_store
from bot.store.sql_store import SqlStore
from bot.usecases.desk import Desk
from bot.workers.looper import Looper
from bot.workers.notifier import Notifier

RUNS, CHANNELS, MINUTE = 200, 20, 60.0
AHEAD = 20
"""So many runs ahead of its end there is news of a run, and once more right before it."""

START = datetime(2026, 1, 1, tzinfo=UTC)

Said = tuple[str, MessageKind, bool, datetime]
"""Of which invocation, what, whether it was final, and when."""


class SimulatedClock:
    """Stands until it is moved on; the bot's clock and Slack's."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        """The time that it is said to be."""
        return self.at

    async def sleep(self, span: timedelta) -> None:
        """It is later at once."""
        self.at += span


class _Seconds:
    """The same for Slack, in seconds since the epoch."""

    def __init__(self, clock: SimulatedClock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock.now().timestamp()


@dataclass
class LimitedSlack:
    """Takes each message, unless it is too much; *said* is what and when."""

    clock: SimulatedClock
    said: list[Said] = field(default_factory=list)
    refused: int = 0
    rate: RateLimits = field(init=False)

    def __post_init__(self) -> None:
        self.rate = RateLimits(_Seconds(self.clock))
        self._numbers = count(1)

    async def deliver(self, row: OutboxRow, inv: Invocation, results: Sequence[Result], home: Place) -> Place:
        """Where it stands now. Raises ChatTryAgain."""
        try:
            self.rate.call("chat.update" if row.place else "chat.postMessage")
            if row.place is None:
                self.rate.post(home.channel)
        except RateLimited as error:
            self.refused += 1
            raise ChatTryAgain(code="ratelimited", after=float(error.retry_after)) from None
        self.said.append((inv.id, row.kind, row.final, self.clock.now()))
        return row.place or Place(home.channel, f"{next(self._numbers)}.0")


@dataclass(frozen=True)
class Endings:
    """Seconds from the end of each run until its result could be read, and until its card says so too.

    *updating* is the former at best where results are only ever updates. Then how often Slack refused, and in how
    many threads news came after the end.
    """

    waits: tuple[float, ...]
    cards: tuple[float, ...]
    updating: tuple[float, ...]
    refused: int
    disordered: int


async def measure() -> Endings:
    """All of it; some ten seconds."""
    clock = SimulatedClock()
    slack = LimitedSlack(clock)
    with tempfile.TemporaryDirectory() as folder:
        async with await open_store(f"sqlite:///{folder}/bot.db") as store:
            notifier = Notifier(_desk(store, clock), slack)  # type: ignore[arg-type]  # of Chat it needs the one method
            looper = Looper(notifier, clock)
            invs = [await _running(store, number) for number in range(RUNS)]
            await _until(clock, looper, notifier, START + timedelta(hours=1))
            begun, slack.refused = len(slack.said), 0
            ends = {inv.id: clock.at + timedelta(seconds=MINUTE * n / RUNS) for n, inv in enumerate(invs)}
            for number, inv in enumerate(invs):
                await _until(clock, looper, notifier, ends[inv.id])
                await _ends(store, inv, clock.at)
                for other in invs[number + 1 : number + 2 + AHEAD : AHEAD]:
                    await _news(store, other, clock.at)
            await _until(clock, looper, notifier, clock.at + timedelta(hours=1))
            assert await store.next_owed() is None
    return _judged(slack, slack.said[begun:], ends)


class _NoGroups:
    """No user group holds a role here."""

    async def members(self, groups: Iterable[GroupId]) -> Mapping[GroupId, Membership]:
        return {group: Membership() for group in groups}

    async def refresh(self, group: GroupId) -> None:
        """Nothing is new."""


def _desk(store: SqlStore, clock: SimulatedClock) -> Desk:
    def no_catalog() -> Catalog:
        raise AssertionError("nobody is asked for anything here")

    return Desk(store, clock, no_catalog, frozenset(), lambda: None, redaction.redact, _NoGroups())


async def _running(store: SqlStore, number: int) -> Invocation:
    """One that runs: its card and its thread's message are owed, and will stand when the minute begins."""
    inv = Invocation(
        id=f"e{number:03}",
        request_key=f"endings:{number}",
        snippet="mem",
        target="web-prod",
        params=(),
        requester="U1",
        team="T1",
        home=f"C{number % CHANNELS}",
        created_at=START,
        state=State.RUNNING,
        started_at=START,
    )
    await store.add(inv, [], [Owed(MessageKind.CARD), Owed(MessageKind.THREAD)])
    return inv


async def _news(store: SqlStore, inv: Invocation, now: datetime) -> None:
    """Something to say before its end, which gives way to what has ended."""
    loaded = await store.load(inv.id)
    assert loaded is not None
    owed = (Owed(MessageKind.THREAD), Owed(MessageKind.CARD))
    assert await store.apply(Change(loaded, replace(loaded, note="1 of 3"), (), owed), now)


async def _ends(store: SqlStore, inv: Invocation, now: datetime) -> None:
    loaded = await store.load(inv.id)
    assert loaded is not None
    over = replace(loaded, state=State.SUCCEEDED, finished_at=now)
    owed = (Owed(MessageKind.THREAD, final=True), Owed(MessageKind.CARD, final=True))
    assert await store.apply(Change(loaded, over, (), owed), now)


async def _until(clock: SimulatedClock, looper: Looper, notifier: Notifier, end: datetime) -> None:
    """Turn the notifier whenever it wants to, until *end*."""
    while True:
        done = (await looper.run_once(clock.at)).done
        next_at = await notifier.next_at(clock.at)
        if next_at is None or next_at > end:
            break
        if not done or next_at > clock.at:
            clock.at = max(next_at, clock.at + timedelta(milliseconds=10))
    clock.at = end


def _judged(slack: LimitedSlack, said: Sequence[Said], ends: dict[str, datetime]) -> Endings:
    readable: dict[tuple[str, MessageKind], datetime] = {}
    late = set()
    for inv, kind, final, at in said:
        if final:
            readable.setdefault((inv, kind), at)
        elif kind is MessageKind.THREAD and (inv, kind) in readable:
            late.add(inv)
    waits = tuple((readable[inv, MessageKind.THREAD] - end).total_seconds() for inv, end in ends.items())
    cards = tuple((readable[inv, MessageKind.CARD] - end).total_seconds() for inv, end in ends.items())
    return Endings(waits, cards, _updating(list(ends.values())), slack.refused, len(late))


def _updating(ends: Sequence[datetime]) -> tuple[float, ...]:
    """At best, where all that Slack allows goes into updating the messages that show progress."""
    rate = RateLimits(clock := _At(ends[0].timestamp()))
    waits = []
    for end in ends:
        clock.at = max(clock.at, end.timestamp())
        while True:
            try:
                rate.call("chat.update")
            except RateLimited:
                clock.at += 0.05
            else:
                break
        waits.append(clock.at - end.timestamp())
    return tuple(waits)


@dataclass
class _At:
    at: float

    def now(self) -> float:
        return self.at
