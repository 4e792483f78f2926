"""`Store` on a SQL database: each method is one transaction; what it does is in its noun's module."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self, TypeVar

from sqlalchemy import Connection, text

from bot.domain.access import Grant, UserId
from bot.domain.change import Change, Event
from bot.domain.guards import Lock
from bot.domain.invocation import BatchState, Invocation, State
from bot.domain.lane import Lane, Pick
from bot.domain.message import OutboxRow, Owed, Place
from bot.domain.pacing import Draw
from bot.domain.result import Result
from bot.errors import StoreError
from bot.ports import BatchKey, Forgotten, Renewed, StoredEvent
from bot.store import (
    answers,
    budgets,
    chain,
    changes,
    cut,
    grants,
    invocations,
    leases,
    locks,
    outbox,
    proof,
    retention,
)
from bot.store.engine import Database, Work
from bot.store.gathered import Gathered, Left
from bot.store.leases import Replica
from bot.store.strays import SqlStrays
from bot.store.together import Together
from bot.store.unknown import Unknown
from bot.urgency import urgent

T = TypeVar("T")


class _Unchanged(Exception):
    """Roll back: there is nothing to be done here."""


@dataclass(frozen=True, slots=True)
class _New:
    """An invocation that is to be recorded, with what goes with it."""

    invocation: Invocation
    events: Sequence[Event]
    owed: Sequence[Owed]


class SqlStore:
    """The database. `Store` says what each method promises."""

    def __init__(self, database: Database, replica: Replica, resources: AsyncExitStack) -> None:
        self._db = database
        self._replica = replica
        self._unknown = Unknown()
        self._resources = resources
        self._new = Gathered(self._add, database.start)
        self._standing: Together[tuple[tuple[Grant, ...], tuple[Lock, ...]]] = Together(database.start)
        self.strays = SqlStrays(database)

    async def __aenter__(self) -> Self:
        """Itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        await self.close()

    async def close(self) -> None:
        """Hold nothing any more, let running transactions end, close all connections."""
        if not self._replica.alone:
            with suppress(StoreError):  # then the leases end by themselves
                await self._db.write(lambda conn: leases.release(conn, self._replica))
        await self._resources.aclose()

    async def ping(self) -> None:
        """Return if the database answers, and takes what is written: a transaction of a writer, with nothing in it."""
        with urgent():  # behind the workers' transactions it could seem to be away
            await self._db.write(lambda conn: conn.execute(text("SELECT 1")).one())

    # ── Invocations ────────────────────────────────────────────────────────────

    async def add(self, invocation: Invocation, events: Sequence[Event], owed: Sequence[Owed] = ()) -> Invocation:
        """Record a new invocation, or return the one that has its request_key."""
        return await self._new.bring(_New(invocation, events, owed))

    async def _add(self, new: Sequence[_New], left: Sequence[Left]) -> list[Invocation]:
        def work(conn: Connection) -> list[Invocation]:
            wanted = [one for one, gone in zip(new, left, strict=True) if not gone()]  # of the others nobody knows
            stored = changes.add(conn, [one.invocation for one in wanted]) if wanted else []
            added = [one for one, there in zip(wanted, stored, strict=True) if there is one.invocation]
            for one in added:
                outbox.want(conn, one.invocation.id, one.invocation.home, one.owed, one.invocation.created_at)
            chain.append_all(conn, [(event, one.invocation.created_at) for one in added for event in one.events])
            there = dict(zip([one.invocation.id for one in wanted], stored, strict=True))
            return [there.get(one.invocation.id, one.invocation) for one in new]

        return await self._db.write(work)

    async def apply(self, change: Change, now: datetime) -> bool:
        """Apply *change* to the version that it was decided on, or not at all. Raises ClaimTaken."""
        return await self._db.write(lambda conn: changes.apply(conn, self._replica, change, now))

    async def load(self, invocation: str) -> Invocation | None:
        """The invocation with this id."""
        return await self._db.read(lambda conn: invocations.load(conn, invocation))

    async def asked(self, request_key: str) -> Invocation | None:
        """The invocation that has taken *request_key*."""
        return await self._db.read(lambda conn: invocations.by_request_key(conn, request_key))

    async def results(self, invocation: str) -> tuple[Result, ...]:
        """Its results so far, by name and instance id."""
        return await self._db.read(lambda conn: invocations.results_of(conn, invocation))

    async def claim_due(self, states: Iterable[State], now: datetime, limit: int) -> tuple[Invocation, ...]:
        """Those in *states* whose next_at has come, oldest next_at first; leased."""
        return await self._claim(lambda conn: invocations.claim_due(conn, self._replica, states, now, limit))

    async def next_due(self, states: Iterable[State]) -> datetime | None:
        """The earliest next_at among those in *states*."""
        return await self._db.read(lambda conn: invocations.next_due(conn, self._replica, states))

    async def claim_due_batches(
        self, states: Iterable[BatchState], now: datetime, limit: int, *, hold: timedelta | None = None
    ) -> tuple[Invocation, ...]:
        """Invocations with a batch in *states* whose next_at has come, the oldest such next_at first; leased."""
        wanted = tuple(states)
        if hold is not None and ((earliest := await self.next_due_batch(wanted)) is None or earliest > now):
            return ()  # nothing is written where there is nothing

        def claim(conn: Connection) -> tuple[Invocation, ...]:
            return invocations.claim_due_batches(conn, self._replica, wanted, now, limit, hold=hold)

        return await (self._claim(claim) if hold is None else self._db.write(claim))

    def longest(self, hold: timedelta) -> timedelta:
        """*hold*, or for how long one replica of several may hold what it follows."""
        return leases.longest(self._replica, hold)

    async def renew_batches(
        self, states: Iterable[BatchState], held: Mapping[BatchKey, datetime], now: datetime, hold: timedelta
    ) -> Renewed:
        """Hold those of *held* for longer that nobody changed since."""
        wanted = tuple(states)
        return await self._db.write(
            lambda conn: invocations.renew_batches(conn, self._replica, wanted, held, now, hold=hold)
        )

    async def hurry(self, states: Iterable[BatchState], now: datetime) -> None:
        """All batches in *states* are due *now*: whoever held them is gone."""
        await self._db.write(lambda conn: invocations.hurry(conn, states, now))

    async def took(self, snippet: str, target: str, limit: int) -> tuple[float, ...]:
        """How many seconds the last *limit* runs of *snippet* on *target* took that came to an end."""
        return await self._db.read(lambda conn: invocations.took(conn, snippet, target, limit))

    async def next_due_batch(self, states: Iterable[BatchState]) -> datetime | None:
        """The earliest next_at among batches in *states*."""
        return await self._db.read(lambda conn: invocations.next_due_batch(conn, self._replica, states))

    async def holder(self, claim: str) -> str | None:
        """The id of the invocation that holds *claim*."""
        return await self._db.read(lambda conn: locks.holder(conn, claim))

    async def asked_since(self, user: UserId, moment: datetime) -> int:
        """How many invocations *user* asked for since *moment*."""
        return await self._db.read(lambda conn: invocations.asked_since(conn, user, moment))

    async def succeeded_before(self, snippet: str, target: str) -> bool:
        """Has *snippet* ever succeeded on *target*?"""
        return await self._db.read(lambda conn: invocations.succeeded_before(conn, snippet, target))

    async def to_review(self, limit: int) -> tuple[Invocation, ...]:
        """What ran under break-glass and nobody has reviewed, the oldest first."""
        return await self._db.read(lambda conn: invocations.to_review(conn, limit))

    async def unsettled(self, limit: int) -> tuple[Invocation, ...]:
        """Those that are unknown, the newest first."""
        return await self._db.read(lambda conn: invocations.unsettled(conn, limit))

    async def recent(
        self, limit: int, *, user: UserId | None = None, open_only: bool = False
    ) -> tuple[Invocation, ...]:
        """The newest first; of one requester; those not over."""
        return await self._db.read(lambda conn: invocations.recent(conn, limit, user, open_only))

    async def move_home(self, invocation: str, home: str, event: Event, owed: Sequence[Owed], now: datetime) -> None:
        """The invocation's messages go to *home* from now on; approvers' direct messages stay where they are."""
        await self._db.write(lambda conn: changes.move_home(conn, invocation, home, event=event, owed=owed, now=now))

    async def _claim(self, work: Work[T]) -> T:
        """Alone there is nothing to write."""
        return await (self._db.read if self._replica.alone else self._db.write)(work)

    # ── The role table ─────────────────────────────────────────────────────────

    async def standing(self, now: datetime) -> tuple[tuple[Grant, ...], tuple[Lock, ...]]:
        """The grants and the locks that count at *now*, in one look: that of all who ask before it begins."""
        given, held = await self._standing.ask(
            lambda: self._db.read(lambda conn: (grants.standing(conn, now), locks.standing(conn, now)))
        )
        # whose look it was may have asked a moment earlier
        return tuple(one for one in given if one.holds(now)), tuple(lock for lock in held if lock.holds(now))

    async def grants(self, now: datetime) -> tuple[Grant, ...]:
        """The grants that count at *now*."""
        return (await self.standing(now))[0]

    async def grant(self, grant: Grant, event: Event, now: datetime) -> Grant:
        """Store *grant*, in the place of one with the same user, role and targets."""

        def work(conn: Connection) -> Grant:
            stored = grants.give(conn, grant, now)
            chain.append(conn, (event,), now)
            return stored

        return await self._db.write(work)

    async def revoke(self, user: UserId, role: str, event: Event, now: datetime) -> int:
        """End all of *user*'s grants of *role*; how many there were. None: there is no event either."""

        def work(conn: Connection) -> int:
            count = grants.end(conn, user, role, now)
            chain.append(conn, (event,) if count else (), now)
            return count

        return await self._db.write(work)

    # ── Locks ──────────────────────────────────────────────────────────────────

    async def locks(self, now: datetime) -> tuple[Lock, ...]:
        """The locks that count at *now*, by target."""
        return (await self.standing(now))[1]

    async def lock(self, lock: Lock, event: Event, now: datetime) -> Lock:
        """Store *lock*, or return the one of somebody else that holds."""

        def work(conn: Connection) -> Lock:
            held = locks.take(conn, lock, now)
            chain.append(conn, (event,) if held == lock else (), now)
            return held

        return await self._db.write(work)

    async def unlock(self, lock: Lock, event: Event, now: datetime) -> bool:
        """End *lock*; False: it is over, or somebody else's by now, and there is no event."""

        def work(conn: Connection) -> bool:
            released = locks.end(conn, lock, now)
            chain.append(conn, (event,) if released else (), now)
            return released

        return await self._db.write(work)

    # ── Messages owed ──────────────────────────────────────────────────────────

    async def lanes(self, now: datetime) -> tuple[tuple[Lane, bool], ...]:
        """The lanes that anything is due in; of each once what is final, and once what is not."""
        return await self._db.read(lambda conn: outbox.lanes(conn, now, self._unknown))

    async def owed(self, now: datetime, limit: int, picks: Sequence[Pick] | None = None) -> tuple[OutboxRow, ...]:
        """Messages to send now: final ones first, then the oldest; what stands in a thread once its card is there."""
        return await self._db.read(
            lambda conn: outbox.owed(conn, self._replica, now, limit, picks, unknown=self._unknown)
        )

    async def claim_owed(self, row: OutboxRow, draws: Sequence[Draw], now: datetime) -> timedelta | None:
        """Lease *row* to send it, and take what that costs of the budgets that the replicas share."""
        if self._replica.alone:
            return timedelta(0)

        def work(conn: Connection) -> timedelta | None:
            wait = budgets.draw(conn, draws, now)
            if wait > timedelta(0):
                return wait
            if not outbox.claim(conn, self._replica, row, now):
                raise _Unchanged
            return wait

        try:
            return await self._db.write(work)
        except _Unchanged:
            return None

    async def drain(self, draw: Draw, until: datetime) -> None:
        """Slack said when to come back: no replica gets anything of that budget before *until*."""
        if not self._replica.alone:
            await self._db.write(lambda conn: budgets.drain(conn, draw, until))

    async def next_owed(self, after: datetime | None = None) -> datetime | None:
        """The earliest not_before, past *after*, among messages that `owed` would return in time."""
        return await self._db.read(lambda conn: outbox.next_owed(conn, self._replica, after, self._unknown))

    async def delivered(self, row: OutboxRow, place: Place | None) -> None:
        """Slack has *row* as it was wanted in row.wanted; a newer want stays owed."""
        await self._db.write(lambda conn: outbox.delivered(conn, self._replica, row, place))

    async def postpone(self, row: OutboxRow, until: datetime, *, forget_place: bool = False) -> None:
        """Try *row* again at *until*, unless a newer want has its own time."""
        await self._db.write(lambda conn: outbox.postpone(conn, self._replica, row, until, forget_place=forget_place))

    async def abandon(self, row: OutboxRow, event: Event, now: datetime, *, forget_place: bool = False) -> None:
        """Give *row* up, with the event that says so; *forget_place*: wanted once more, it is posted anew."""

        def work(conn: Connection) -> None:
            outbox.abandon(conn, self._replica, row, forget_place=forget_place)
            chain.append(conn, (event,), now)

        await self._db.write(work)

    async def place(self, invocation: str, kind: str, key: str = "") -> Place | None:
        """Where that message is."""
        return await self._db.read(lambda conn: outbox.place(conn, invocation, kind, key))

    async def cards(self, invocations: Iterable[str]) -> dict[str, Place]:
        """See `ports.Store`."""
        return await self._db.read(lambda conn: outbox.cards(conn, invocations))

    async def is_ours(self, invocation: str, channel: str, ts: str) -> bool:
        """Is the message at *channel* and *ts* one that the bot wrote about *invocation*?"""
        return await self._db.read(lambda conn: outbox.is_ours(conn, invocation, channel, ts))

    # ── The audit trail ────────────────────────────────────────────────────────

    async def events(self, invocation: str) -> tuple[StoredEvent, ...]:
        """The invocation's timeline, oldest first."""
        return await self._db.read(lambda conn: chain.timeline(conn, invocation))

    async def record(self, event: Event, now: datetime) -> None:
        """Add an event that changes nothing else."""
        await self._db.write(lambda conn: chain.append(conn, (event,), now))

    async def prune(self, before: datetime, now: datetime, limit: int) -> int:
        """Drop the outputs of at most *limit* invocations that ended before then; how many there were."""
        return await self._db.write(lambda conn: retention.prune(conn, before, now, limit))

    async def forget_answers(self, since: datetime | None, before: datetime) -> int:
        """Blank the response_urls of invocations asked for in that time; how many there were."""
        return await self._db.write(lambda conn: answers.forget(conn, since, before))

    async def forget(self, before: datetime, now: datetime, limit: int) -> Forgotten:
        """Give up the trail's first events, as far as they are of before then, and what they tell of."""
        return await self._db.write(lambda conn: cut.forget(conn, before, now, limit))

    async def tidy(self, now: datetime) -> None:
        """Drop what is as good as not there: Slack's budgets that are full again."""
        if not self._replica.alone:
            await self._db.write(lambda conn: budgets.tidy(conn, now))

    async def verify(self) -> list[proof.Fault]:
        """Walk the trail: the first things that are not as they were written. Empty: all of it is."""
        return list((await self._db.read(proof.examine)).faults)
