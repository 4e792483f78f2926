"""Showing a run in another channel: a form opened under its results, and `/ecs follow` said there."""

import asyncio
import re
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.invocation import Invocation
from bot.domain.refusal import Refusal, Why
from bot.domain.sharing import Room
from bot.slack.links import permalink
from bot.slack.listeners.passes import Reader
from bot.slack.listeners.press import Press
from bot.slack.listeners.readers import Readers, field
from bot.slack.listeners.reception import Reception
from bot.slack.listeners.sent import answered
from bot.slack.messages import forms, share
from bot.usecases import sharing
from bot.usecases.desk import Asker

ASKING = 1.5
"""Seconds for all that Slack is asked before it is shared, together: Reception.PATIENCE has to do for writing it down,
too."""

Found = TypeVar("Found")

_CHANNEL = re.compile(r"[CG][A-Z0-9]{1,30}")


def register(app: AsyncApp, sharing_: "Sharing") -> None:
    """Listen to the form; the menu under what ran opens it."""
    reception = sharing_.readers.reception

    @app.view(share.FORM)
    async def sent(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        await answered(ack, share.CHANNEL, await reception.bounded("share_form", sharing_.submit(body, view)))


@dataclass(frozen=True, slots=True)
class Sharing:
    """Opens the form, and shares when it is sent off."""

    readers: Readers

    async def open(self, press: Press) -> forms.View | Refusal:
        """The form, for whoever may tell it on."""
        inv = await sharing.would_share(self.readers.reception.desk, press.asker.user, press.invocation)
        if isinstance(inv, Refusal):
            return inv
        some_open = bool(self.readers.reception.desk.catalog().policy.shared_channels)
        return share.form(inv, self.readers.given(Reader(press.asker.user, inv.id, *press.place)), some_open=some_open)

    async def submit(self, body: Mapping[str, Any], view: Mapping[str, Any]) -> forms.View | Refusal:
        """All is asked again, as it is now: who, what, where, and whether they are there themselves."""
        reception, reader = self.readers.reception, self.readers.known(body)
        if isinstance(reader, Refusal):
            return reader
        inv = await sharing.would_share(reception.desk, reader.user, reader.invocation)
        if isinstance(inv, Refusal):
            return inv
        note = _text(view, share.NOTE, "value").strip()
        if len(note) > forms.LONGEST:
            return Refusal(Why.TOO_LONG, limit=forms.LONGEST, size=len(note))
        asker = Asker(reader.user, reception.team, _text(view, share.CHANNEL, "selected_conversation"), "")
        follows = bool(field(view, share.FOLLOW).get("selected_options"))
        home = await _in_time(asker, _fits(reception, asker, inv, there=False))
        if isinstance(home, Refusal):
            return home
        link = await _link(reception, inv, home)
        made = await sharing.share(reception.desk, asker, inv, note=note, follow=follows, link=link)
        return made if isinstance(made, Refusal) else share.done(made, asker.channel)


async def follow(reception: Reception, asker: Asker, invocation: str) -> Invocation | Refusal:
    """Show it where *asker* says so, with its progress: that they are there, Slack says by their saying it there."""
    found = await _in_time(asker, _followed(reception, asker, invocation))
    if isinstance(found, Refusal):
        return found
    inv, home = found
    link = await _link(reception, inv, home)
    return await sharing.share(reception.desk, asker, inv, follow=True, link=link)


async def _followed(reception: Reception, asker: Asker, invocation: str) -> tuple[Invocation, Room | None] | Refusal:
    known = await reception.desk.store.load(invocation)
    home = await _home(reception, known) if known is not None else None
    inv = await sharing.would_follow(reception.desk, asker.user, invocation, home)
    if isinstance(inv, Refusal):
        return inv
    fits = await _fits(reception, asker, inv, there=True)
    return fits if isinstance(fits, Refusal) else (inv, fits)


async def _in_time(asker: Asker, asking: Coroutine[Any, Any, Found]) -> Found | Refusal:
    """What *asking* finds out. It shares nothing yet: it can be cut off, and there is time left to say so."""
    try:
        async with asyncio.timeout(ASKING):
            return await asking
    except TimeoutError:
        return Refusal(Why.NO_CHANNEL, subject=asker.channel, hint="late")


async def _fits(reception: Reception, asker: Asker, inv: Invocation, *, there: bool) -> Room | Refusal | None:
    """Ask Slack what *asker*'s channel is, policy whether it may be seen there, Slack whether they are in it unless
    they are known to be *there*. What Slack says of the place where it runs, where all is well."""
    if not _CHANNEL.fullmatch(asker.channel):
        return Refusal(Why.NO_CHANNEL, subject=asker.channel, hint="people")
    room, home = await asyncio.gather(reception.rooms.look(asker.channel), _home(reception, inv))
    refused = room if isinstance(room, Refusal) else await sharing.fits(reception.desk, asker.user, inv, room)
    if refused is None and not there:
        refused = await reception.rooms.together(asker.channel, asker.user, share.here(inv).text)
    return home if refused is None else refused


async def _home(reception: Reception, inv: Invocation) -> Room | None:
    """What Slack says of the channel where it is shown; nothing of direct messages, or where it does not say."""
    found = await reception.rooms.look(inv.home) if inv.home[:1] in {"C", "G"} else None
    return found if isinstance(found, Room) else None


async def _link(reception: Reception, inv: Invocation, home: Room | None) -> str:
    """Where its card opens, if those who see the copy may know of that place."""
    if home is None or home.private or home.people:
        return ""
    card = await reception.desk.store.place(inv.id, "card")
    return permalink(reception.address, card) if card is not None and card.channel == home.channel else ""


def _text(view: Mapping[str, Any], name: str, key: str) -> str:
    found = field(view, name).get(key)
    return found if isinstance(found, str) else ""
