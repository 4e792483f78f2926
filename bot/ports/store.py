"""What is needed of the database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.access import Grant, UserId
from bot.domain.change import Change, Event
from bot.domain.guards import Lock
from bot.domain.invocation import BatchState, Invocation, State
from bot.domain.lane import Lane, Pick
from bot.domain.message import OutboxRow, Owed, Place
from bot.domain.pacing import Draw
from bot.domain.result import Result

BatchKey = tuple[str, int]
"""Of a batch: its invocation's id and its number."""


@dataclass(frozen=True, slots=True)
class Renewed:
    """Which batches are held until then."""

    until: datetime
    batches: tuple[BatchKey, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as it stands in the trail."""

    id: int
    at: datetime
    event: Event
    hash: str


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many *events* and *invocations* were given up. *held*: the invocation that the rest has to wait for;
    *damaged*: what would have gone is not as it was written, and stays."""

    events: int = 0
    invocations: int = 0
    held: str = ""
    damaged: bool = False


class Store(Protocol):
    """The database. Every method is one transaction; every change carries its events and its outbox rows."""

    async def add(self, invocation: Invocation, events: Sequence[Event], owed: Sequence[Owed] = ()) -> Invocation:
        """Record a new invocation; where its request_key is taken, return the one that took it, changing nothing."""
        ...

    async def apply(self, change: Change, now: datetime) -> bool:
        """Apply *change* (the stored version becomes before.version + 1). False: somebody was first; no change.

        Raises ClaimTaken, changing nothing, where another invocation holds after.claim.
        """
        ...

    async def load(self, invocation: str) -> Invocation | None:
        """The invocation with this id."""
        ...

    async def asked(self, request_key: str) -> Invocation | None:
        """The invocation that has taken *request_key*."""
        ...

    async def results(self, invocation: str) -> tuple[Result, ...]:
        """Its results so far, by name and instance id."""
        ...

    async def claim_due(self, states: Iterable[State], now: datetime, limit: int) -> tuple[Invocation, ...]:
        """Those in *states* whose next_at has come, oldest next_at first.

        They are leased to this replica for a while, and so are none of another one's among them; its
        own it gets again, with a lease that is young again.
        """
        ...

    async def next_due(self, states: Iterable[State]) -> datetime | None:
        """The earliest time at which `claim_due` would return one, as far as is known now."""
        ...

    async def claim_due_batches(
        self, states: Iterable[BatchState], now: datetime, limit: int, *, hold: timedelta | None = None
    ) -> tuple[Invocation, ...]:
        """Invocations with a batch in *states* whose next_at has come, the oldest such next_at first; leased as well.

        An invocation is leased with all its batches. *hold*: those batches are due again only after so long, or when a
        change says so; a lease must not end before, so that where there are several replicas it is not as long.
        """
        ...

    def longest(self, hold: timedelta) -> timedelta:
        """*hold*, or for how long this replica may hold what it follows: where there are others, they wait no longer
        than that for what a dead one left."""
        ...

    async def renew_batches(
        self, states: Iterable[BatchState], held: Mapping[BatchKey, datetime], now: datetime, hold: timedelta
    ) -> Renewed:
        """Hold for longer those of the batches *held* until then that are as they were when they were last claimed or
        changed by this replica: still in *states*, leased to it, and due at the same time. Of others nothing changes:
        `claim_due_batches` names them, here or elsewhere."""
        ...

    async def hurry(self, states: Iterable[BatchState], now: datetime) -> None:
        """All batches in *states* are due *now*: whoever held them is gone. For a replica that is alone."""
        ...

    async def took(self, snippet: str, target: str, limit: int) -> tuple[float, ...]:
        """The seconds that the last *limit* runs of *snippet* on *target* took that came to an end, oldest first."""
        ...

    async def next_due_batch(self, states: Iterable[BatchState]) -> datetime | None:
        """The earliest time at which `claim_due_batches` would return one, as far as is known now."""
        ...

    async def holder(self, claim: str) -> str | None:
        """The id of the invocation that holds *claim*."""
        ...

    async def asked_since(self, user: UserId, moment: datetime) -> int:
        """How many invocations *user* asked for since *moment*."""
        ...

    async def succeeded_before(self, snippet: str, target: str) -> bool:
        """Has *snippet* ever succeeded on *target*?"""
        ...

    async def to_review(self, limit: int) -> tuple[Invocation, ...]:
        """What ran under break-glass and nobody has reviewed, the oldest first."""
        ...

    async def unsettled(self, limit: int) -> tuple[Invocation, ...]:
        """Those that are unknown, the newest first."""
        ...

    async def recent(
        self, limit: int, *, user: UserId | None = None, open_only: bool = False
    ) -> tuple[Invocation, ...]:
        """The newest first; of one requester; those not over."""
        ...

    async def standing(self, now: datetime) -> tuple[tuple[Grant, ...], tuple[Lock, ...]]:
        """The grants and the locks that count at *now*, in one look."""
        ...

    async def grants(self, now: datetime) -> tuple[Grant, ...]:
        """The grants that count at *now*."""
        ...

    async def grant(self, grant: Grant, event: Event, now: datetime) -> Grant:
        """Store *grant*, in the place of one with the same user, role and targets."""
        ...

    async def revoke(self, user: UserId, role: str, event: Event, now: datetime) -> int:
        """End all of *user*'s grants of *role*; how many there were."""
        ...

    async def locks(self, now: datetime) -> tuple[Lock, ...]:
        """The locks that count at *now*, by target."""
        ...

    async def lock(self, lock: Lock, event: Event, now: datetime) -> Lock:
        """Store *lock*, or return the one of somebody else that holds; one's own is replaced."""
        ...

    async def unlock(self, lock: Lock, event: Event, now: datetime) -> bool:
        """End *lock*; False: it is over, or somebody else's by now, and there is no event."""
        ...

    async def lanes(self, now: datetime) -> tuple[tuple[Lane, bool], ...]:
        """The lanes that anything is due in; of each once what is final, and once what is not."""
        ...

    async def owed(self, now: datetime, limit: int, picks: Sequence[Pick] | None = None) -> tuple[OutboxRow, ...]:
        """Messages to send now: final ones first, then the oldest; what stands in a thread once its card is there, and
        a file once the message above it is.

        None that another replica is sending. *picks*: these only.
        """
        ...

    async def claim_owed(self, row: OutboxRow, draws: Sequence[Draw], now: datetime) -> timedelta | None:
        """Lease *row* to send it, and take what that costs of the budgets that the replicas share.

        Zero: done. None: another replica has it, or it does not stand any more as it was read. Else how long to
        wait for the budgets. In the last two cases nothing changed. A replica that is alone always gets zero.
        """
        ...

    async def drain(self, draw: Draw, until: datetime) -> None:
        """Slack said when to come back: no replica gets anything of that budget before *until*."""
        ...

    async def next_owed(self, after: datetime | None = None) -> datetime | None:
        """The earliest not_before, past *after*, among messages that `owed` would return in time."""
        ...

    async def delivered(self, row: OutboxRow, place: Place | None) -> None:
        """Slack has *row* as it was wanted in row.wanted; a newer want stays owed."""
        ...

    async def postpone(self, row: OutboxRow, until: datetime, *, forget_place: bool = False) -> None:
        """Try *row* again at *until*, counted as one more attempt; *forget_place*: post it anew."""
        ...

    async def abandon(self, row: OutboxRow, event: Event, now: datetime, *, forget_place: bool = False) -> None:
        """Give *row* up, with the event that says so; *forget_place*: wanted once more, it is posted anew."""
        ...

    async def move_home(self, invocation: str, home: str, event: Event, owed: Sequence[Owed], now: datetime) -> None:
        """The invocation's messages go to *home* (a user's direct messages) from now on; its places are forgotten."""
        ...

    async def place(self, invocation: str, kind: str, key: str = "") -> Place | None:
        """Where that message is."""
        ...

    async def cards(self, invocations: Iterable[str]) -> Mapping[str, Place]:
        """Where the cards of these are, of those that were posted."""
        ...

    async def is_ours(self, invocation: str, channel: str, ts: str) -> bool:
        """Is the message at *channel* and *ts* one that the bot wrote about *invocation*?"""
        ...

    async def events(self, invocation: str) -> tuple[StoredEvent, ...]:
        """The invocation's timeline, oldest first."""
        ...

    async def record(self, event: Event, now: datetime) -> None:
        """Add an event that changes nothing else (a refusal, say)."""
        ...

    async def prune(self, before: datetime, now: datetime, limit: int) -> int:
        """Drop the outputs of at most *limit* invocations that ended before then; how many there were."""
        ...

    async def forget_answers(self, since: datetime | None, before: datetime) -> int:
        """Blank the response_urls of what was asked for from *since* on and before *before*; how many there were."""
        ...

    async def forget(self, before: datetime, now: datetime, limit: int) -> Forgotten:
        """Give up the trail's first events, as far as they are of before then, and the invocations that they tell of.

        At most *limit* events. The trail says so, and is proved from there on. An invocation that is open, unknown or
        to be reviewed keeps its events, and with them all that came later.
        """
        ...

    async def tidy(self, now: datetime) -> None:
        """Drop what is as good as not there."""
        ...

    async def ping(self) -> None:
        """Return if the database answers."""
        ...
