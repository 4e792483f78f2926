"""Who can press a button: people of this workspace whose account is alive. Told by users.info, and remembered."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.access import UserId
from bot.errors import ChatError
from bot.ports import Clock

KEEP = timedelta(minutes=10)
"""How long an answer of users.info is taken for true."""

MOST = 2_000
"""People that are remembered at a time."""

AT_ONCE = 8
"""Calls of users.info at a time; Tier 4 is a hundred a minute."""

Named = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]
"""Makes a call of Slack, and gives its failures the names of ChatError."""

_NOBODY = frozenset({"user_not_found", "user_not_visible"})

log = structlog.get_logger(__name__)


class People:
    """What Slack says of people, for a while. *seconds* is how long a whole question may take."""

    def __init__(self, client: AsyncWebClient, clock: Clock, named: Named, *, team: str, seconds: float) -> None:
        self._client = client
        self._clock = clock
        self._named = named
        self._team = team
        self._seconds = seconds
        self._known: dict[UserId, tuple[bool, datetime]] = {}

    async def reachable(self, users: Iterable[UserId]) -> frozenset[UserId]:
        """Those of *users* that can press a button; whom Slack says nothing of in time counts as one."""
        wanted = frozenset(users)
        now = self._clock.now()
        unknown = [user for user in sorted(wanted) if not self._fresh(user, now)]
        slots = asyncio.Semaphore(AT_ONCE)
        try:
            async with asyncio.timeout(self._seconds), asyncio.TaskGroup() as group:
                for user in unknown:
                    group.create_task(self._ask(user, slots), name=f"users.info {user}")
        except TimeoutError:
            log.warning("slack is slow to say who people are", users=len(unknown))
        return frozenset(user for user in wanted if self._known.get(user, (True, now))[0])

    def _fresh(self, user: UserId, now: datetime) -> bool:
        if (known := self._known.get(user)) is None:
            return False
        if now - known[1] < KEEP:
            return True
        del self._known[user]  # too old to go by, even where Slack says nothing now
        return False

    async def _ask(self, user: UserId, slots: asyncio.Semaphore) -> None:
        try:
            async with slots:
                answer = await self._named(lambda: self._client.users_info(user=user))
            can = self._can_press(answer["user"])
        except ChatError as error:
            if error.code not in _NOBODY:
                log.info("slack does not say who this is", user=user, code=error.code)
                return
            can = False
        except (KeyError, TypeError):
            return
        while len(self._known) >= MOST:
            del self._known[next(iter(self._known))]
        self._known[user] = (can, self._clock.now())

    def _can_press(self, user: Mapping[str, Any]) -> bool:
        """A deactivated account, a bot, a guest and a member of another workspace can't, or may not."""
        if any(user.get(flag) is True for flag in ("deleted", "is_bot", "is_restricted", "is_ultra_restricted")):
            return False
        team, enterprise = user.get("team_id"), user.get("enterprise_user")
        teams = enterprise.get("teams") if isinstance(enterprise, Mapping) else None
        return not (self._team and team) or team == self._team or self._team in (teams or ())
