"""What every press of a button is checked for before anything is done about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.domain.refusal import Refusal, Why
from bot.slack.listeners.reception import Reception
from bot.slack.messages import actions
from bot.usecases import control
from bot.usecases.desk import Asker, Desk

TRIES = 6
PAUSE = timedelta(milliseconds=80)
"""Somebody can press a button before the bot has noted where its message went: it looks again for half a second."""


@dataclass(frozen=True, slots=True)
class Press:
    """Who pressed, on which message (channel, ts), about which invocation, having seen which plan."""

    asker: Asker
    place: tuple[str, str]
    invocation: str
    digest: str


def read(reception: Reception, body: Mapping[str, Any], action: Mapping[str, Any]) -> Press | Refusal:
    """The press in *body*; refused where it is nobody's of this workspace."""
    asker = reception.asker(body, _key(body, action))
    if isinstance(asker, Refusal):
        return asker
    return Press(asker, _place(body), *actions.read(action.get("value")))


async def not_here(desk: Desk, press: Press) -> Refusal | None:
    """A refusal where the button does not stand on a message that the bot wrote about its invocation."""
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
    message = container.get("message_ts") if isinstance(container, Mapping) else None
    who = user.get("id") if isinstance(user, Mapping) else None
    parts = [who, message, action.get("action_id"), action.get("action_ts")]
    words = [part for part in parts if isinstance(part, str) and part]
    return "press:" + ":".join(words) if len(words) == len(parts) else ""
