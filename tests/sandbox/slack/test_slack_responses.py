"""response_urls, by the SDK's own webhook client."""

import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.sandbox.slack import ManualClock, SlackServer

BLOCKS = [
    {
        "type": "actions",
        "elements": [{"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}],
    }
]


@pytest.fixture
async def url(slack: SlackServer) -> str:
    """That of a command given in a channel where the bot isn't."""
    seen = await slack.person("U0ONCALL").types("/ecs help", "C0QUIET")
    return str(seen.envelope.payload["response_url"])


async def test_it_answers_privately_unless_it_says_otherwise(slack: SlackServer, url: str) -> None:
    """Even where the bot could not post."""
    hook = AsyncWebhookClient(url)
    await hook.send(text="for you")
    await hook.send(text="for all", response_type="in_channel")
    assert [m.text for m in slack.person("U0ONCALL").sees("C0QUIET")] == ["for you", "for all"]
    assert [m.text for m in slack.person("U0APPROVE").sees("C0QUIET")] == ["for all"]


async def test_it_wears_out(slack: SlackServer, url: str, clock: ManualClock) -> None:
    """Five times, within thirty minutes."""
    hook = AsyncWebhookClient(url)
    for number in range(5):
        assert (await hook.send(text=f"{number}")).status_code == 200
    worn = await hook.send(text="6")
    assert (worn.status_code, worn.body) == (404, '{"ok": false, "error": "used_url"}')
    fresh = AsyncWebhookClient(slack.response_url("U0ONCALL", "C0OPS"))
    clock.advance(30 * 60 + 1)
    late = await fresh.send(text="late")
    assert (late.status_code, late.body) == (404, '{"ok": false, "error": "expired_url"}')


async def test_it_replaces_and_deletes_the_message_of_the_button(slack: SlackServer) -> None:
    """An ephemeral one too, which chat.update can't."""
    card = slack.workspace.post(slack.workspace.channels["C0OPS"], "U0BOT", "?", blocks=BLOCKS, ephemeral_to="U0ONCALL")
    pressed = await slack.person("U0ONCALL").presses(card, "Go")
    assert "message" not in pressed.envelope.payload
    hook = AsyncWebhookClient(pressed.envelope.payload["response_url"])
    await hook.send(text="done", replace_original=True)
    assert (card.text, card.blocks) == ("done", [])
    await hook.send(delete_original=True)
    assert card.deleted


async def test_it_refuses_what_cant_be_shown(slack: SlackServer, url: str) -> None:
    """And a refusal is no use."""
    hook = AsyncWebhookClient(url)
    assert (await hook.send(text="")).status_code == 400
    assert (await hook.send_dict({"text": "x", "blocks": [{"type": "nothing"}]})).status_code == 400
    assert slack.workspace.all_messages() == []
