"""Keeps open Home tabs as things are, without asking Slack for much."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.domain.access import UserId
from bot.domain.front import Front
from bot.errors import ChatError, ChatTryAgain
from bot.usecases.desk import Desk
from bot.usecases.front import front
from bot.usecases.reconcile import Strays
from bot.workers.looper import Job

WATCHED = timedelta(minutes=15)
"""Slack does not say when somebody leaves the tab: it is kept up for so long after they opened it."""

EVERY = timedelta(seconds=4)
AT_ONCE = 4
"""So many tabs are looked at in so much time: sixty a minute at most, of the hundred that views.publish takes."""

ANYWAY = timedelta(minutes=1)
"""After so long a tab is looked at though nothing was heard of: a role has ended, another replica was at work."""

MOST = 200
"""People whose tabs are kept up."""

log = structlog.get_logger(__name__)


STRAYS = 200
"""So many runs that should not be there are counted on an admin's tab."""


class Homes(Protocol):
    """Home tabs, outwards."""

    async def publish(self, front: Front, now: datetime, *, anyway: bool) -> None:
        """Show *front* to whom it is for; without *anyway* only where it changed. Raises ChatError."""
        ...


@dataclass(frozen=True, slots=True)
class _Tab:
    """*looked_at* None: just opened, or pressed on."""

    opened_at: datetime
    looked_at: datetime | None = None
    stale: bool = True


class HomeKeeper:
    """Who has it open is in memory: after a restart a tab is kept up again from when it is opened next."""

    name = "homekeeper"

    def __init__(
        self, desk: Desk, homes: Homes, health: Callable[[], Awaitable[Sequence[str]]], strays: Strays
    ) -> None:
        self._desk = desk
        self._strays = strays
        self._homes = homes
        self._health = health
        self._tabs: dict[UserId, _Tab] = {}
        self._next = desk.clock.now()

    def opened(self, user: UserId) -> None:
        """*user* looks at their tab now."""
        self._tabs.pop(user, None)
        while len(self._tabs) >= MOST:
            del self._tabs[next(iter(self._tabs))]
        self._tabs[user] = _Tab(self._desk.clock.now())
        self._desk.wake()

    def changed(self) -> None:
        """Something has moved; whom it concerns is found out by looking."""
        self._tabs = {user: replace(tab, stale=True) for user, tab in self._tabs.items()}

    async def jobs(self, now: datetime) -> Sequence[Job]:
        """Tabs just opened, and in their turn those that may not be as things are."""
        self._tabs = {user: tab for user, tab in self._tabs.items() if now - tab.opened_at < WATCHED}
        fresh = [user for user, tab in self._tabs.items() if tab.looked_at is None][:AT_ONCE]
        due = self._due(now) if now >= self._next else []
        chosen = [*fresh, *due[: AT_ONCE - len(fresh)]]
        if chosen:
            self._next = now + EVERY
        return [self._job(user) for user in chosen]

    async def next_at(self, now: datetime) -> datetime | None:
        """When it is the next ones' turn."""
        if any(tab.looked_at is None for tab in self._tabs.values()):
            return now
        return self._next if self._due(max(now, self._next)) else None

    def _due(self, now: datetime) -> list[UserId]:
        looked = [(tab.looked_at, user, tab.stale) for user, tab in self._tabs.items() if tab.looked_at is not None]
        return [user for at, user, stale in sorted(looked) if stale or now - at >= ANYWAY]

    def _job(self, user: UserId) -> Job:
        async def run() -> None:
            await self._show(user)

        return Job(user, run)

    async def _show(self, user: UserId) -> None:
        tab, now = self._tabs.get(user), self._desk.clock.now()
        if tab is None:
            return
        self._tabs[user] = replace(tab, looked_at=now, stale=False)
        seen = await front(self._desk, user, await self._health(), await self._strays.standing(STRAYS))
        try:
            await self._homes.publish(seen, now, anyway=tab.looked_at is None)
        except ChatTryAgain as error:
            self._next = now + max(EVERY, timedelta(seconds=error.after or 0))
            if user in self._tabs:
                self._tabs[user] = replace(self._tabs[user], stale=True)
        except ChatError as error:
            log.warning("home_not_shown", code=error.code)
            self._tabs.pop(user, None)
