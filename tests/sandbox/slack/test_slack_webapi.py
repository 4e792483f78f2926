"""The Web API, called by the SDK's own client."""

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import SlackServer
from bot.sandbox.slack.clock import ManualClock

BUTTON = {
    "type": "actions",
    "elements": [{"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}],
}


async def refused(call: Any) -> str:
    """The name of the error that *call* is refused with."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def test_a_token_is_asked_for_and_checked(slack: SlackServer) -> None:
    """Without a token, with an unknown one, with one of the wrong kind or a revoked one."""
    assert await refused(AsyncWebClient(base_url=slack.base_url).auth_test()) == "not_authed"
    assert await refused(AsyncWebClient("xoxb-other", slack.base_url).auth_test()) == "invalid_auth"
    wrong = AsyncWebClient(slack.app_token, slack.base_url)
    assert await refused(wrong.auth_test()) == "not_allowed_token_type"
    slack.tokens.all[slack.bot_token].revoked = "token_revoked"
    assert await refused(AsyncWebClient(slack.bot_token, slack.base_url).auth_test()) == "token_revoked"


async def test_scopes_are_named_in_the_header_and_in_a_refusal(client: AsyncWebClient, slack: SlackServer) -> None:
    """missing_scope says what would be needed and what there is."""
    answer = await client.auth_test()
    assert "chat:write" in answer.headers["x-oauth-scopes"]
    slack.tokens.all[slack.bot_token].scopes = {"commands"}
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C0OPS", text="hi")
    assert caught.value.response["error"] == "missing_scope"
    assert caught.value.response["needed"] == "chat:write"
    assert caught.value.response["provided"] == "commands"


async def test_unknown_methods_and_arguments_are_refused(client: AsyncWebClient, slack: SlackServer) -> None:
    """An argument that a method does not know is kept in the journal, too."""
    assert await refused(client.api_call("chat.shout")) == "unknown_method"
    assert await refused(client.chat_postMessage(channel="C0OPS", text="hi", colour="red")) == "invalid_arguments"
    assert [call.unknown_args for call in slack.journal.strangers()] == [["colour"]]
    assert slack.workspace.all_messages() == []


async def test_arguments_come_as_query_form_or_json(slack: SlackServer) -> None:
    """The same message three ways; blocks in a form are a JSON string."""
    auth = {"Authorization": f"Bearer {slack.bot_token}"}
    url = slack.base_url + "chat.postMessage"
    async with aiohttp.ClientSession(headers=auth) as session:
        await session.post(url, params={"channel": "C0OPS", "text": "query"})
        await session.post(url, data={"channel": "C0OPS", "text": "form", "blocks": '[{"type":"divider"}]'})
        await session.post(url, json={"channel": "C0OPS", "text": "json"})
        broken = await session.post(url, data="{", headers={"Content-Type": "application/json"})
        assert await broken.json() == {"ok": False, "error": "invalid_json"}
    messages = slack.workspace.all_messages("C0OPS")
    assert [m.text for m in messages] == ["query", "form", "json"]
    assert messages[1].blocks[0]["type"] == "divider"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "C0NOWHERE", "text": "hi"}, "channel_not_found"),
        ({"channel": "C0PRIVATE", "text": "hi"}, "channel_not_found"),
        ({"channel": "C0QUIET", "text": "hi"}, "not_in_channel"),
        ({"channel": "C0OLD", "text": "hi"}, "is_archived"),
        ({"channel": "U0GONE", "text": "hi"}, "channel_not_found"),
        ({"channel": "C0OPS", "text": " "}, "no_text"),
        ({"channel": "C0OPS", "text": "hi", "thread_ts": "0"}, "invalid_thread_ts"),
        ({"channel": "C0OPS", "text": "hi", "thread_ts": "1700000000.000100"}, "thread_not_found"),
        ({"channel": "C0OPS", "text": "hi", "markdown_text": "hi"}, "markdown_text_conflict"),
        ({"channel": "C0OPS", "text": "hi", "blocks": "nonsense"}, "invalid_blocks_format"),
        ({"channel": "C0OPS", "text": "hi", "blocks": [{"type": "dividing"}]}, "invalid_blocks"),
        ({"channel": "C0OPS", "text": "hi", "metadata": {"event_type": "x"}}, "invalid_metadata_format"),
    ],
)
async def test_posting_is_refused(client: AsyncWebClient, arguments: dict[str, Any], error: str) -> None:
    """Each with Slack's own name for it."""
    assert await refused(client.api_call("chat.postMessage", json=arguments)) == error


async def test_posting_to_a_person_opens_the_conversation(client: AsyncWebClient, slack: SlackServer) -> None:
    """channel=U… posts to the direct message; text past 40,000 characters is cut off."""
    answer = await client.chat_postMessage(channel="U0ONCALL", text="x" * 40_001)
    assert answer["channel"] == slack.person("U0ONCALL").dm.id
    [message] = slack.person("U0ONCALL").sees(answer["channel"])
    assert len(message.text) == 40_000
    assert slack.workspace.sees("U0APPROVE", message) is False


async def test_all_blocks_together_have_a_limit(client: AsyncWebClient) -> None:
    """Each section fits; five of them don't."""
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2900}}
    await client.chat_postMessage(channel="C0OPS", text="four", blocks=[section] * 4)
    assert await refused(client.chat_postMessage(channel="C0OPS", text="five", blocks=[section] * 5)) == (
        "msg_blocks_too_long"
    )


