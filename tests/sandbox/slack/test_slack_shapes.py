"""Answers have no key that Slack's own answers lack, as far as samples of those are at hand."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.sandbox.slack import SlackServer

DATA = Path(os.environ.get("REFERENCE_DATA", Path(__file__).parents[3].parent / "shared" / "reference" / "data")) / (
    "slack"
)
NOT_IN_SAMPLES = {
    "blocks",  # blanked in the samples
    "values",  # a view's state, the same
    "rich_text",
    "text",
    "elements",
}


def strangers(answer: Any, sample: Any, at: str = "") -> list[str]:
    """The keys of *answer*, at any depth, that *sample* has not."""
    if isinstance(answer, list) and isinstance(sample, list):
        return [s for item in answer if sample for s in strangers(item, sample[0], f"{at}[]")]
    if not isinstance(answer, dict) or not isinstance(sample, dict) or not sample:
        return []
    found = []
    for key, value in answer.items():
        if key in NOT_IN_SAMPLES:
            continue
        if key in sample:
            found += strangers(value, sample[key], f"{at}/{key}")
        elif not key.startswith(("C0", "D0")):
            found.append(f"{at}/{key}")
    return found


@pytest.fixture(scope="module")
def samples() -> dict[str, Any]:
    """The samples by method; the test is skipped where they are not at hand."""
    folder = DATA / "responses"
    if not folder.is_dir():
        pytest.skip(f"no samples of Slack's answers in {folder}")
    return {path.stem: json.loads(path.read_text()) for path in folder.glob("*.json")}


async def every_answer(client: AsyncWebClient, slack: SlackServer) -> dict[str, AsyncSlackResponse]:
    """One good answer of each method."""
    modal: dict[str, Any] = {
        "type": "modal",
        "title": {"type": "plain_text", "text": "A"},
        "blocks": [{"type": "divider"}],
    }
    home: dict[str, Any] = {"type": "home", "blocks": [{"type": "divider"}]}
    about = {"event_type": "run", "event_payload": {}}
    posted = await client.chat_postMessage(channel="C0OPS", text="hi", metadata=about)
    reply = await client.chat_postMessage(channel="C0OPS", text="hi", thread_ts=posted["ts"])
    opened = await client.views_open(trigger_id=slack.triggers.issue("U0ONCALL"), view=modal)
    ticket = await client.files_getUploadURLExternal(filename="a.txt", length=2)
    slack.workspace.files[ticket["file_id"]].content = b"ab"
    return {
        "auth.test": await client.auth_test(),
        "apps.connections.open": await client.apps_connections_open(app_token=slack.app_token),
        "chat.postMessage": reply,
        "chat.update": await client.chat_update(channel="C0OPS", ts=reply["ts"], text="ho"),
        "chat.postEphemeral": await client.chat_postEphemeral(channel="C0OPS", user="U0ONCALL", text="x"),
        "chat.getPermalink": await client.chat_getPermalink(channel="C0OPS", message_ts=posted["ts"]),
        "chat.delete": await client.chat_delete(channel="C0OPS", ts=reply["ts"]),
        "conversations.info": await client.conversations_info(channel="C0OPS", include_num_members=True),
        "conversations.join": await client.conversations_join(channel="C0OPS"),
        "conversations.members": await client.conversations_members(channel="C0OPS"),
        "conversations.open": await client.conversations_open(users="U0ONCALL", return_im=True),
        "files.getUploadURLExternal": ticket,
        "files.completeUploadExternal": await client.files_completeUploadExternal(
            files=[{"id": ticket["file_id"], "title": "A"}], channel_id="C0OPS"
        ),
        "reactions.add": await client.reactions_add(channel="C0OPS", timestamp=posted["ts"], name="eyes"),
        "usergroups.list": await client.usergroups_list(include_users=True, include_count=True),
        "usergroups.users.list": await client.usergroups_users_list(usergroup="S0ONCALL"),
        "users.info": await client.users_info(user="U0ONCALL"),
        "views.open": opened,
        "views.push": await client.views_push(trigger_id=slack.triggers.issue("U0ONCALL"), view=modal),
        "views.update": await client.views_update(view_id=opened["view"]["id"], view=modal),
        "views.publish": await client.views_publish(user_id="U0ONCALL", view=home),
    }


async def test_answers_have_slacks_keys(samples: dict[str, Any], client: AsyncWebClient, slack: SlackServer) -> None:
    """Every method for which there is a sample."""
    answers = await every_answer(client, slack)
    assert set(answers) == set(samples)
    wrong = {method: strangers(answer.data, samples[method]) for method, answer in answers.items()}
    assert {method: keys for method, keys in wrong.items() if keys} == {}


async def test_payloads_have_slacks_keys(samples: dict[str, Any], slack: SlackServer) -> None:
    """A command, a button on a message, a modal sent off and put away: what the person's doing sends."""
    olga = slack.person("U0ONCALL")
    command = await olga.types("/ecs help", "C0OPS")
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}, "value": "1"}
    card = slack.workspace.post(
        slack.workspace.channels["C0OPS"], "U0BOT", "x", blocks=[{"type": "actions", "elements": [button]}]
    )
    pressed = await olga.presses(card, "Go")
    modal = {
        "type": "modal",
        "title": {"type": "plain_text", "text": "A"},
        "submit": {"type": "plain_text", "text": "Go"},
        "notify_on_close": True,
        "blocks": [{"type": "divider"}],
    }
    view = slack.modals.open("U0ONCALL", modal)
    submitted = await olga.submits(view)
    closed = await olga.closes(view)
    assert closed is not None
    wrong = {
        name: strangers(seen.envelope.payload, json.loads((DATA / "payloads" / f"{name}.json").read_text()))
        for name, seen in {
            "SlashCommandPayload": command,
            "BlockActionPayload": pressed,
            "ViewSubmissionPayload": submitted,
            "ViewClosedPayload": closed,
        }.items()
    }
    assert {name: keys for name, keys in wrong.items() if keys} == {"ViewSubmissionPayload": ["/response_urls"]}
