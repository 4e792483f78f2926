"""What somebody finds on the bot's Home tab: what concerns them, and nothing that they may not see."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.access import Grant, UserId
from bot.domain.catalog import Snippet
from bot.domain.guards import Lock
from bot.domain.invocation import Invocation
from bot.domain.message import Place
from bot.domain.strays import Stray


@dataclass(frozen=True, slots=True)
class Rule:
    """What only those see who manage roles: everybody's *grants*, all *locks*, what is not well (*health*), and runs
    in ECS that should not be there (*strays*)."""

    grants: tuple[Grant, ...]
    locks: tuple[Lock, ...]
    health: tuple[str, ...]
    strays: tuple[Stray, ...] = ()


@dataclass(frozen=True, slots=True)
class Front:
    """*user*'s grants and what they may run; what waits for them, runs, ran; *rule* None but for admins.

    *unknown_groups*: user groups that hold roles and that Slack says nothing of, each with the fault. *cards*: where the cards
    of its invocations are.
    """

    user: UserId
    grants: tuple[Grant, ...]
    snippets: tuple[Snippet, ...]
    unknown: tuple[Invocation, ...] = ()
    to_approve: tuple[Invocation, ...] = ()
    to_review: tuple[Invocation, ...] = ()
    running: tuple[Invocation, ...] = ()
    mine: tuple[Invocation, ...] = ()
    rule: Rule | None = None
    unknown_groups: tuple[tuple[str, str], ...] = ()
    cards: Mapping[str, Place] = field(default_factory=dict)

    @property
    def shown(self) -> tuple[Invocation, ...]:
        """Every invocation on it."""
        return (*self.unknown, *self.to_approve, *self.to_review, *self.running, *self.mine)
