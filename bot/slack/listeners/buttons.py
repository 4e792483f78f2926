"""Buttons that act: each press is checked at the moment it is made; the message follows the database."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.invocation import Invocation
from bot.domain.refusal import Refusal, Why
from bot.slack.listeners.press import Press, at_home, not_here, read
from bot.slack.listeners.reception import Reception
from bot.slack.messages import actions, refusals
from bot.slack.messages.rendered import Rendered
from bot.usecases import control
from bot.usecases.desk import Desk

Act = Callable[[Desk, Press], Awaitable[Invocation | Refusal]]


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen to every button of ours that acts at once."""
    for action_id, act in _ACTS.items():
        app.action(action_id)(_listener(reception, action_id, act))


def register_rest(app: AsyncApp, reception: Reception) -> None:
    """Listen to what nobody listens to, such as a button of an older version. Registered last: the first that fits
    takes a press."""

    @app.action(re.compile(""))
    async def unknown(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        reception.tell(body, refusals.refusal(Refusal(Why.NO_SUCH_BUTTON)))


def _listener(reception: Reception, action_id: str, act: Act) -> Callable[..., Awaitable[None]]:
    async def pressed(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        words = await reception.bounded(action_id, _press(reception, body, action, act))
        await ack()
        if words is not None:
            reception.tell(body, words)
        if at_home(body) and isinstance(user := reception.member(body), str):
            reception.at_home(user)

    return pressed


async def _press(reception: Reception, body: Mapping[str, Any], action: Mapping[str, Any], act: Act) -> Rendered | None:
    """Nothing where it worked: the message shows it."""
    press = read(reception, body, action)
    if isinstance(press, Refusal):
        return refusals.refusal(press)
    outcome = await not_here(reception.desk, press) or await act(reception.desk, press)
    return refusals.refusal(outcome) if isinstance(outcome, Refusal) else None


async def _stop(desk: Desk, press: Press) -> Invocation | Refusal:
    return await control.stop(desk, press.asker.user, press.invocation)


async def _again(desk: Desk, press: Press) -> Invocation | Refusal:
    if press.home:  # there is no conversation to run it in: the tab opens the builder instead
        return Refusal(Why.NOT_HERE, subject=press.invocation)
    return await control.again(desk, press.asker, press.invocation)


async def _approve(desk: Desk, press: Press) -> Invocation | Refusal:
    return await control.approve(desk, press.asker.user, press.invocation, press.digest)


_ACTS: Mapping[str, Act] = {actions.STOP: _stop, actions.AGAIN: _again, actions.APPROVE: _approve}
