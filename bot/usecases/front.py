"""The Home tab's content: one look for one person. Nothing is decided here."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.access import RoleTable, UserId
from bot.domain.front import Front, Rule
from bot.domain.invocation import Invocation, State
from bot.domain.strays import Stray
from bot.usecases.control import may_see
from bot.usecases.desk import Desk

SEEN = 150
"""Invocations that are looked through, the newest first."""

LAST = 5
"""Of somebody's own that are shown."""


async def front(desk: Desk, user: UserId, health: Sequence[str], strays: Sequence[Stray] = ()) -> Front:
    """What *user* finds. *health* and *strays* are for admins' eyes."""
    catalog, roles = desk.catalog(), await desk.roles()
    mine = roles.only(user)
    under_way = await desk.store.recent(SEEN, open_only=True)
    to_approve = tuple(inv for inv in under_way if waits_for(mine, user, inv))
    shown = {inv.id for inv in to_approve}
    rule = None
    if mine.may_manage_roles(user).allowed:
        rule = Rule(roles.given, await desk.store.locks(desk.clock.now()), tuple(health), tuple(strays))
    found = Front(
        user=user,
        grants=mine.grants,
        unknown_groups=tuple((group, roles.fault(group)) for group in sorted({g.user for g in roles.unknown})),
        snippets=tuple(catalog.snippets[name] for name in mine.runnable_snippets(user, catalog)),
        unknown=tuple(inv for inv in await desk.store.unsettled(SEEN) if may_see(mine, user, inv)),
        to_approve=to_approve,
        to_review=tuple(inv for inv in await desk.store.to_review(SEEN) if reviews(mine, user, inv)),
        running=tuple(inv for inv in under_way if inv.id not in shown and may_see(mine, user, inv)),
        mine=tuple(inv for inv in await desk.store.recent(LAST, user=user) if inv.state.final),
        rule=rule,
    )
    return replace(found, cards=await desk.store.cards({inv.id for inv in found.shown}))


def waits_for(roles: RoleTable, user: UserId, inv: Invocation) -> bool:
    """Would *user*'s yes or no count?"""
    if inv.state is not State.AWAITING_APPROVAL or inv.ask is None or user == inv.requester:
        return False
    decided = user in {approval.by for approval in inv.approvals}
    return not decided and roles.may_approve(user, inv.snippet, inv.target, inv.ask.roles).allowed


def reviews(roles: RoleTable, user: UserId, inv: Invocation) -> bool:
    """May *user* say that they have looked at it?"""
    wanted = inv.ask.roles if inv.ask else ()
    return user != inv.requester and roles.may_approve(user, inv.snippet, inv.target, wanted).allowed