async def test_update_changes_what_slack_would_change(client: AsyncWebClient, slack: SlackServer) -> None:
    """Text alone removes blocks; metadata stays unless cleared; blocks leave no "(edited)"."""
    about = {"event_type": "run", "event_payload": {"id": 7}}
    posted = await client.chat_postMessage(channel="C0OPS", text="one", blocks=[BUTTON], metadata=about)
    [message] = slack.workspace.all_messages("C0OPS")

    await client.chat_update(channel="C0OPS", ts=posted["ts"], text="two", blocks=[BUTTON])
    assert (message.edited, message.buttons, message.metadata) == (None, ["Go"], about)
    await client.chat_update(channel="C0OPS", ts=posted["ts"], text="three", metadata={})
    assert message.edited
    assert (message.text, message.blocks, message.metadata) == ("three", [], None)
    assert [edit.text for edit in message.history] == ["one", "two"]


async def test_update_is_refused(client: AsyncWebClient, slack: SlackServer, clock: ManualClock) -> None:
    """Too long, not there, not one's own, ephemeral, too late, archived."""
    ts = (await client.chat_postMessage(channel="C0OPS", text="one"))["ts"]
    theirs = slack.person("U0ONCALL").says("mine", "C0OPS")
    private = await client.chat_postEphemeral(channel="C0OPS", user="U0ONCALL", text="psst")

    async def error(**change: Any) -> str:
        arguments = {"channel": "C0OPS", "ts": ts, "text": "two", **change}
        return await refused(client.api_call("chat.update", json=arguments))

    assert await error(text="x" * 4001) == "msg_too_long"
    assert await error(text="") == "no_text"
    assert await error(ts="1700000000.000100") == "message_not_found"
    assert await error(ts=private["message_ts"]) == "message_not_found"
    assert await error(ts=theirs.ts) == "cant_update_message"
    assert await error(channel="C0NOWHERE") == "channel_not_found"
    slack.workspace.edit_window = 60
    clock.advance(61)
    assert await error() == "edit_window_closed"
    slack.workspace.channels["C0OPS"].archived = True
    assert await error() == "is_inactive"


