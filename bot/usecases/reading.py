"""What machines printed, read once more from where it is stored. Nothing here runs anything."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.access import UserId
from bot.domain.change import Change, Event
from bot.domain.compare import Difference, differing
from bot.domain.invocation import Invocation
from bot.domain.message import MessageKind, Owed
from bot.domain.output import Group, by_name, fold
from bot.domain.refusal import Refusal, Why
from bot.domain.search import Findings, Match, search
from bot.domain.sharing import not_here
from bot.usecases import questions
from bot.usecases.desk import Desk

TIME = timedelta(seconds=1)
"""So long an output is searched: Slack waits for three seconds."""


@dataclass(frozen=True, slots=True)
class Printed:
    """An invocation, and what its machines printed so far, folded."""

    invocation: Invocation
    groups: tuple[Group, ...]

    @property
    def machines(self) -> tuple[tuple[str, str], ...]:
        """Those that printed it, (id, name), by name."""
        return tuple(sorted((machine for group in self.groups for machine in group.instances), key=by_name))

    def of(self, machine: str) -> tuple[Group, ...]:
        """What *machine* (its id or its name) printed, as a group of its own; nothing where it is not among them."""
        alone = ((g, pair) for g in self.groups for pair in g.instances if machine in pair)
        return tuple(replace(group, instances=(pair,)) for group, pair in alone)


async def printed(desk: Desk, invocation: str) -> Printed | Refusal:
    """What there is of it. Who may read it is asked before."""
    inv = await desk.store.load(invocation)
    if inv is None:
        return Refusal(Why.UNKNOWN_INVOCATION, subject=invocation)
    groups = await asyncio.to_thread(fold, await desk.store.results(inv.id))
    return Printed(inv, groups) if groups else Refusal(Why.NOTHING_PRINTED, subject=inv.id)


async def asked_for(desk: Desk, user: UserId, invocation: str, channel: str) -> Printed | Refusal:
    """The same for *user* who names it in *channel*, without standing at its message.

    Whoever may see its status may read it where it is shown, itself or a copy; elsewhere only who asked for it: a role
    does not open a private channel.
    """
    inv = await questions.status(desk, user, invocation)
    if isinstance(inv, Refusal):
        return inv
    if user != inv.requester and channel != inv.home and not await _is_copied(desk, inv, channel):
        return not_here(inv)
    return await printed(desk, inv.id)


async def _is_copied(desk: Desk, inv: Invocation, channel: str) -> bool:
    """Does a copy stand in *channel*? One that is still to be posted, or was taken away, shows nobody anything."""
    wanted = any(share.channel == channel for share in inv.shares)
    return wanted and await desk.store.place(inv.id, MessageKind.SHARE, channel) is not None


async def find(desk: Desk, groups: tuple[Group, ...], match: Match) -> Findings:
    """Look through *groups*, beside the loop, and not for longer than TIME."""
    return await asyncio.to_thread(search, groups, match, _enough(desk))


def alone(group: Group) -> Group:
    """*group* with its first machine alone."""
    return replace(group, instances=group.instances[:1])


async def compare(one: Group, other: Group) -> Difference:
    """Where what they printed differs, found beside the loop."""
    return await asyncio.to_thread(differing, one, other)


def _enough(desk: Desk) -> Callable[[], bool]:
    until = desk.clock.now() + TIME
    return lambda: desk.clock.now() > until


async def take(desk: Desk, user: UserId, invocation: str) -> Invocation | Refusal:
    """Owe *user* the whole record as a file. Who may read it was asked before: they stand where it is shown.

    In the trail it is an event of its own: what leaves the channel is known to have left.
    """
    while True:
        inv = await desk.store.load(invocation)
        if inv is None:
            return Refusal(Why.UNKNOWN_INVOCATION, subject=invocation)
        if not await desk.store.results(inv.id):
            return Refusal(Why.NOTHING_PRINTED, subject=inv.id)
        event = Event("taken", user, inv.id)
        owed = Owed(MessageKind.RECORD, key=user, final=inv.state.final)
        if await desk.store.apply(Change(inv, replace(inv), (event,), (owed,)), desk.clock.now()):
            desk.wake()
            return inv
