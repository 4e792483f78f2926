"""The far ends, in this process: a cloud whose scripts are over at once, a Slack that takes whatever it is told."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from bot.domain.access import UserId
from bot.domain.catalog import OsType, Target
from bot.domain.invocation import Invocation
from bot.domain.message import MessageKind, OutboxRow, Place
from bot.domain.plan import Instance
from bot.domain.result import Outcome, Result
from bot.domain.strays import Listed
from bot.domain.usergroups import GroupId, Membership
from bot.ports import Order, Report, Running, Tag

OUTPUT = (
    "              total   used   free  shared  buff/cache  available\n"
    "Mem:           7821   3310   1204      88        3306       4109\n"
)

UNBOUND = 1_000_000
"""Calls in a minute: this cloud has no limits, and what is measured is not how it is asked."""

_NOWHERE = {MessageKind.FILE, MessageKind.RECORD, MessageKind.PRIVATE, MessageKind.REMINDER, MessageKind.STALE}


@dataclass
class FarCloud:
    """ECS, *delay* seconds away. Every target has *size* machines, of which the last *failing* end with 1."""

    delay: float = 0.0
    size: int = 3
    failing: int = 0

    async def instances(self, target: Target) -> tuple[Instance, ...]:
        """All of them ready."""
        await asyncio.sleep(self.delay)
        return tuple(Instance(f"i-{target.name}-{n}", f"{target.name}-{n}", OsType.LINUX) for n in range(self.size))

    async def run(self, order: Order) -> str:
        """It is over before the answer is back. The InvokeId says all that there is to know: any replica may ask."""
        await asyncio.sleep(self.delay)
        target = order.instances[0].removeprefix("i-").rpartition("-")[0]
        return f"t:{order.client_token}:{target}:{len(order.instances)}"

    async def report(self, account: str, region: str, invoke_id: str) -> Report:
        """What each machine printed."""
        await asyncio.sleep(self.delay)
        _, _, target, count = invoke_id.split(":")
        return Report(
            invoke_id,
            tuple(_result(f"{target}-{n}", failed=n >= int(count) - self.failing) for n in range(int(count))),
        )

    async def newest(self, account: str, region: str, tag: Tag) -> Mapping[str, Report]:
        """No list of them is kept: each is asked for by its id."""
        await asyncio.sleep(self.delay)
        return {}

    async def running(self, account: str, region: str, tag: Tag, token: str | None) -> Running:
        """None runs any more."""
        await asyncio.sleep(self.delay)
        return Running({}, None)

    async def running_rows(self, account: str, region: str, tag: Tag, token: str | None) -> Running:
        """Nor does an instance."""
        return await self.running(account, region, tag, token)

    async def stop(self, account: str, region: str, invoke_id: str, instances: Sequence[str]) -> None:
        """It is over already."""

    async def find(self, account: str, region: str, name: str, tag: Tag) -> str | None:
        """Nothing was ever lost."""
        return None

    async def listed(self, account: str, region: str) -> tuple[Listed, ...]:
        """Nobody asks."""
        return ()


def _result(name: str, *, failed: bool) -> Result:
    outcome = Outcome.FAILED if failed else Outcome.SUCCEEDED
    return Result(f"i-{name}", outcome, name, "Failed" if failed else "Success", int(failed), OUTPUT * 2)


@dataclass
class FarChat:
    """Slack, *delay* seconds away."""

    delay: float = 0.0
    _numbers: Iterable[int] = field(default_factory=lambda: count(1))

    async def deliver(self, row: OutboxRow, inv: Invocation, results: Sequence[Result], home: Place) -> Place | None:
        """Where it stands now."""
        await asyncio.sleep(self.delay)
        if row.kind in _NOWHERE:
            return None
        return row.place or Place(home.channel, f"{next(iter(self._numbers))}.0", home.thread_ts)

    async def unsaid(self, channel: str) -> timedelta:
        """Each is known."""
        return timedelta(0)

    async def void(self, row: OutboxRow, inv: Invocation, results: Sequence[Result]) -> bool:
        """No output is too long for its thread."""
        return row.kind is MessageKind.FILE

    async def reachable(self, users: Iterable[UserId]) -> frozenset[UserId]:
        """Everybody is."""
        return frozenset(users)


class NoGroups:
    """No user group holds a role here."""

    async def members(self, groups: Iterable[GroupId]) -> Mapping[GroupId, Membership]:
        """Nobody is in any."""
        return {group: Membership() for group in groups}

    async def refresh(self, group: GroupId) -> None:
        """Nothing is new."""
