"""A year later: how long people wait for what is looked up among 500,000 invocations, and among a hundred."""

import asyncio
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bench import past
from bench.clocks import SimulatedClock
from bench.past import ADMIN, PEOPLE, SERVICE, Life, Way
from bench.server import server
from bot.domain import events as ev
from bot.domain.access import Grant
from bot.domain.change import Change, Event
from bot.domain.guards import Lock
from bot.domain.invocation import BatchState, State
from bot.domain.message import MessageKind
from bot.matching import matching
from bot.store import open_store
from bot.store.tables import invocations
from bot.usecases import questions, reading
from bot.usecases.desk import move
from bot.usecases.front import SEEN, front
from bot.workers.notifier import Notifier

COPIES = 5_000
TIMES = 30
"""How often each is asked, every time for something else."""

LIMIT = 0.05
"""Seconds in which all of it is answered: whoever waits for several of them, waits for no more than a moment."""

Ask = Callable[[], Awaitable[object]]

NOW = (
    Way(25, "restart", "web-prod", 3, then="approve", params=SERVICE),
    Way(8, "restart", "web-prod", 3, glass=True, params=SERVICE),
    Way(15, "mem", "web-prod", 3),
)
"""What is under way: waits for approval, ran under break-glass and was not reviewed, runs."""


@dataclass(frozen=True)
class Waits:
    """Seconds, for each question TIMES, on one engine: after a hundred invocations, and after the *history*."""

    engine: str
    history: int
    small: Mapping[str, Sequence[float]]
    large: Mapping[str, Sequence[float]]


async def measure() -> list[Waits]:
    """SQLite, then PostgreSQL; a minute or two, most of which the past takes."""
    clock = SimulatedClock()
    rows = await past.template(clock)
    history = COPIES * len(rows[invocations])
    found = []
    with tempfile.TemporaryDirectory() as folder:
        small, large = [await _asked(f"sqlite:///{folder}/{copies}.db", rows, copies, clock) for copies in (1, COPIES)]
        found.append(Waits("SQLite", history, small, large))
    async with server() as running:
        small, large = [
            await _asked(running.url(await asyncio.to_thread(running.create)), rows, copies, clock)
            for copies in (1, COPIES)
        ]
        found.append(Waits("PostgreSQL", history, small, large))
    return found


async def _asked(url: str, rows: past.Template, copies: int, clock: SimulatedClock) -> dict[str, list[float]]:
    await (await open_store(url)).close()
    await past.fill(url, rows, copies)
    return await ask_all(url, [row["id"] for row in rows[invocations]], copies, clock)


async def ask_all(url: str, ids: Sequence[str], copies: int, since: SimulatedClock) -> dict[str, list[float]]:
    """Ask all there is to ask of the filled database at *url*."""
    clock = SimulatedClock()
    clock.at = since.at
    async with await open_store(url) as store:
        life = Life(store, clock, ends=False)
        for way in NOW:
            begun = await life.begins(way)
        for inv in begun[:3]:
            await move(life.desk, inv.id, ev.Lost(1, "no answer"))
        asked = _whole(life, ids, copies) | _single(life, ids, copies)
        return {name: [await _timed(ask) for _ in range(TIMES)] for name, ask in asked.items()}


async def _timed(ask: Ask) -> float:
    began = time.perf_counter()
    await ask()
    return time.perf_counter() - began


def _some(ids: Sequence[str], copies: int) -> Callable[[], str]:
    """Any of the past; the same ones each time that the bench runs."""
    dice = random.Random(1)
    return lambda: f"{dice.choice(ids)}{dice.randrange(copies)}"


def _somebody() -> Callable[[], str]:
    dice = random.Random(2)
    return lambda: f"U{dice.randrange(PEOPLE):02}"


