"""What people do to an invocation once it is there: approve, deny, stop, ask for it again."""

from dataclasses import replace

from bot.domain import events as ev
from bot.domain.access import RoleTable, UserId
from bot.domain.again import fallen_short
from bot.domain.change import Change, Event
from bot.domain.decide import Ignored, decide
from bot.domain.invocation import Invocation, State
from bot.domain.refusal import Refusal, Why
from bot.domain.verb import Resolve, Run
from bot.usecases.desk import Asker, Desk, applied, move
from bot.usecases.permit import not_allowed
from bot.usecases.run import ask, asked_for

RECENT = 50
"""Of one person's invocations so many are looked through for one that runs the same again."""


async def approve(desk: Desk, user: UserId, invocation: str, digest: str) -> Invocation | Refusal:
    """*user*'s yes to *digest*, if *user* may approve it at this moment."""
    return await _vote(desk, user, invocation, ev.Approved(user, digest))


async def deny(desk: Desk, user: UserId, invocation: str, digest: str, reason: str = "") -> Invocation | Refusal:
    """*user*'s no to *digest*. One is enough."""
    return await _vote(desk, user, invocation, ev.Denied(user, digest, reason))


async def would_deny(desk: Desk, user: UserId, invocation: str, digest: str) -> Invocation | Refusal:
    """The invocation, if *user*'s no to *digest* would count now. Nothing is decided."""
    return await _tried(desk, user, invocation, "approve", ev.Denied(user, digest))


async def would_review(desk: Desk, user: UserId, invocation: str) -> Invocation | Refusal:
    """The invocation, if *user* could review it now. Nothing is decided."""
    return await _tried(desk, user, invocation, "review", ev.Reviewed(user, ""))


async def _tried(desk: Desk, user: UserId, invocation: str, verb: str, event: ev.Event) -> Invocation | Refusal:
    inv = await _entitled(desk, user, invocation, verb)
    if isinstance(inv, Refusal):
        return inv
    decision = decide(inv, event, desk.clock.now())
    return decision.why if isinstance(decision, Ignored) else inv


async def _vote(desk: Desk, user: UserId, invocation: str, event: ev.Approved | ev.Denied) -> Invocation | Refusal:
    inv = await _entitled(desk, user, invocation, "approve")
    return inv if isinstance(inv, Refusal) else applied(await move(desk, inv.id, event))


async def _entitled(desk: Desk, user: UserId, invocation: str, verb: str) -> Invocation | Refusal:
    """The invocation, if *user* may approve it at this moment; *verb* is what they want to do."""
    inv = await desk.store.load(invocation)
    if inv is None:
        return Refusal(Why.UNKNOWN_INVOCATION, subject=invocation)
    roles = await desk.roles()
    decision = roles.may_approve(user, inv.snippet, inv.target, inv.ask.roles if inv.ask else ())
    if decision.allowed:
        return inv
    await _refused(desk, user, inv, verb, decision.rule)
    subject = f"{verb} {inv.snippet}"
    return not_allowed(decision, subject, inv.target)


async def stop(desk: Desk, user: UserId, invocation: str, machines: tuple[str, ...] = ()) -> Invocation | Refusal:
    """Stop it: the requester may, and whoever may run it, and whoever may approve it.

    *machines*, ids or names: only there; it runs on elsewhere.
    """
    inv = await would_stop(desk, user, invocation)
    if isinstance(inv, Refusal):
        return inv
    if not machines:
        return applied(await move(desk, inv.id, ev.StopAsked(user)))
    instances = _named(inv, machines)
    return (
        instances
        if isinstance(instances, Refusal)
        else applied(await move(desk, inv.id, ev.HaltAsked(user, instances)))
    )


async def stop_by_id(desk: Desk, user: UserId, invocation: str, machines: tuple[str, ...] = ()) -> Invocation | Refusal:
    """The same for *user* who names it, without standing at its message: to who may not see it, it does not exist."""
    inv = await desk.store.load(invocation)
    if inv is not None and not may_see(await desk.roles(), user, inv):
        await would_stop(desk, user, inv.id)  # the no is in the trail
        return Refusal(Why.UNKNOWN_INVOCATION, subject=invocation)
    return await stop(desk, user, invocation, machines)


async def would_stop(desk: Desk, user: UserId, invocation: str) -> Invocation | Refusal:
    """The invocation, if *user* may stop it. Nothing is decided; a no is in the trail."""
    inv = await desk.store.load(invocation)
    if inv is None:
        return Refusal(Why.UNKNOWN_INVOCATION, subject=invocation)
    roles = await desk.roles()
    if may_stop(roles, user, inv):
        return inv
    rule = roles.may_run(user, inv.snippet, inv.target).rule
    await _refused(desk, user, inv, "stop", rule)
    return Refusal(Why.NOT_YOURS, subject=inv.id, rule=rule, who=(inv.requester,))


