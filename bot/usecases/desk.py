"""What every use case works with, and the one way in which an invocation is moved on."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.domain import events as ev
from bot.domain.access import Grant, RoleTable, UserId
from bot.domain.catalog import Catalog
from bot.domain.change import Change
from bot.domain.decide import Ignored, decide
from bot.domain.guards import Lock
from bot.domain.invocation import Invocation
from bot.domain.refusal import Refusal, Why
from bot.domain.usergroups import is_group
from bot.ports import Clock, Groups, Store

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Desk:
    """The store, the clock, the catalogue as it is now, whom to wake when something has changed, how to redact, and
    who is in Slack's user groups."""

    store: Store
    clock: Clock
    catalog: Callable[[], Catalog]
    admins: frozenset[UserId]
    wake: Callable[[], None]
    redact: Callable[[str, Iterable[str]], str]
    groups: Groups

    async def roles(self) -> RoleTable:
        """Who holds what now."""
        now = self.clock.now()
        return await self._table(await self.store.grants(now), now)

    async def standing(self) -> tuple[RoleTable, tuple[Lock, ...]]:
        """Who holds what now, and which targets are locked."""
        now = self.clock.now()
        grants, locks = await self.store.standing(now)
        return await self._table(grants, now), locks

    async def _table(self, grants: tuple[Grant, ...], now: datetime) -> RoleTable:
        groups = await self.groups.members({grant.user for grant in grants if is_group(grant.user)})
        return RoleTable.at(self.catalog().policy, grants, self.admins, now, groups)


async def lock_on(desk: Desk, target: str, now: datetime) -> Lock | None:
    """The lock that holds *target* at *now*."""
    return next((found for found in await desk.store.locks(now) if found.target == target), None)


async def move(desk: Desk, invocation: str, event: ev.Event) -> Change | Ignored:
    """Load, decide, apply; again from the start where somebody else was first.

    Of several who move the same invocation at once one wins each round, so this ends.
    """
    while True:
        current = await desk.store.load(invocation)
        if current is None:
            return Ignored(Refusal(Why.UNKNOWN_INVOCATION, subject=invocation))
        now = desk.clock.now()
        decision = decide(current, event, now)
        if isinstance(decision, Ignored):
            return decision
        if await desk.store.apply(decision, now):
            _tell(decision)
            desk.wake()
            return decision


def _tell(change: Change) -> None:
    """One line in the log for every event: which invocation, what, by whom, and its state. No script, no output."""
    for event in change.events:
        about = {"batch": event.data["batch"]} if "batch" in event.data else {}
        was, now = change.before.state.value, change.after.state.value
        log.info("moved", invocation=change.before.id, what=event.kind, actor=event.actor, was=was, state=now, **about)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, from where: in *channel*, in the thread of *thread* (a ts) where it is one.

    *request_key* is the same for every delivery of one press of a key.
    """

    user: UserId
    team: str
    channel: str
    request_key: str
    response_url: str = ""
    thread: str = ""


def since(moment: datetime | None, now: datetime) -> float:
    """Seconds from *moment* to *now*; 0 without a moment or where clocks went backwards."""
    return max((now - moment).total_seconds(), 0.0) if moment else 0.0


def applied(decision: Change | Ignored) -> Invocation | Refusal:
    """What a person is told of a decision: the new state, or why nothing changed."""
    return decision.after if isinstance(decision, Change) else decision.why
