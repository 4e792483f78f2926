"""Showing an invocation in another channel as well: who may, where, and how long it is kept up to date."""

from bot.domain import events as ev
from bot.domain.access import UserId
from bot.domain.change import Event
from bot.domain.invocation import Invocation, Share
from bot.domain.refusal import Refusal, Why
from bot.domain.sharing import Room, hidden, not_here, unfit
from bot.usecases import questions
from bot.usecases.desk import Asker, Desk, applied, move


async def would_share(desk: Desk, user: UserId, invocation: str) -> Invocation | Refusal:
    """The invocation, for *user* who stands where it is shown: they may read it there, and so may tell it on.

    What was asked for privately only its requester shares.
    """
    inv = await desk.store.load(invocation)
    if inv is None:
        return Refusal(Why.UNKNOWN_INVOCATION, subject=invocation)
    if inv.private and user != inv.requester:
        return Refusal(Why.NOT_YOURS_TO_SHARE, subject=inv.id, who=(inv.requester,))
    return inv


async def would_follow(desk: Desk, user: UserId, invocation: str, home: Room | None) -> Invocation | Refusal:
    """The same for *user* who names it elsewhere. *home* is what Slack says of the channel where it is shown.

    Who asked for it may; so may whoever may see its status, where it is shown in a public channel: a role does not
    open a private one.
    """
    inv = await questions.status(desk, user, invocation)
    if isinstance(inv, Refusal):
        return inv
    public = home is not None and home.channel == inv.home and not (home.private or home.people)
    if user != inv.requester and not (public and not inv.private):
        return not_here(inv)
    return inv


async def fits(desk: Desk, user: UserId, inv: Invocation, room: Room) -> Refusal | None:
    """Why *inv* may not be shown in *room*: what Slack says of it, then what policy says. A no of policy's is in the
    trail."""
    policy = desk.catalog().policy
    if (refusal := unfit(policy, room)) is not None:
        return refusal
    roles = (await desk.roles()).allowing(inv.requester, inv.snippet, inv.target)
    if (refusal := hidden(policy, inv, room.channel, roles)) is not None:
        facts = {"verb": f"share it to {room.channel}", "rule": refusal.rule}
        await desk.store.record(Event("not_allowed", user, inv.id, facts), desk.clock.now())
    return refusal


async def share(
    desk: Desk, asker: Asker, inv: Invocation, *, note: str = "", follow: bool = False, link: str = ""
) -> Invocation | Refusal:
    """Show *inv* where *asker* wants it. Who may, and whether it may be seen there, was asked before."""
    to = Share(asker.channel, asker.user, desk.clock.now(), note, asker.thread, follow, link)
    return applied(await move(desk, inv.id, ev.Shared(to)))
