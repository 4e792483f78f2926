"""The role table, changed by those who may."""

from datetime import datetime

from bot.domain.access import Grant, RoleTable, UserId
from bot.domain.change import Event
from bot.domain.near import near
from bot.domain.refusal import Refusal, Why
from bot.domain.usergroups import Membership, is_group
from bot.domain.verb import RoleGrant, RoleRevoke
from bot.usecases.desk import Desk


async def grant(desk: Desk, user: UserId, verb: RoleGrant) -> Grant | Refusal:
    """Give *verb.user*, a person or a user group, a role, for a time where one is said."""
    if (refusal := await _not_a_manager(desk, user, "give roles")) is not None:
        return refusal
    policy = desk.catalog().policy
    if verb.role not in policy.roles:
        return Refusal(Why.UNKNOWN_ROLE, subject=verb.role, near=near(verb.role, policy.roles) or tuple(policy.roles))
    now, group = desk.clock.now(), is_group(verb.user)
    if group and policy.roles[verb.role].manage_roles:  # whoever may edit the group in Slack would be an admin here
        return Refusal(Why.NOT_FOR_GROUPS, subject=verb.role)
    until = now + verb.duration if verb.duration is not None else None
    if policy.roles[verb.role].manage_roles or verb.user == user or group:  # *user* may be in it, or come to be
        until = _capped(until, (await desk.roles()).may_manage_roles(user).grant)
    wanted = Grant(verb.user, verb.role, user, now, verb.targets, until, verb.reason)
    facts = {
        "user": verb.user,
        "role": verb.role,
        "targets": list(verb.targets) if verb.targets else None,
        "until": until.isoformat() if until else None,
        "why": verb.reason,
    }
    given = await desk.store.grant(wanted, Event("role_granted", user, data=facts), now)
    desk.wake()
    return given


def _capped(until: datetime | None, own: Grant | None) -> datetime | None:
    """Nobody makes themself, or another manager, last longer than what they hold it by."""
    ends = [end for end in (until, own.until if own else None) if end is not None]
    return min(ends, default=None)


async def revoke(desk: Desk, user: UserId, verb: RoleRevoke) -> int | Refusal:
    """End all of *verb.user*'s grants of a role; how many there were."""
    if (refusal := await _not_a_manager(desk, user, "take roles")) is not None:
        return refusal
    event = Event("role_revoked", user, data={"user": verb.user, "role": verb.role})
    count = await desk.store.revoke(verb.user, verb.role, event, desk.clock.now())
    desk.wake()
    return count or Refusal(Why.NO_SUCH_GRANT, subject=verb.user, hint=verb.role)


async def table(desk: Desk, user: UserId) -> RoleTable | Refusal:
    """Who holds what, BOT_ADMINS among them, for those who manage it."""
    return await _not_a_manager(desk, user, "see who has which role") or await desk.roles()


async def membership(desk: Desk, holder: str) -> Membership | None:
    """Who is in the user group *holder*; None of a person."""
    return (await desk.groups.members([holder]))[holder] if is_group(holder) else None


async def _not_a_manager(desk: Desk, user: UserId, what: str) -> Refusal | None:
    decision = (await desk.roles()).may_manage_roles(user)
    if decision.allowed:
        return None
    await desk.store.record(Event("not_allowed", user, data={"verb": what, "rule": decision.rule}), desk.clock.now())
    return Refusal(Why.NOT_ALLOWED, subject=what, rule=decision.rule, who=decision.who)