def _named(inv: Invocation, machines: tuple[str, ...]) -> tuple[str, ...] | Refusal:
    """The instance ids of *machines*, each the id or the name of one that it runs on."""
    if inv.plan is None:
        return Refusal(Why.NOT_STARTED, subject=inv.id)
    there = [machine for part in inv.plan.parts for machine in part.instances]
    found: list[str] = []
    for wanted in machines:
        ids = [i for i, name in there if wanted in {i, name}]
        if len(ids) != 1:
            some = ", ".join([name or i for i, name in there][:20])
            several = f"an id, as {len(ids)} are called that: {', '.join(ids[:5])}"
            return Refusal(Why.BAD_VALUE, subject="on", value=wanted, hint=several if ids else f"one of {some}")
        found += ids
    return tuple(found)


def may_stop(roles: RoleTable, user: UserId, inv: Invocation) -> bool:
    """Stopping is the safe direction: more people may do it than may run."""
    return (
        user == inv.requester
        or roles.may_run(user, inv.snippet, inv.target).allowed
        or roles.may_approve(user, inv.snippet, inv.target).allowed
    )


def may_see(roles: RoleTable, user: UserId, inv: Invocation) -> bool:
    """Its status and history are for the same people."""
    return may_stop(roles, user, inv)


async def again(desk: Desk, asker: Asker, invocation: str, *, failed: bool = False) -> Invocation | Refusal:
    """The same once more, asked by *asker* in their own right: a new invocation, with a new plan and new approvals.

    *failed*: only on the machines where it did not succeed, as far as the target still names them.
    """
    inv = await desk.store.load(invocation)
    if inv is None:
        return Refusal(Why.UNKNOWN_INVOCATION, subject=invocation)
    only = fallen_short(await desk.store.results(inv.id)) if failed else inv.only
    if failed and not (only and inv.state.final):
        return Refusal(Why.NONE_FAILED, subject=inv.id)
    mine = await desk.store.recent(RECENT, user=asker.user)
    if (twin := next((i for i in mine if i.again_of == inv.id and not i.state.final), None)) is not None:
        return Refusal(Why.ALREADY_AGAIN, subject=inv.id, hint=twin.id)  # a second tap of the same finger
    # glass is broken by typing it, never by a button; and a reason is its giver's own
    reason = inv.reason if asker.user == inv.requester else ""
    plain = replace(asked_for(inv), break_glass=False, reason=reason)
    if asker.channel == inv.home:
        asker = replace(asker, thread=inv.thread)
    return await ask(desk, asker, plain, again_of=inv.id, only=only)


async def to_change(desk: Desk, user: UserId, invocation: str) -> tuple[Invocation, Run] | Refusal:
    """The invocation, and what *user* would ask for to run the same with other parameters: nothing is asked yet."""
    inv = await desk.store.load(invocation)
    if inv is None:
        return Refusal(Why.UNKNOWN_INVOCATION, subject=invocation)
    return inv, replace(asked_for(inv), break_glass=False, reason=inv.reason if user == inv.requester else "")


async def review(desk: Desk, user: UserId, invocation: str, note: str) -> Invocation | Refusal:
    """*user* has looked at what ran under break-glass; whoever could have approved it may say so."""
    inv = await _entitled(desk, user, invocation, "review")
    return inv if isinstance(inv, Refusal) else applied(await move(desk, inv.id, ev.Reviewed(user, note)))


async def resolve(desk: Desk, user: UserId, verb: Resolve) -> Invocation | Refusal:
    """*user* says what became of an unknown one: whoever may run it or approve it, at this moment, may."""
    inv = await desk.store.load(verb.invocation)
    if inv is None:
        return Refusal(Why.UNKNOWN_INVOCATION, subject=verb.invocation)
    roles = await desk.roles()
    if not may_see(roles, user, inv):
        return Refusal(Why.UNKNOWN_INVOCATION, subject=verb.invocation)
    run, approve = roles.may_run(user, inv.snippet, inv.target), roles.may_approve(user, inv.snippet, inv.target)
    if not run.allowed and not approve.allowed:
        await _refused(desk, user, inv, "resolve", run.rule)
        who = tuple(sorted({*run.who, *approve.who}))
        return Refusal(Why.NOT_ALLOWED, subject=f"resolve {inv.snippet}", target=inv.target, rule=run.rule, who=who)
    return applied(await move(desk, inv.id, ev.Resolved(user, State(verb.verdict), verb.reason)))


async def not_here(desk: Desk, invocation: str, channel: str, ts: str) -> Refusal | None:
    """A refusal where the button that was pressed does not stand on a message of ours about *invocation*."""
    if await desk.store.is_ours(invocation, channel, ts):
        return None
    if await desk.store.load(invocation) is None:
        return Refusal(Why.UNKNOWN_INVOCATION, subject=invocation)
    return Refusal(Why.NOT_HERE, subject=invocation)


async def remind(desk: Desk, invocation: str) -> Change | Ignored:
    """Half of the time for approval is over."""
    return await move(desk, invocation, ev.Reminded())


async def expire(desk: Desk, invocation: str) -> Change | Ignored:
    """The time for approval is over: silence means no."""
    return await move(desk, invocation, ev.Expired())


async def _refused(desk: Desk, user: UserId, inv: Invocation, verb: str, rule: str) -> None:
    await desk.store.record(Event("not_allowed", user, inv.id, {"verb": verb, "rule": rule}), desk.clock.now())
