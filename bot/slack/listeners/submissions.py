"""Forms that are sent off: who sends one must be entitled now, whatever was so when it was opened."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.invocation import Invocation
from bot.domain.refusal import Refusal
from bot.slack.listeners.reception import Reception
from bot.slack.listeners.sent import answered
from bot.slack.messages import actions, forms
from bot.slack.messages.rendered import Rendered
from bot.usecases import control
from bot.usecases.desk import Desk

Send = Callable[[Desk, str, tuple[str, str], str], Awaitable[Invocation | Refusal]]
"""(desk, user, (invocation, digest), what was typed)."""


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen to every form of ours, and last to those that nobody listens to any more."""
    for callback_id, (field, send) in _SENDS.items():
        app.view(callback_id)(_listener(reception, callback_id, field, send))

    @app.view(re.compile(""))
    async def unknown(ack: AsyncAck) -> None:
        await ack(response_action="update", view=forms.nothing_there())


def _listener(reception: Reception, callback_id: str, field: str, send: Send) -> Callable[..., Awaitable[None]]:
    async def submitted(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        made = await reception.bounded(f"{callback_id}_form", _submit(reception, body, view, field, send))
        await answered(ack, field, made)

    return submitted


async def _submit(
    reception: Reception, body: Mapping[str, Any], view: Mapping[str, Any], field: str, send: Send
) -> Invocation | Refusal | Rendered:
    """What it was done to, or what stands beside the field."""
    user = reception.member(body)
    if isinstance(user, Refusal):
        return user
    words = _typed(view, field).strip()
    if not words:
        return forms.EMPTY
    if len(words) > forms.LONGEST:
        return forms.TOO_LONG
    return await send(reception.desk, user, actions.read(view.get("private_metadata")), words)


def _typed(view: Mapping[str, Any], field: str) -> str:
    found: Any = view
    for name in ("state", "values", field, field, "value"):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) else ""


async def _deny(desk: Desk, user: str, about: tuple[str, str], reason: str) -> Invocation | Refusal:
    return await control.deny(desk, user, *about, reason)


async def _review(desk: Desk, user: str, about: tuple[str, str], note: str) -> Invocation | Refusal:
    return await control.review(desk, user, about[0], note)


_SENDS: Mapping[str, tuple[str, Send]] = {
    actions.DENY: (forms.REASON, _deny),
    actions.REVIEW: (forms.NOTE, _review),
}
