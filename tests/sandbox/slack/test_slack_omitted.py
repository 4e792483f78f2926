"""What Slack's payloads and answers have and the emulator's lack is written down here; nobody else has to find out.

The samples hold every key that was ever seen, of whatever message, person or plan.
"""

import json
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import SlackServer
from tests.sandbox.slack import test_slack_shapes
from tests.sandbox.slack.test_slack_shapes import DATA, every_answer, strangers

samples = test_slack_shapes.samples

REFUSALS = {"/error", "/needed", "/provided", "/warning", "/response_metadata", "/errors", "/deprecated_argument"}
"""Of answers that are no good ones."""

OTHERS = {
    "enterprise": "/enterprise_id /team/enterprise_id /team/enterprise_name /enterprise_name",
    "workflows": "/bot_access_token /function_data /interactivity",
}
"""Of payloads: what a workspace on its own, whose app has no functions, never gets."""

OMITTED = {
    "auth.test": "/app_name /app_id /expires_in",
    "conversations.join": "/channel/priority /channel/is_starred",
    "conversations.open": "/channel/latest /channel/unread_count /channel/unread_count_display",
    "ViewSubmissionPayload": "/is_cleared",
}
"""Of those that are small; of large ones only what is listed in READ must be there."""

READ = {
    "SlashCommandPayload": "user_id channel_id team_id text trigger_id response_url command",
    "BlockActionPayload": "type user/id user/team_id team/id channel/id container/channel_id container/message_ts "
    "actions trigger_id response_url message state",
    "MessageShortcutPayload": "type callback_id user/id team/id channel/id message/ts trigger_id response_url",
    "ViewSubmissionPayload": "type user/id user/team_id team/id trigger_id view/id view/hash view/state "
    "view/private_metadata view/callback_id",
    "ViewClosedPayload": "type user/id team/id view/id is_cleared",
    "auth.test": "ok user_id team_id bot_id url team user",
    "chat.postMessage": "ok channel ts message/ts",
    "chat.update": "ok channel ts text message",
    "conversations.open": "ok channel/id",
    "files.getUploadURLExternal": "ok upload_url file_id",
    "files.completeUploadExternal": "ok files",
    "usergroups.users.list": "ok users",
    "users.info": "ok user/id user/deleted user/is_bot user/is_restricted user/is_ultra_restricted user/team_id",
    "views.open": "ok view/id view/hash view/private_metadata view/state view/blocks",
    "views.update": "ok view/id view/hash",
    "views.publish": "ok view/id",
    "apps.connections.open": "ok url",
}
"""What the bot goes by, or Bolt and the SDK for it."""


def lacking(answer: Any, sample: Any, at: str = "") -> set[str]:
    """The keys of *sample* that *answer* has not; nothing of what it has not at all."""
    if not isinstance(answer, dict) or not isinstance(sample, dict):
        return set()
    found = {f"{at}/{key}" for key in sample if key not in answer}
    return found.union(*(lacking(answer[key], sample[key], f"{at}/{key}") for key in sample if key in answer))


def known(name: str) -> set[str]:
    """What may be lacking in it."""
    return REFUSALS | set(" ".join([*OTHERS.values(), OMITTED.get(name, "")]).split())


def has(node: Any, path: str) -> bool:
    """Is there something under `user/id`?"""
    for key in path.split("/"):
        if not isinstance(node, dict) or key not in node:
            return False
        node = node[key]
    return True


async def payloads(slack: SlackServer) -> dict[str, Any]:
    """What a person's doings send."""
    olga = slack.person("U0ONCALL")
    words = {"type": "plain_text", "text": "Go", "emoji": True}
    button = {"type": "button", "action_id": "go", "text": words, "value": "1"}
    blocks = [{"type": "actions", "elements": [button]}]
    card = slack.workspace.post(slack.workspace.channels["C0OPS"], "U0BOT", "x", blocks=blocks)
    modal = {"type": "modal", "title": words, "submit": words, "close": words, "notify_on_close": True}
    view = slack.modals.open("U0ONCALL", modal | {"blocks": [{"type": "divider"}]})
    seen = {
        "SlashCommandPayload": await olga.types("/ecs help", "C0OPS"),
        "BlockActionPayload": await olga.presses(card, "Go"),
        "MessageShortcutPayload": await olga.uses_shortcut("about", card),
        "ViewSubmissionPayload": await olga.submits(view),
        "ViewClosedPayload": await olga.closes(view),
    }
    return {name: one.envelope.payload for name, one in seen.items() if one is not None}


@pytest.mark.usefixtures("samples")  # skipped where they are not at hand
async def test_what_is_not_sent(slack: SlackServer) -> None:
    """Of commands and views all is known; no shortcut in a message's menu has a key that Slack's lacks."""
    sent = await payloads(slack)
    there = {name: json.loads((DATA / "payloads" / f"{name}.json").read_text()) for name in sent}
    for name in ("SlashCommandPayload", "ViewSubmissionPayload", "ViewClosedPayload"):
        assert lacking(sent[name], there[name]) <= known(name)
    assert strangers(sent["MessageShortcutPayload"], there["MessageShortcutPayload"]) == []


async def test_what_is_not_answered(samples: dict[str, Any], client: AsyncWebClient, slack: SlackServer) -> None:
    """Small answers are whole, but for what is written down."""
    answers = await every_answer(client, slack)
    small = ("auth.test", "apps.connections.open", "chat.postEphemeral", "chat.getPermalink", "chat.delete",
             "conversations.members", "conversations.open", "files.getUploadURLExternal", "reactions.add",
             "usergroups.users.list")  # fmt: skip
    wrong = {name: lacking(answers[name].data, samples[name]) - known(name) for name in small}
    assert {name: keys for name, keys in wrong.items() if keys} == {}


async def test_what_is_read_is_there(client: AsyncWebClient, slack: SlackServer) -> None:
    """In everything that is sent and answered."""
    there: dict[str, Any] = {name: answer.data for name, answer in (await every_answer(client, slack)).items()}
    there |= await payloads(slack)
    wrong = {name: [path for path in paths.split() if not has(there[name], path)] for name, paths in READ.items()}
    assert {name: paths for name, paths in wrong.items() if paths} == {}
