"""Faults on the line, as the SDK's client meets them."""

import asyncio

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import NotSeen, SlackServer

NO_RETRIES: list[AsyncRateLimitErrorRetryHandler] = []


@pytest.fixture
def client(slack: SlackServer) -> AsyncWebClient:
    """A client that never tries again by itself."""
    return AsyncWebClient(slack.bot_token, slack.base_url, retry_handlers=list(NO_RETRIES))


async def test_a_fault_is_played_once_and_then_it_works(client: AsyncWebClient, slack: SlackServer) -> None:
    """429, 503, not JSON, a named error; each is in the journal with its name."""
    slack.faults.ratelimit("chat.postMessage", retry_after=7)
    slack.faults.status("chat.postMessage", 503)
    slack.faults.not_json("chat.postMessage")
    slack.faults.error("chat.postMessage", "fatal_error")
    slack.faults.error("chat.postMessage", "request_timeout", after_effect=True)
    for _ in range(5):
        with pytest.raises(SlackApiError):
            await client.chat_postMessage(channel="C0OPS", text="hi")
    assert slack.faults.pending() == {}
    await client.chat_postMessage(channel="C0OPS", text="at last")

    calls = slack.journal.calls("chat.postMessage")
    assert [call.fault for call in calls] == ["ratelimited", "status", "not_json", "error", "error", None]
    assert [call.took_effect for call in calls] == [False, False, False, False, True, True]
    assert [m.text for m in slack.workspace.all_messages("C0OPS")] == ["hi", "at last"]


@pytest.mark.parametrize("after_effect", [False, True])
async def test_a_cut_leaves_the_caller_in_doubt(client: AsyncWebClient, slack: SlackServer, after_effect: bool) -> None:
    """The connection breaks; whether the message is there depends."""
    slack.faults.cut("chat.postMessage", after_effect=after_effect)
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel="C0OPS", text="hi")
    assert len(slack.workspace.all_messages("C0OPS")) == int(after_effect)


async def test_a_held_call_waits_until_it_is_released(client: AsyncWebClient, slack: SlackServer) -> None:
    """Nothing has happened while it is held."""
    hold = slack.faults.hold("chat.postMessage")
    posting = asyncio.create_task(client.chat_postMessage(channel="C0OPS", text="hi"))
    await hold.reached.wait()
    assert slack.workspace.all_messages("C0OPS") == []
    hold.release()
    await posting
    assert (await slack.journal.wait_for("chat.postMessage")).took_effect


async def test_a_fault_can_be_for_any_method(client: AsyncWebClient, slack: SlackServer) -> None:
    """``*`` plays on whatever comes next, uploads and response_urls too."""
    slack.faults.status("*", 500, times=2)
    with pytest.raises(SlackApiError):
        await client.auth_test()
    url = slack.response_url("U0ONCALL", "C0OPS")
    async with aiohttp.ClientSession() as session, session.post(url, json={"text": "hi"}) as answer:
        assert answer.status == 500
    with pytest.raises(NotSeen, match=r"no such call of chat\.update"):
        await slack.journal.wait_for("chat.update", timeout=0.01)
