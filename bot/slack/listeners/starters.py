"""What opens the builder besides `/ecs`: buttons, a shortcut, and what stands in a message's menu."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.refusal import Refusal
from bot.domain.verb import Run
from bot.slack.listeners.builder import Building
from bot.slack.listeners.seal import Origin
from bot.slack.messages import builder, refusals
from bot.slack.messages.rendered import Rendered

NOTHING = Run("", "")


def register(app: AsyncApp, building: Building) -> None:
    """Listen to them."""

    @app.action(builder.OPEN)
    async def pressed(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        await _start(building, ack, body, builder.uncarried(action.get("value")), _of_message(body, "container"))

    @app.shortcut(builder.SHORTCUT)
    async def anywhere(ack: AsyncAck, body: dict[str, Any]) -> None:
        await _start(building, ack, body, NOTHING, Origin())

    @app.shortcut(builder.ABOUT)
    async def about(ack: AsyncAck, body: dict[str, Any]) -> None:
        await _start(building, ack, body, NOTHING, _about(body))


async def _start(building: Building, ack: AsyncAck, body: Mapping[str, Any], run: Run, origin: Origin) -> None:
    reception = building.reception
    user = reception.member(body)
    work = building.draft(user, run, origin) if isinstance(user, str) else None
    made = user if work is None else await reception.bounded("builder", work)
    await ack()
    if isinstance(made, Refusal):
        reception.tell(body, refusals.refusal(made))
    elif isinstance(made, Rendered):
        reception.tell(body, made)
    elif isinstance(user, str) and not isinstance(made, str):
        building.open(body, user, made, origin, builder.NOT_OPENED)


def _of_message(body: Mapping[str, Any], name: str) -> Origin:
    """Where the message stands whose button was pressed; nowhere for a button on the Home tab."""
    container = body.get(name)
    found = [container.get(key) for key in ("channel_id", "thread_ts")] if isinstance(container, Mapping) else []
    channel, thread = (word if isinstance(word, str) else "" for word in (found or [None, None]))
    return Origin(channel, thread)


def _about(body: Mapping[str, Any]) -> Origin:
    """The message itself, or the thread that it stands in."""
    channel, message = body.get("channel"), body.get("message")
    place = channel.get("id") if isinstance(channel, Mapping) else None
    thread = message.get("thread_ts") if isinstance(message, Mapping) else None
    thread = thread if isinstance(thread, str) else body.get("message_ts")
    return Origin(place, thread) if isinstance(place, str) and isinstance(thread, str) else Origin()
