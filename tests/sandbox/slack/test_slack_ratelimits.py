"""Rate limits, on a clock that the test moves."""

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import ManualClock, SlackServer
from bot.sandbox.slack.limits import TIER_OF
from bot.sandbox.slack.methods import all_methods
from bot.sandbox.slack.ratelimit import RateLimited, RateLimits


def test_a_tier_is_so_many_calls_in_any_minute(clock: ManualClock) -> None:
    """chat.update: fifty; the wait is until the oldest is a minute old, and other methods go on."""
    limits = RateLimits(clock)
    for _ in range(50):
        limits.call("chat.update")
        clock.advance(0.5)
    with pytest.raises(RateLimited) as refused:
        limits.call("chat.update")
    assert refused.value.retry_after == 35
    limits.call("users.info")
    clock.advance(35)
    limits.call("chat.update")


def test_limits_can_be_scaled_and_switched_off(clock: ManualClock) -> None:
    """Twice as many, or any number."""
    double, none = RateLimits(clock, 2.0), RateLimits(clock, 0)
    for _ in range(100):
        double.call("chat.update")
        none.post("C0OPS")
    with pytest.raises(RateLimited):
        double.call("chat.update")


async def test_a_channel_takes_one_message_a_second(
    client: AsyncWebClient, clock: ManualClock, slack: SlackServer
) -> None:
    """After a small burst; the refusal is 429 with Retry-After, and another channel is free."""
    for _ in range(5):
        await client.chat_postMessage(channel="C0OPS", text="hi")
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel="C0OPS", text="hi")
    assert refused.value.response.status_code == 429
    assert refused.value.response.headers["Retry-After"] == "1"
    assert refused.value.response.data == {"ok": False, "error": "ratelimited"}
    await client.chat_postMessage(channel="C0INCIDENT", text="hi")
    clock.advance(1)
    await client.chat_postMessage(channel="C0OPS", text="hi")
    assert len(slack.workspace.all_messages("C0OPS")) == 6


def test_every_method_has_a_tier() -> None:
    """None is left to the default; and what has no tier of its own is what Slack calls special."""
    assert set(all_methods()) <= set(TIER_OF)
    assert {name for name, tier in TIER_OF.items() if tier == 0} == {
        "auth.test",
        "chat.postMessage",
        "chat.getPermalink",
    }


async def test_a_workspace_takes_several_hundred_messages_a_minute(
    client: AsyncWebClient, clock: ManualClock, slack: SlackServer
) -> None:
    """In all channels together, whatever the method."""
    for n in range(299):
        slack.rate.post(f"C{n % 60}")
    await client.chat_postEphemeral(channel="C0OPS", user="U0ONCALL", text="hi")
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel="C0OPS", text="hi")
    assert refused.value.response.headers["Retry-After"] == "60"
    clock.advance(60)
    await client.chat_postMessage(channel="C0OPS", text="hi")
