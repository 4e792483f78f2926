"""Showing it in another channel as well: where it may be shown, and what becomes of it there."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain import events as ev
from bot.domain.catalog import Policy, matches
from bot.domain.change import Change
from bot.domain.invocation import Invocation, Share
from bot.domain.message import MessageKind, Owed
from bot.domain.refusal import Refusal, Why
from bot.domain.settle import Ignored, change

MOST = 10
"""Channels to which one invocation is shared at a time: each costs updates of which a workspace has 50 a minute."""

SEEN_BY_OTHERS = "shared_with_others"
"""The code of a channel in which nothing may stand: people of another company see it, or are about to."""

PACE = timedelta(seconds=5)
"""How long progress waits for newer progress where it is followed: its own thread shows it faster."""


_SHOWN = frozenset({MessageKind.CARD, MessageKind.THREAD})
"""The messages of which a copy shows something."""


@dataclass(frozen=True, slots=True)
class Room:
    """What Slack says of a conversation: *inside*: the bot is a member; *people*: direct messages, of one or several;
    *outside*: another company is in it, or is about to be."""

    channel: str
    inside: bool = False
    archived: bool = False
    people: bool = False
    outside: bool = False
    private: bool = True


def unfit(policy: Policy, room: Room) -> Refusal | None:
    """Why nothing can be shared to *room*, whatever it is."""
    if room.people:
        return Refusal(Why.NO_CHANNEL, subject=room.channel, hint="people")
    if room.outside and room.channel not in policy.shared_channels:
        return Refusal(Why.NO_CHANNEL, subject=room.channel, hint="outside")
    if room.archived:
        return Refusal(Why.NO_CHANNEL, subject=room.channel, hint="archived")
    return None if room.inside else Refusal(Why.NO_CHANNEL, subject=room.channel, hint="absent")


def hidden(policy: Policy, inv: Invocation, channel: str, roles: Iterable[str]) -> Refusal | None:
    """A refusal where a channel rule keeps *inv* out of *channel*. *roles* are those by which its requester may run
    it; one who has none any more is bound by the rules of all."""
    held = set(roles)
    for rule in policy.channels:
        fits = matches(rule.snippets, inv.snippet) and matches(rule.targets, inv.target)
        if fits and held <= set(rule.roles or held) and channel not in rule.channels:
            name = f"channel rule {rule.number}"
            return Refusal(Why.NOT_FOR_CHANNEL, inv.snippet, inv.target, rule=name, hint=channel, near=rule.channels)
    return None


def not_here(inv: Invocation) -> Refusal:
    """*inv* is read where it is shown: there, or by asking whoever asked for it."""
    if inv.home[:1] in {"C", "G"}:
        return Refusal(Why.NOT_SHOWN_HERE, subject=inv.id, hint=inv.home)
    how = "private" if inv.private else "direct"
    return Refusal(Why.NOT_SHOWN_HERE, subject=inv.id, value=how, who=(inv.requester,))


def shared(inv: Invocation, event: ev.Shared, now: datetime) -> Change | Ignored:
    """One copy a channel; asked for again, with progress, it shows progress from then on."""
    share = event.share
    known = next((s for s in inv.shares if s.channel == share.channel), None)
    follows = share.follow and not inv.state.final
    if inv.home == share.channel or (known is not None and not (follows and not known.follow)):
        return Ignored(Refusal(Why.SHOWN_THERE, subject=inv.id, hint=share.channel))
    if known is None and len(inv.shares) >= MOST:
        return Ignored(Refusal(Why.SHOWN_ENOUGH, subject=inv.id, limit=MOST))
    new = replace(share, follow=follows) if known is None else _followed(known, share)
    after = replace(inv, shares=(*(s for s in inv.shares if s.channel != share.channel), new))
    payload = {"thread": share.thread} if known is None else {}
    owed = Owed(MessageKind.SHARE, key=share.channel, final=inv.state.final, payload=payload)
    facts = {"channel": share.channel, "note": share.note, "follow": follows}
    return change(inv, after, "followed" if follows else "shared", actor=share.by, facts=facts, owed=(owed,))


def _followed(known: Share, wish: Share) -> Share:
    """The copy that is *known* there, with its progress from now on. Its note stays with the name of who wrote it: a
    new note takes the place of both."""
    if not wish.note:
        return replace(known, follow=True)
    return replace(known, follow=True, note=wish.note, by=wish.by, at=wish.at)


def unshared(inv: Invocation, event: ev.Unshared, now: datetime) -> Change | Ignored:
    """Slack does not let the bot write there any more, or somebody took the copy away: it is not written again. What
    others would see of it is deleted."""
    known = next((s for s in inv.shares if s.channel == event.channel), None)
    if known is None:
        return Ignored(Refusal(Why.ALREADY_OVER, subject=inv.id, hint=inv.state.value))
    after = replace(inv, shares=tuple(s for s in inv.shares if s != known))
    told = {"notice": "not_shared", "channel": event.channel, "code": event.code, "stood": bool(event.stands)}
    notice = Owed(MessageKind.PRIVATE, key=f"{known.by} {known.channel}", final=True, payload=told)
    owed = [] if event.taken_away else [notice]
    if event.stands and event.code == SEEN_BY_OTHERS:
        owed.append(Owed(MessageKind.STALE, key=event.stands, final=True, payload={"channel": event.channel}))
    facts = {"channel": event.channel, "code": event.code}
    return change(inv, after, "unshared", facts=facts, owed=tuple(owed))


def told_elsewhere(decision: Change) -> Change:
    """*decision*, with the copies that it makes stale: all of them at the end, those that follow on the way there."""
    after, final = decision.after, decision.after.state.final
    ends = final and not decision.before.state.final
    if not after.shares or not (ends or {owed.kind for owed in decision.owed} & _SHOWN):
        return decision
    stale = [s for s in after.shares if final or s.follow]
    copies = tuple(Owed(MessageKind.SHARE, key=s.channel, final=final, delay=PACE) for s in stale)
    return replace(decision, owed=(*decision.owed, *copies))
