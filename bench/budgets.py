"""Two hundred runs that end in the same minute: when each result can be read, within what Slack allows.

The notifier, its budgets, the outbox, the database and the Slack client are the bot's own, and Slack is the sandbox's
server with its limits; only the time of both is simulated: it stands while something is done, and then it is as late as
the next thing wants it to be.
"""

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bench import fifo, floor
from bench.stage import CHANNELS, Plan, Stage, Told
from bot import redaction
from bot.domain.catalog import Catalog
from bot.domain.change import Change
from bot.domain.invocation import Invocation, State
from bot.domain.message import MessageKind, Owed
from bot.domain.result import Outcome, Result
from bot.sandbox.slack import ManualClock
from bot.slack.chat import SlackChat
from bot.store import open_store
from bot.store.sql_store import SqlStore
from bot.usecases.desk import Desk
from bot.workers.looper import Looper
from bot.workers.notifier import Notifier

RUNS, MINUTE = 200, 60.0
NOISY = 110
"""So many of them end in one channel, where one is noisy."""

AHEAD = 20
"""So many runs ahead of its end there is news of a run, and once more right before it."""

LONG = 5
"""Every so many runs print more than a message takes: there is a file."""


def plans() -> tuple[Plan, ...]:
    """One after the other in all channels; all at once; and most of them in one channel."""
    apart = tuple((f"C{n % CHANNELS:02}", MINUTE * n / RUNS) for n in range(RUNS))
    at_once = tuple((f"C{n % CHANNELS:02}", 0.0) for n in range(RUNS))
    crowded = tuple((f"C{0 if n < NOISY else 1 + n % (CHANNELS - 1):02}", 0.0) for n in range(RUNS))
    return Plan("spread", apart, news=True), Plan("at once", at_once), Plan("noisy", crowded)


@dataclass(frozen=True)
class Compared:
    """One plan as the bot carries it out, what Slack allows at best, and one queue that updates at each change."""

    plan: Plan
    bot: Told
    rival: Told
    floor: Sequence[float]
    floor_with_bursts: Sequence[float]


async def measure() -> list[Compared]:
    """All plans; under a minute."""
    return [
        Compared(
            plan, await told(plan), await fifo.told(plan, AHEAD), floor.waits(plan.ends), floor.with_bursts(plan.ends)
        )
        for plan in plans()
    ]


async def told(plan: Plan) -> Told:
    """By the bot."""
    async with Stage() as stage, _desk(stage.clock) as (desk, store):
        chat = SlackChat(stage.client, desk.clock)
        notifier = Notifier(desk, chat)
        turns = Turns(stage, Looper(notifier, desk.clock), notifier)
        stage.slack.rate.scale = 0
        invs = [await _running(store, chat, number, channel) for number, (channel, _) in enumerate(plan.ends)]
        stage.slack.rate.scale = 1.0
        stage.begin()
        began, wanted = stage.clock.now(), 0
        for number, (inv, (_, at)) in enumerate(zip(invs, plan.ends, strict=True)):
            if began + at > stage.clock.now():
                await turns.until(began + at)
            await _ends(store, inv, desk.clock.now(), long=number % LONG == 0)
            news = invs[number + 1 : number + 2 + AHEAD : AHEAD] if plan.news else []
            for other in news:
                await _news(store, other, desk.clock.now())
            wanted += 2 + 2 * len(news)
        await turns.until(stage.clock.now() + 3600)
        assert await store.next_owed() is None
        return stage.judged({i.id: (c, began + at) for i, (c, at) in zip(invs, plan.ends, strict=True)}, wanted)


@dataclass
class Turns:
    """The notifier, turned whenever it wants to be."""

    stage: Stage
    looper: Looper
    notifier: Notifier

    async def until(self, end: float) -> None:
        """Time goes on to *end*, and stops wherever there is something to do."""
        clock = self.stage.clock
        while True:
            now = datetime.fromtimestamp(clock.now(), UTC)
            report = await self.looper.run_once(now)
            self.stage.look()
            if report.done or report.failed:
                continue
            wanted = await self.notifier.next_at(now)
            if wanted is None or wanted.timestamp() > end:
                break
            clock.advance(max(wanted.timestamp() - clock.now(), 0.001))
        clock.advance(max(end - clock.now(), 0.0))


@dataclass
class BotClock:
    """The workspace's time, for the bot."""

    clock: ManualClock

    def now(self) -> datetime:
        """The same moment."""
        return datetime.fromtimestamp(self.clock.now(), UTC)

    async def sleep(self, span: timedelta) -> None:
        """It is later at once."""
        self.clock.advance(span.total_seconds())


@asynccontextmanager
async def _desk(clock: ManualClock) -> AsyncIterator[tuple[Desk, SqlStore]]:
    def no_catalog() -> Catalog:
        raise AssertionError("nobody is asked for anything here")

    with tempfile.TemporaryDirectory() as folder:
        async with await open_store(f"sqlite:///{folder}/bot.db") as store:
            groups: Any = None  # nobody's roles are asked for either
            yield Desk(store, BotClock(clock), no_catalog, frozenset(), lambda: None, redaction.redact, groups), store


async def _running(store: SqlStore, chat: SlackChat, number: int, channel: str) -> Invocation:
    """One that runs: its card and its thread's message stand when the minute begins."""
    start = datetime.fromtimestamp(ManualClock().now(), UTC)
    inv = Invocation(
        id=f"e{number:03}",
        request_key=f"budgets:{number}",
        snippet="mem",
        target="web-prod",
        params=(),
        requester="U0ONCALL",
        team="T1",
        home=channel,
        created_at=start,
        state=State.RUNNING,
        started_at=start,
    )
    await store.add(inv, [], [Owed(MessageKind.CARD), Owed(MessageKind.THREAD)])
    for _ in range(2):
        (row,) = await store.owed(start, 2)
        await store.delivered(row, await chat.deliver(row, inv, (), row.home))
    return inv


async def _news(store: SqlStore, inv: Invocation, now: datetime) -> None:
    """Something to say before its end, which gives way to what has ended."""
    loaded = await store.load(inv.id)
    assert loaded is not None
    owed = (Owed(MessageKind.THREAD), Owed(MessageKind.CARD))
    assert await store.apply(Change(loaded, replace(loaded, note="1 of 3"), (), owed), now)


async def _ends(store: SqlStore, inv: Invocation, now: datetime, *, long: bool) -> None:
    loaded = await store.load(inv.id)
    assert loaded is not None
    over = replace(loaded, state=State.SUCCEEDED, finished_at=now)
    owed = tuple(Owed(kind, final=True) for kind in (MessageKind.THREAD, MessageKind.CARD, MessageKind.FILE))
    output = "done\n" * (4_000 if long else 1)
    results = tuple(Result(f"i-{n}", Outcome.SUCCEEDED, f"web-{n}", output=output) for n in range(3))
    assert await store.apply(Change(loaded, over, (), owed, results), now)
