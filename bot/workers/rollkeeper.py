"""Keeps in mind who is in the user groups that hold roles, so that nobody who acts waits for Slack."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.domain.usergroups import GroupId, is_group
from bot.usecases.desk import Desk
from bot.workers.looper import Job

EACH = timedelta(minutes=1)
"""How often Slack is asked who is in a group."""

BETWEEN = timedelta(seconds=4)
"""Between two groups: fifteen a minute, of the twenty that usergroups.users.list takes (Tier 2). With more than
fifteen groups each has its turn later; past forty-five some are asked for when somebody acts."""


class RollKeeper:
    """When each was asked for is in memory: after a restart all are asked for."""

    name = "rollkeeper"

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._asked: dict[GroupId, datetime] = {}
        self._next = desk.clock.now()

    async def jobs(self, now: datetime) -> Sequence[Job]:
        """The group that was asked for the longest ago, if its time has come."""
        holding = {grant.user for grant in await self._desk.store.grants(now) if is_group(grant.user)}
        self._asked = {group: at for group, at in self._asked.items() if group in holding}
        due = [group for group in holding if group not in self._asked or now - self._asked[group] >= EACH]
        if not due or now < self._next:
            return []
        group = min(due, key=lambda one: (one in self._asked, self._asked.get(one, now), one))
        self._asked[group], self._next = now, now + BETWEEN
        return [Job(group, partial(self._desk.groups.refresh, group))]

    async def next_at(self, now: datetime) -> datetime | None:
        """When the next group's time has come; a new one is found at the next look."""
        if not self._asked:
            return None
        return max(self._next, min(self._asked.values()) + EACH)
