"""What is needed of Cloud Assistant and ECS."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.domain.catalog import Shell, Target
from bot.domain.plan import Instance
from bot.domain.result import Result
from bot.domain.strays import Listed

Tag = tuple[str, str]
"""Key and value."""


@dataclass(frozen=True, slots=True)
class Order:
    """One RunCommand: *name* is [A-Za-z0-9_-] only, *timeout* in seconds, *tags* at most 20 pairs.

    Past *not_after* it is not sent any more, and that is CloudTryAgain with *sent* False: whoever
    was to send it may have been frozen, and ECS may have forgotten its token.
    """

    account: str
    region: str
    name: str
    shell: Shell
    content: str = field(repr=False)
    instances: tuple[str, ...]
    timeout: int
    client_token: str
    user: str | None = None
    tags: tuple[tuple[str, str], ...] = ()
    dry_run: bool = False
    not_after: datetime | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What DescribeInvocationResults says of one run: *results* of the instances that are over, and what those that are
    *going* printed so far, by instance."""

    invoke_id: str
    results: tuple[Result, ...]
    going: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Running:
    """A page of runs that run: which instances of each are known to have ended, by InvokeId.

    *token* leads to the next page; None: this is the last.
    """

    ended: Mapping[str, frozenset[str]]
    token: str | None


class Cloud(Protocol):
    """Cloud Assistant and ECS. Methods raise CloudTryAgain, CloudNotKnown or CloudRefused, and no other error."""

    async def instances(self, target: Target) -> tuple[Instance, ...]:
        """All machines that *target* names, with their state and their agent's; ids that ECS denies as `NotFound`."""
        ...

    async def run(self, order: Order) -> str:
        """RunCommand; its InvokeId. Sent again with the same token it returns the same, and nothing runs twice."""
        ...

    async def report(self, account: str, region: str, invoke_id: str) -> Report | None:
        """DescribeInvocationResults of one run, all pages; None where ECS does not show it (a new one, say)."""
        ...

    async def newest(self, account: str, region: str, tag: Tag) -> Mapping[str, Report]:
        """DescribeInvocationResults, the first page of those with *tag*: of the newest runs, by InvokeId.

        The last of them may be there in part alone.
        """
        ...

    async def running(self, account: str, region: str, tag: Tag, token: str | None) -> Running:
        """DescribeInvocations, a page of those with *tag* that run; the first, or the one that *token* leads to."""
        ...

    async def running_rows(self, account: str, region: str, tag: Tag, token: str | None) -> Running:
        """The same page by page of DescribeInvocationResults: of a run those of its instances are listed that run."""
        ...

    async def stop(self, account: str, region: str, invoke_id: str, instances: Sequence[str]) -> None:
        """StopInvocation, in portions of 50. That it is over already is no error."""
        ...

    async def find(self, account: str, region: str, name: str, tag: Tag) -> str | None:
        """The InvokeId of the run with this name and tag, if ECS knows one."""
        ...

    async def listed(self, account: str, region: str) -> tuple[Listed, ...]:
        """The newest runs with the bot's tag, in two calls at most; whoever made them."""
        ...
