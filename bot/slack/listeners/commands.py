"""`/ecs …`: parse, check, record, and only then answer Slack."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.access import UserId
from bot.domain.draft import Draft
from bot.domain.refusal import Refusal
from bot.slack.listeners.answers import Incomplete, answer_line
from bot.slack.listeners.builder import Building
from bot.slack.listeners.seal import Origin
from bot.slack.messages import refusals
from bot.slack.messages.rendered import Rendered


@dataclass(frozen=True, slots=True)
class Form:
    """What the builder is to be opened with, before whom, and what is said where Slack does not open it."""

    user: UserId
    draft: Draft
    origin: Origin
    otherwise: Rendered


def register(app: AsyncApp, building: Building) -> None:
    """Listen to `/ecs`."""

    @app.command("/ecs")
    async def ecs(ack: AsyncAck, body: dict[str, Any]) -> None:
        made = await building.reception.bounded("command", _answer(building, body))
        if isinstance(made, Form):
            await ack()
            building.open(body, made.user, made.draft, made.origin, made.otherwise)
        else:
            await ack(text=made.text, blocks=made.blocks, response_type="ephemeral")


async def _answer(building: Building, body: Mapping[str, Any]) -> Rendered | Form:
    trigger, text = body.get("trigger_id"), body.get("text")
    asker = building.reception.asker(body, f"command:{trigger}" if isinstance(trigger, str) and trigger else "")
    if isinstance(asker, Refusal):
        return refusals.refusal(asker)
    said = await answer_line(building.reception, asker, text if isinstance(text, str) else "")
    if not isinstance(said, Incomplete):
        return said
    origin = Origin(asker.channel)
    drafted = await building.draft(asker.user, said.run, origin)
    return refusals.refusal(drafted) if isinstance(drafted, Refusal) else Form(asker.user, drafted, origin, said.words)
