"""Buttons that open a modal: nobody types a reason for nothing, but it is decided only when the form is sent off."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.refusal import Refusal, Why
from bot.slack.listeners.press import Press, not_here, read
from bot.slack.listeners.reception import Reception
from bot.slack.messages import actions, refusals
from bot.slack.messages.forms import View, deny_form, review_form
from bot.slack.messages.rendered import Rendered
from bot.slack.messages.script import script_page
from bot.usecases import control, questions
from bot.usecases.desk import Desk

Opener = Callable[[Desk, Press], Awaitable[View | Refusal]]


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen to every button of ours that opens something."""
    for action_id, opener in _OPENERS.items():
        app.action(action_id)(_listener(reception, action_id, opener))


def _listener(reception: Reception, action_id: str, opener: Opener) -> Callable[..., Awaitable[None]]:
    async def pressed(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        made = await reception.bounded(action_id, _press(reception, body, action, opener))
        await ack()
        if isinstance(made, Rendered):
            reception.tell(body, made)
        else:
            reception.show(body, made)

    return pressed


async def _press(
    reception: Reception, body: Mapping[str, Any], action: Mapping[str, Any], opener: Opener
) -> View | Rendered:
    press = read(reception, body, action)
    made = press if isinstance(press, Refusal) else await opener(reception.desk, press)
    return refusals.refusal(made) if isinstance(made, Refusal) else made


async def _deny(desk: Desk, press: Press) -> View | Refusal:
    if (refusal := await not_here(desk, press)) is not None:
        return refusal
    inv = await control.would_deny(desk, press.asker.user, press.invocation, press.digest)
    return inv if isinstance(inv, Refusal) else deny_form(inv)


async def _review(desk: Desk, press: Press) -> View | Refusal:
    if (refusal := await not_here(desk, press)) is not None:
        return refusal
    inv = await control.would_review(desk, press.asker.user, press.invocation)
    return inv if isinstance(inv, Refusal) else review_form(inv)


async def _script(desk: Desk, press: Press) -> View | Refusal:
    """It only shows something, so it may stand on an answer that nobody else sees, too."""
    inv = await questions.status(desk, press.asker.user, press.invocation)
    if not isinstance(inv, Refusal):
        return script_page(inv)
    elsewhere = await control.not_here(desk, press.invocation, *press.place)
    mine = "only who asked, and who may run or approve it, can"
    return inv if elsewhere else Refusal(Why.NOT_ALLOWED, subject=f"look into {press.invocation}", rule=mine)


_OPENERS: Mapping[str, Opener] = {actions.DENY: _deny, actions.REVIEW: _review, actions.SCRIPT: _script}