async def test_threads_links_and_deletion(client: AsyncWebClient, slack: SlackServer) -> None:
    """A reply stands under its message; a deleted message has no address any more."""
    parent = (await client.chat_postMessage(channel="C0OPS", text="parent"))["ts"]
    reply = await client.chat_postMessage(channel="C0OPS", text="reply", thread_ts=parent)
    assert reply["message"]["thread_ts"] == parent
    assert [m.text for m in slack.workspace.thread(slack.workspace.message("C0OPS", parent))] == ["reply"]
    link = await client.chat_getPermalink(channel="C0OPS", message_ts=reply["ts"])
    assert link["permalink"].endswith(f"?thread_ts={parent}&cid=C0OPS")
    await client.chat_delete(channel="C0OPS", ts=reply["ts"])
    assert await refused(client.chat_getPermalink(channel="C0OPS", message_ts=reply["ts"])) == "message_not_found"
    theirs = slack.person("U0ONCALL").says("mine", "C0OPS")
    assert await refused(client.chat_delete(channel="C0OPS", ts=theirs.ts)) == "cant_delete_message"


async def test_an_ephemeral_message_is_for_one_member(client: AsyncWebClient, slack: SlackServer) -> None:
    """Others don't see it, and who isn't in the channel can't be sent one."""
    await client.chat_postEphemeral(channel="C0OPS", user="U0ONCALL", text="psst")
    assert [m.text for m in slack.person("U0ONCALL").sees("C0OPS")] == ["psst"]
    assert slack.person("U0APPROVE").sees("C0OPS") == []
    assert await refused(client.chat_postEphemeral(channel="C0OPS", user="U0GUEST", text="psst")) == (
        "user_not_in_channel"
    )


async def test_conversations(client: AsyncWebClient, slack: SlackServer) -> None:
    """Looked at, entered, listed page by page; a private one is not known from the outside."""
    assert (await client.conversations_info(channel="C0QUIET"))["channel"]["is_member"] is False
    await client.conversations_join(channel="C0QUIET")
    assert slack.workspace.is_member(slack.workspace.channels["C0QUIET"])
    assert (await client.conversations_join(channel="C0QUIET"))["warning"] == "already_in_channel"
    assert await refused(client.conversations_info(channel="C0PRIVATE")) == "channel_not_found"
    opened = await client.conversations_open(users="U0ONCALL", return_im=True)
    assert opened["channel"]["is_im"]
    names = [
        channel["name"]
        async for page in await client.conversations_list(limit=2, exclude_archived=True)
        for channel in page["channels"]
    ]
    assert names == ["ops", "incident-42", "quiet"]
    members = await client.conversations_members(channel="C0OPS")
    assert "U0BOT" in members["members"]


async def test_people_and_groups(client: AsyncWebClient, slack: SlackServer) -> None:
    """Deactivated and restricted people say so; user groups need a paid plan."""
    assert (await client.users_info(user="U0GONE"))["user"]["deleted"] is True
    assert (await client.users_info(user="U0GUEST"))["user"]["is_ultra_restricted"] is True
    assert await refused(client.users_info(user="U0NOBODY")) == "user_not_found"
    assert len((await client.users_list())["members"]) == len(slack.workspace.users)
    assert (await client.usergroups_users_list(usergroup="S0ONCALL"))["users"] == ["U0ONCALL", "U0SECOND"]
    slack.workspace.paid = False
    assert await refused(client.usergroups_list()) == "plan_upgrade_required"


async def test_reactions(client: AsyncWebClient, slack: SlackServer) -> None:
    """Once, not twice, and taken back."""
    ts = (await client.chat_postMessage(channel="C0OPS", text="one"))["ts"]
    await client.reactions_add(channel="C0OPS", timestamp=ts, name="eyes")
    assert slack.workspace.message("C0OPS", ts).reactions == {"eyes": ["U0BOT"]}
    assert await refused(client.reactions_add(channel="C0OPS", timestamp=ts, name="eyes")) == "already_reacted"
    await client.reactions_remove(channel="C0OPS", timestamp=ts, name="eyes")
    assert await refused(client.reactions_remove(channel="C0OPS", timestamp=ts, name="eyes")) == "no_reaction"
