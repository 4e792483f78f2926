"""What every press of a button is checked for before anything is done about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.domain.refusal import Refusal, Why
from bot.slack.listeners.reception import Reception
from bot.slack.messages import actions
from bot.slack.messages.home import HOME
from bot.usecases import control
from bot.usecases.desk import Asker, Desk

TRIES = 6
PAUSE = timedelta(milliseconds=80)
"""Somebody can press a button before the bot has noted where its message went: it looks again for half a second."""


@dataclass(frozen=True, slots=True)
class Press:
    """Who pressed, on which message (channel, ts), about which invocation, having seen which plan.

    *home*: not on a message, but on their own Home tab, which nobody but the bot can write.
    """

    asker: Asker
    place: tuple[str, str]
    invocation: str
    digest: str
    home: bool = False


def read(
    reception: Reception, body: Mapping[str, Any], action: Mapping[str, Any], about: tuple[str, str] | None = None
) -> Press | Refusal:
    """The press in *body*; refused where it is nobody's of this workspace.

    *about* is its (invocation, digest), where it does not stand in the value of a button.
    """
    about = about or actions.read(action.get("value"))
    if at_home(body):
        user = reception.member(body)
        if isinstance(user, Refusal):
            return user
        own = Asker(user, reception.team, "", _key(body, action))
        return Press(own, ("", ""), *about, home=True)
    asker = reception.asker(body, _key(body, action))
    if isinstance(asker, Refusal):
        return asker
    return Press(asker, _place(body), *about)


def at_home(body: Mapping[str, Any]) -> bool:
    """Was it pressed on the Home tab?"""
    view, container = body.get("view"), body.get("container")
    if not isinstance(view, Mapping) or not isinstance(container, Mapping) or container.get("type") != "view":
        return False
    return (view.get("type"), view.get("callback_id")) == ("home", HOME)


async def not_here(desk: Desk, press: Press) -> Refusal | None:
    """A refusal where the button does not stand on a message that the bot wrote about its invocation.

    On the Home tab it stands where the bot put it: whether it still counts, digest and entitlement say.
    """
    if press.home:
        there = await desk.store.load(press.invocation)
        return None if there else Refusal(Why.UNKNOWN_INVOCATION, subject=press.invocation)
    refusal = await control.not_here(desk, press.invocation, *press.place)
    for _ in range(TRIES):
        if refusal is None or refusal.why is not Why.NOT_HERE:
            break
        await desk.clock.sleep(PAUSE)
        refusal = await control.not_here(desk, press.invocation, *press.place)
    return refusal


def _place(body: Mapping[str, Any]) -> tuple[str, str]:
    container = body.get("container")
    found = [container.get(name) for name in ("channel_id", "message_ts")] if isinstance(container, Mapping) else []
    words = [word for word in found if isinstance(word, str)]
    return (words[0], words[1]) if len(words) == 2 else ("", "")


def _key(body: Mapping[str, Any], action: Mapping[str, Any]) -> str:
    """The same for every delivery of one press: who, which button of which message, when."""
    container, user = body.get("container"), body.get("user")
    where = (container.get("message_ts") or container.get("view_id")) if isinstance(container, Mapping) else None
    who = user.get("id") if isinstance(user, Mapping) else None
    parts = [who, where, action.get("action_id"), action.get("action_ts")]
    words = [part for part in parts if isinstance(part, str) and part]
    return "press:" + ":".join(words) if len(words) == len(parts) else ""