def _whole(life: Life, ids: Sequence[str], copies: int) -> dict[str, Ask]:
    """What one line or one press takes, from the request to all that its answer is made of."""
    desk, an_id, user = life.desk, _some(ids, copies), _somebody()

    async def searched() -> None:
        printed = await reading.printed(desk, an_id())
        if isinstance(printed, reading.Printed):
            match = matching("Mem", expression=False)
            assert callable(match)
            await reading.find(desk, printed.groups, match)

    async def home() -> None:
        await front(desk, user(), (), await life.store.strays.standing(SEEN))

    return {
        "/ecs run, permitted and recorded": lambda: life.asks(NOW[2]),
        "the Home tab": home,
        "/ecs status": lambda: questions.open_now(desk, user()),
        "/ecs status ID": lambda: questions.status(desk, user(), an_id()),
        "/ecs history": lambda: questions.history(desk, user()),
        "/ecs history, to be reviewed": lambda: questions.to_review(desk, user()),
        "/ecs audit ID": lambda: questions.audit(desk, user(), an_id()),
        "Search": searched,
        "Download all of it": lambda: reading.take(desk, user(), an_id()),
    }


def _single(life: Life, ids: Sequence[str], copies: int) -> dict[str, Ask]:
    """The store's own methods, as far as anybody waits for them: a person, or a worker that a person waits for."""
    store, now, an_id, user = life.store, life.clock.now(), _some(ids, copies), _somebody()
    due, later = now + timedelta(days=1), timedelta(days=1)
    lock = Lock("web-prod", "U01", now, "deploying", now + later)
    event = Event("locked", "U01")
    chat: Any = None  # nothing is sent
    notifier = Notifier(life.desk, chat)

    async def applied() -> None:
        inv = await store.load(an_id())
        assert inv is not None
        assert await store.apply(Change(inv, inv, (Event("taken", "U01", inv.id),)), now)

    return {
        "asked": lambda: store.asked(f"{an_id()}-"),
        "load": lambda: store.load(an_id()),
        "results": lambda: store.results(an_id()),
        "events": lambda: store.events(an_id()),
        "recent": lambda: store.recent(SEEN),
        "recent, open": lambda: store.recent(SEEN, open_only=True),
        "recent, of a person": lambda: store.recent(50, user=user()),
        "recent, of a person, open": lambda: store.recent(50, user=user(), open_only=True),
        "asked_since": lambda: store.asked_since(user(), now - later),
        "succeeded_before": lambda: store.succeeded_before("restart", "db-prod"),
        "to_review": lambda: store.to_review(SEEN),
        "unsettled": lambda: store.unsettled(SEEN),
        "holder": lambda: store.holder("default/cn-hangzhou/web-prod"),
        "grants": lambda: store.grants(now),
        "locks": lambda: store.locks(now),
        "strays.standing": lambda: store.strays.standing(SEEN),
        "strays.untold": store.strays.untold,
        "place": lambda: store.place(an_id(), MessageKind.CARD),
        "is_ours": lambda: store.is_ours(an_id(), "C01", "17.0"),
        "claim_due": lambda: store.claim_due((State.PLANNING, State.AWAITING_APPROVAL), due, 100),
        "next_due": lambda: store.next_due((State.PLANNING, State.AWAITING_APPROVAL)),
        "claim_due_batches": lambda: store.claim_due_batches((BatchState.RUNNING, BatchState.STOPPING), due, 500),
        "next_due_batch": lambda: store.next_due_batch((BatchState.RUNNING, BatchState.STOPPING)),
        "owed, as the notifier asks": lambda: notifier.jobs(due),
        "next_owed": store.next_owed,
        "apply": applied,
        "record": lambda: store.record(Event("not_allowed", "U01"), now),
        "lock": lambda: store.lock(lock, event, now),
        "unlock": lambda: store.unlock(lock, event, now),
        "grant": lambda: store.grant(Grant("U01", "viewer", ADMIN, now), event, now),
        "revoke": lambda: store.revoke("U01", "viewer", event, now),
        "prune": lambda: store.prune(now - past.KEPT, now, 50),
    }
