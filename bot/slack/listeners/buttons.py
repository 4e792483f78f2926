"""Buttons: each press is checked at the moment it is made; the message follows the database."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.invocation import Invocation
from bot.domain.refusal import Refusal, Why
from bot.slack.listeners.reception import Reception
from bot.slack.messages import actions, refusals
from bot.slack.messages.rendered import Rendered
from bot.usecases import control
from bot.usecases.desk import Asker, Desk

Press = Callable[[Desk, Asker, str, str], Awaitable[Invocation | Refusal]]


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen to every button that a message of ours has."""
    for action_id, press in _PRESSES.items():
        app.action(action_id)(_listener(reception, action_id, press))


def register_rest(app: AsyncApp, reception: Reception) -> None:
    """Listen to what nobody listens to, such as a button of an older version. Registered last: the first that fits
    takes a press."""

    @app.action(re.compile(""))
    async def unknown(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        reception.tell(body, refusals.refusal(Refusal(Why.NO_SUCH_BUTTON)))


def _listener(reception: Reception, action_id: str, press: Press) -> Callable[..., Awaitable[None]]:
    async def pressed(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        words = await reception.bounded(action_id, _press(reception, body, action, press))
        await ack()
        if words is not None:
            reception.tell(body, words)

    return pressed


async def _press(
    reception: Reception, body: Mapping[str, Any], action: Mapping[str, Any], press: Press
) -> Rendered | None:
    """Nothing where it worked: the message shows it."""
    asker = reception.asker(body, _key(body, action))
    if isinstance(asker, Refusal):
        return refusals.refusal(asker)
    carried = action.get("value")
    invocation, digest = actions.read(carried if isinstance(carried, str) else "")
    outcome = await press(reception.desk, asker, invocation, digest)
    return refusals.refusal(outcome) if isinstance(outcome, Refusal) else None


def _key(body: Mapping[str, Any], action: Mapping[str, Any]) -> str:
    """The same for every delivery of one press: who, which button of which message, when."""
    container, user = body.get("container"), body.get("user")
    message = container.get("message_ts") if isinstance(container, Mapping) else None
    who = user.get("id") if isinstance(user, Mapping) else None
    parts = [who, message, action.get("action_id"), action.get("action_ts")]
    words = [part for part in parts if isinstance(part, str) and part]
    return "press:" + ":".join(words) if len(words) == len(parts) else ""


async def _stop(desk: Desk, asker: Asker, invocation: str, _digest: str) -> Invocation | Refusal:
    return await control.stop(desk, asker.user, invocation)


async def _again(desk: Desk, asker: Asker, invocation: str, _digest: str) -> Invocation | Refusal:
    return await control.again(desk, asker, invocation)


async def _approve(desk: Desk, asker: Asker, invocation: str, digest: str) -> Invocation | Refusal:
    return await control.approve(desk, asker.user, invocation, digest)


async def _deny(desk: Desk, asker: Asker, invocation: str, digest: str) -> Invocation | Refusal:
    return await control.deny(desk, asker.user, invocation, digest)


_PRESSES: Mapping[str, Press] = {
    actions.STOP: _stop,
    actions.AGAIN: _again,
    actions.APPROVE: _approve,
    actions.DENY: _deny,
}
