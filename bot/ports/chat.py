"""What is needed of Slack."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Protocol

from bot.domain.access import UserId
from bot.domain.invocation import Invocation
from bot.domain.message import OutboxRow, Place
from bot.domain.result import Result
from bot.domain.usergroups import GroupId, Membership


class Chat(Protocol):
    """Slack, outwards. Every method raises one of ChatError's kinds, and no other error."""

    async def deliver(
        self, row: OutboxRow, invocation: Invocation, results: Sequence[Result], home: Place
    ) -> Place | None:
        """Send *row* as *invocation* and *results* make it: posted where row.place is None, else updated there.

        *home* is where it goes: the channel, and for what stands in the thread the card's ts as thread_ts.
        Returns where it is now; None for what can't be found again (ephemerals, files).
        """
        ...

    async def unsaid(self, channel: str) -> timedelta:
        """How long to wait for Slack to say who sees *channel*; zero: it has said so, or need not. While it has not,
        nothing is written there."""
        ...

    async def void(self, row: OutboxRow, invocation: Invocation, results: Sequence[Result]) -> bool:
        """Is there nothing to send for *row*, as *invocation* and *results* make it?"""
        ...

    async def reachable(self, users: Iterable[UserId]) -> frozenset[UserId]:
        """Those of *users* that are people who can press a button: not deactivated, no bots, no guests.

        Whom Slack says nothing of, counts as reachable: this decides what people are told, not what runs.
        """
        ...


class Groups(Protocol):
    """User groups of Slack. No method raises: what Slack does not say is a Membership with a fault."""

    async def members(self, groups: Iterable[GroupId]) -> Mapping[GroupId, Membership]:
        """Who is in each of *groups*, as Slack said within the last minutes; asked now only where nothing is known."""
        ...

    async def refresh(self, group: GroupId) -> None:
        """Ask Slack now who is in *group*, and remember it."""
        ...
