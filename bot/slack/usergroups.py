"""Who is in Slack's user groups: told by usergroups.users.list, remembered for a short while, and otherwise nobody."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.usergroups import SILENT, GroupId, Membership
from bot.errors import ChatError, ChatTryAgain
from bot.ports import Clock

KEEP = timedelta(minutes=3)
"""How long an answer is taken for true. The RollKeeper asks each minute: it is this old only when Slack is away."""

WAIT = 0.7
"""Seconds that somebody waits for an answer of which nothing is known yet; a whole request has two."""

QUIET = timedelta(seconds=15)
"""After a call that failed nobody waits for another one for so long: what is not known counts for nobody."""

_NOBODY = frozenset({"no_such_subteam", "plan_upgrade_required", "paid_teams_only"})
"""Definite answers of usergroups.users.list, besides those that close Slack to the bot altogether."""

Named = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]
"""Makes a call of Slack, and gives its failures the names of ChatError."""

Errand = Callable[[Coroutine[Any, Any, None]], object]

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Known:
    """What was heard of one group: *users* at *at*, None before the first answer and after a definite no."""

    users: frozenset[str] = frozenset()
    at: datetime | None = None
    fault: str = SILENT
    failed_at: datetime | None = None
    asking: asyncio.Event | None = None
    waited: bool = False  # somebody has waited in vain for the call that is under way


class UserGroups:
    """`ports.Groups` over Slack's Web API. *errand* starts a task of the app's: a call outlives who waited for it."""

    def __init__(self, client: AsyncWebClient, clock: Clock, named: Named, errand: Errand) -> None:
        self._client = client
        self._clock = clock
        self._named = named
        self._errand = errand
        self._known: dict[GroupId, _Known] = {}

    async def members(self, groups: Iterable[GroupId]) -> Mapping[GroupId, Membership]:
        """See `ports.Groups`. Takes WAIT seconds at most, once for all."""
        wanted = tuple(dict.fromkeys(groups))
        if waiting := [one for group in wanted if (one := self._to_wait_for(group)) is not None]:
            try:
                async with asyncio.timeout(WAIT):
                    for known in waiting:
                        if known.asking is not None:
                            await known.asking.wait()
            except TimeoutError:
                log.warning("slack is slow to say who is in a user group", groups=len(waiting))
                for known in waiting:
                    known.waited = known.asking is not None
        return {group: self._said(group) for group in wanted}

    async def refresh(self, group: GroupId) -> None:
        """See `ports.Groups`; a call that is under way is waited for."""
        known = self._known.setdefault(group, _Known())
        if known.asking is not None:
            await known.asking.wait()
        else:
            known.asking = asyncio.Event()
            await self._ask(group, known)

    def _to_wait_for(self, group: GroupId) -> _Known | None:
        """Nothing usable is known of it, and Slack may say so soon: the call that is under way, or a new one."""
        known, now = self._known.setdefault(group, _Known()), self._clock.now()
        if self._fresh(known, now) or known.waited:
            return None
        if known.asking is None:
            if known.failed_at is not None and now - known.failed_at < QUIET:
                return None
            known.asking = asyncio.Event()
            self._errand(self._ask(group, known))
        return known

    async def _ask(self, group: GroupId, known: _Known) -> None:
        try:
            answer = await self._named(lambda: self._client.usergroups_users_list(usergroup=group))
            known.users = frozenset(user for user in answer["users"] if isinstance(user, str))
            known.at = self._clock.now()
            known.fault, known.failed_at = SILENT, None
        except ChatError as error:
            self._failed(group, known, error.code or SILENT)
            if not isinstance(error, ChatTryAgain) or error.code in _NOBODY:
                known.at = None  # a definite no: what was so before does not count any more
        except (KeyError, TypeError):
            self._failed(group, known, SILENT)
        finally:
            if known.asking is not None:
                known.asking.set()
            known.asking, known.waited = None, False

    def _failed(self, group: GroupId, known: _Known, fault: str) -> None:
        known.fault, known.failed_at = fault, self._clock.now()
        log.warning("slack does not say who is in a user group", group=group, code=fault)

    @staticmethod
    def _fresh(known: _Known, now: datetime) -> bool:
        return known.at is not None and now - known.at < KEEP

    def _said(self, group: GroupId) -> Membership:
        known = self._known[group]
        return Membership(known.users) if self._fresh(known, self._clock.now()) else Membership(fault=known.fault)
