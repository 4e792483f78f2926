"""People and a real Bolt app, over Socket Mode and over HTTP."""

from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import CannotDo, SlackServer
from tests.sandbox.slack.apps import Connect

APPROVE: dict[str, Any] = {
    "type": "actions",
    "block_id": "decide",
    "elements": [
        {
            "type": "button",
            "action_id": "approve",
            "value": "7",
            "text": {"type": "plain_text", "text": "Approve"},
            "confirm": {
                "title": {"type": "plain_text", "text": "Sure?"},
                "text": {"type": "mrkdwn", "text": "It restarts nginx."},
                "confirm": {"type": "plain_text", "text": "Yes"},
                "deny": {"type": "plain_text", "text": "No"},
            },
        }
    ],
}


def approving(app: AsyncApp) -> None:
    @app.command("/ecs")
    async def run(ack: Any, command: dict[str, Any], client: AsyncWebClient) -> None:
        await ack(f"running {command['text']}")
        await client.chat_postMessage(channel=command["channel_id"], text="Approve it?", blocks=[APPROVE])

    @app.action("approve")
    async def approve(ack: Any, body: dict[str, Any], client: AsyncWebClient, respond: Any) -> None:
        await ack()
        await client.chat_update(
            channel=body["channel"]["id"], ts=body["message"]["ts"], text=f"approved by {body['user']['id']}"
        )
        await respond("thank you", replace_original=False)


async def test_a_command_is_answered_and_a_button_pressed(slack: SlackServer, connect: Connect) -> None:
    """The way of one approval, from the command to the private thank-you."""
    await connect(slack, approving)
    olga, ben = slack.person("U0ONCALL"), slack.person("U0APPROVE")

    seen = await olga.types("/ecs run mem web-prod", channel="C0OPS")

    assert seen.text == "running run mem web-prod"
    card = await slack.workspace.wait_for(lambda m: "Approve" in m.buttons)
    pressed = await ben.presses(card, "Approve")
    assert pressed.ack.ok
    assert pressed.confirm is not None
    assert pressed.confirm["text"]["text"] == "It restarts nginx."
    await slack.workspace.wait_for(lambda m: m.text == "approved by U0APPROVE")
    thanks = await slack.workspace.wait_for(lambda m: m.text == "thank you")
    assert thanks.ephemeral_to == "U0APPROVE"
    assert card.text == "approved by U0APPROVE"
    assert card.blocks == []


async def test_a_press_that_crosses_a_change(slack: SlackServer, connect: Connect) -> None:
    """Two have the button before them; the message changes over the first press, and the second arrives all the same.
    Whoever reads it afterwards finds no button."""
    await connect(slack, approving)
    olga, ben = slack.person("U0ONCALL"), slack.person("U0APPROVE")
    await olga.types("/ecs run mem web-prod", channel="C0OPS")
    card = await slack.workspace.wait_for(lambda m: "Approve" in m.buttons)
    await ben.presses(card, "approve", block="decide")
    await slack.workspace.wait_for(lambda m: m.text == "approved by U0APPROVE")
    assert (await olga.presses(card, "approve", block="decide")).ack.ok
    with pytest.raises(CannotDo, match="there is no 'Approve'"):
        await olga.presses(card, "Approve")
    with pytest.raises(CannotDo, match="there is no 'approve'"):
        await olga.presses(card, "approve", block="elsewhere")


async def test_a_lost_answer_looks_like_a_timeout(slack: SlackServer, connect: Connect) -> None:
    """The app has acted; the person is told that it failed, and will press again."""
    await connect(slack, approving)
    olga = slack.person("U0ONCALL")
    slack.lose_acks()
    assert (await olga.types("/ecs run mem web-prod", channel="#ops")).error == "operation_timeout"
    await olga.reads(lambda m: "Approve" in m.buttons)
    assert (await olga.types("/ecs run mem web-prod", channel="#ops")).text == "running run mem web-prod"
    await slack.workspace.until(lambda: len([m for m in olga.sees("C0OPS") if m.buttons]) == 2)
