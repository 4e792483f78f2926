"""May this person run or approve this? Default deny; user ids only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.catalog import Policy

UserId = str


@dataclass(frozen=True, slots=True)
class Grant:
    """One row of the role table: *user* holds *role*, on *targets* only where given, until *until*.

    *id* is 0 until it is stored, and for the bootstrap admins of BOT_ADMINS.
    """

    user: UserId
    role: str
    granted_by: UserId
    granted_at: datetime
    targets: tuple[str, ...] | None = None
    until: datetime | None = None
    why: str = ""
    id: int = 0

    def holds(self, now: datetime) -> bool:
        """Does it still count at *now*?"""
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes or no, the rule that says so, the grant it rests on, and who else could.

    *rule* reads such as `role oncall: run * on *` or `no role of yours allows it`.
    """

    allowed: bool
    rule: str
    grant: Grant | None = None
    who: tuple[UserId, ...] = ()


@dataclass(frozen=True, slots=True)
class RoleTable:
    """The grants that count now, BOT_ADMINS among them as holders of `admin`."""

    policy: Policy
    grants: tuple[Grant, ...]

    @classmethod
    def at(
        cls, policy: Policy, grants: Iterable[Grant], admins: Iterable[UserId], now: datetime
    ) -> "RoleTable":
        """What counts at *now*: expired grants are left out."""
        raise NotImplementedError

    def may_run(self, user: UserId, snippet: str, target: str) -> Decision:
        """May *user* run *snippet* on *target*?"""
        raise NotImplementedError

    def may_approve(self, user: UserId, snippet: str, target: str, roles: tuple[str, ...] = ()) -> Decision:
        """May *user* approve *snippet* on *target*? *roles*, where given, are the only ones that count."""
        raise NotImplementedError

    def may_manage_roles(self, user: UserId) -> Decision:
        """May *user* grant and revoke?"""
        raise NotImplementedError
