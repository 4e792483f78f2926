"""`/ecs …`: parse, check, record, and only then answer Slack."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.refusal import Refusal
from bot.domain.verbs import parse
from bot.slack.listeners.answers import answer
from bot.slack.listeners.reception import Reception
from bot.slack.messages import refusals
from bot.slack.messages.rendered import Rendered


def register(app: AsyncApp, reception: Reception) -> None:
    """Listen to `/ecs`."""

    @app.command("/ecs")
    async def ecs(ack: AsyncAck, body: dict[str, Any]) -> None:
        words = await reception.bounded("command", _answer(reception, body))
        if words is None:
            await ack()
        else:
            await ack(text=words.text, blocks=words.blocks, response_type="ephemeral")


async def _answer(reception: Reception, body: Mapping[str, Any]) -> Rendered | None:
    trigger, text = body.get("trigger_id"), body.get("text")
    asker = reception.asker(body, f"command:{trigger}" if isinstance(trigger, str) and trigger else "")
    if isinstance(asker, Refusal):
        return refusals.refusal(asker)
    verb = parse(text if isinstance(text, str) else "")
    if isinstance(verb, Refusal):
        return refusals.refusal(verb)
    return await answer(reception.desk, asker, verb)
