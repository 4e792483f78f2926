"""`/ecs lock`: somebody works on a target, and others keep their hands off it."""

from bot.domain.access import UserId
from bot.domain.change import Event
from bot.domain.guards import Lock
from bot.domain.near import near
from bot.domain.refusal import Refusal, Why
from bot.domain.verb import LockTarget
from bot.usecases.desk import Desk


async def lock(desk: Desk, user: UserId, verb: LockTarget) -> Lock | Refusal:
    """Lock *verb.target*; whoever may run something there may. Refused where somebody else holds it."""
    roles, catalog = await desk.roles(), desk.catalog()
    mine = roles.visible_targets(user, catalog)
    if verb.target not in mine:
        return Refusal(Why.UNKNOWN_TARGET, subject=verb.target, near=near(verb.target, mine))
    now = desk.clock.now()
    until = now + verb.duration if verb.duration is not None else None
    wanted = Lock(verb.target, user, now, verb.reason, until)
    facts = {"target": verb.target, "why": verb.reason, "until": until.isoformat() if until else None}
    held = await desk.store.lock(wanted, Event("locked", user, data=facts), now)
    if held.by != user:
        return Refusal(Why.LOCKED, target=verb.target, hint=held.why, who=(held.by,))
    return held


async def unlock(desk: Desk, user: UserId, target: str) -> Lock | Refusal:
    """End the lock on *target*: its holder may, and whoever manages roles."""
    now = desk.clock.now()
    held = next((found for found in await desk.store.locks(now) if found.target == target), None)
    if held is None:
        return Refusal(Why.NOT_LOCKED, target=target)
    if held.by != user and not (manager := (await desk.roles()).may_manage_roles(user)).allowed:
        facts = {"verb": "unlock", "target": target, "rule": manager.rule}
        await desk.store.record(Event("not_allowed", user, data=facts), now)
        who = tuple(sorted({held.by, *manager.who}))
        return Refusal(Why.NOT_ALLOWED, subject="unlock", target=target, rule=manager.rule, who=who)
    await desk.store.unlock(target, Event("unlocked", user, data={"target": target, "held_by": held.by}), now)
    desk.wake()
    return held


async def all_locks(desk: Desk, user: UserId) -> tuple[Lock, ...]:
    """The locks on targets that *user* may use."""
    mine = (await desk.roles()).visible_targets(user, desk.catalog())
    return tuple(found for found in await desk.store.locks(desk.clock.now()) if found.target in mine)
