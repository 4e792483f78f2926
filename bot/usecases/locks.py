"""`/ecs lock`: somebody works on a target, and others keep their hands off it."""

from bot.domain.access import RoleTable, UserId
from bot.domain.catalog import Catalog, Risk
from bot.domain.change import Event
from bot.domain.guards import Lock
from bot.domain.near import near
from bot.domain.refusal import Refusal, Why
from bot.domain.verb import LockTarget
from bot.usecases.desk import Desk, lock_on


async def lock(desk: Desk, user: UserId, verb: LockTarget) -> Lock | Refusal:
    """Lock *verb.target*; whoever may change something there may. Refused where somebody else holds it."""
    roles, catalog = await desk.roles(), desk.catalog()
    mine = roles.visible_targets(user, catalog)
    if verb.target not in mine:
        return Refusal(Why.UNKNOWN_TARGET, subject=verb.target, near=near(verb.target, mine))
    if not _may_change(roles, catalog, user, verb.target):
        rule = "whoever may only look there can't keep others out"
        return Refusal(Why.NOT_ALLOWED, subject="lock", target=verb.target, rule=rule)
    now = desk.clock.now()
    until = now + verb.duration if verb.duration is not None else None
    wanted = Lock(verb.target, user, now, verb.reason, until)
    facts = {"target": verb.target, "why": verb.reason, "until": until.isoformat() if until else None}
    held = await desk.store.lock(wanted, Event("locked", user, data=facts), now)
    desk.wake()
    if held.by != user:
        return Refusal(Why.LOCKED, target=verb.target, hint=held.why, who=(held.by,))
    return held


def _may_change(roles: RoleTable, catalog: Catalog, user: UserId, target: str) -> bool:
    """May *user* run anything there that does more than look?"""
    risky = (s.name for s in catalog.snippets.values() if s.risk is not Risk.LOW and s.fits(target))
    return any(roles.may_run(user, name, target).allowed for name in risky)


async def unlock(desk: Desk, user: UserId, target: str) -> Lock | Refusal:
    """End the lock on *target*: its holder may, and whoever manages roles."""
    now, roles = desk.clock.now(), await desk.roles()
    manager = roles.may_manage_roles(user)
    mine = roles.visible_targets(user, desk.catalog())
    held = await lock_on(desk, target, now)
    if target not in mine and not manager.allowed and (held is None or held.by != user):
        facts = {"verb": "unlock", "target": target, "rule": "not theirs to see"}
        await desk.store.record(Event("not_allowed", user, data=facts), now)
        return Refusal(Why.UNKNOWN_TARGET, subject=target, near=near(target, mine))
    if held is None:
        return Refusal(Why.NOT_LOCKED, target=target)
    if held.by != user and not manager.allowed:
        facts = {"verb": "unlock", "target": target, "rule": manager.rule}
        await desk.store.record(Event("not_allowed", user, data=facts), now)
        who = tuple(sorted({held.by, *manager.who}))
        return Refusal(Why.NOT_ALLOWED, subject="unlock", target=target, rule=manager.rule, who=who)
    event = Event("unlocked", user, data={"target": target, "held_by": held.by})
    if not await desk.store.unlock(held, event, now):
        return Refusal(Why.NOT_LOCKED, target=target)
    desk.wake()
    return held


async def all_locks(desk: Desk, user: UserId) -> tuple[Lock, ...]:
    """The locks on targets that *user* may use."""
    mine = (await desk.roles()).visible_targets(user, desk.catalog())
    return tuple(found for found in await desk.store.locks(desk.clock.now()) if found.target in mine)
