"""Who can press a button, as users.info says it."""

from datetime import timedelta

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import ManualClock, SlackServer, User
from bot.sandbox.slack.seed import APPROVER, GONE, GUEST, ONCALL
from bot.slack.chat import SlackChat
from tests.slack_chat.conftest import BotClock


@pytest.fixture
def asking(slack: SlackServer, clock: ManualClock) -> SlackChat:
    """SlackChat that knows which workspace is its own."""
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.base_url)
    return SlackChat(client, BotClock(clock), slack.workspace.team.id)


async def test_people_of_the_workspace_are_reachable(asking: SlackChat, slack: SlackServer) -> None:
    """Not the deactivated, guests, bots, members of other workspaces, nor who isn't there at all."""
    slack.workspace.add_user(User("U0OTHER", "otto", "Otto", team_id="T0OTHER"))
    everyone = {ONCALL, APPROVER, GONE, GUEST, "U0OTHER", "U0NOBODY", slack.workspace.app.user_id}
    assert await asking.reachable(everyone) == {ONCALL, APPROVER}


async def test_an_answer_is_remembered_for_ten_minutes(
    asking: SlackChat, slack: SlackServer, clock: ManualClock
) -> None:
    """Then Slack is asked again."""
    await asking.reachable([ONCALL, APPROVER])
    await asking.reachable([APPROVER, ONCALL])
    assert len(slack.journal.calls("users.info")) == 2
    slack.workspace.user(APPROVER).deleted = True
    assert APPROVER in await asking.reachable([APPROVER])
    clock.advance(timedelta(minutes=11).total_seconds())
    assert await asking.reachable([APPROVER]) == frozenset()


async def test_whom_slack_says_nothing_of_counts_as_reachable(asking: SlackChat, slack: SlackServer) -> None:
    """Without the scope, or while Slack is down; and it is asked again the next time."""
    slack.faults.error("users.info", "internal_error", 2)
    assert await asking.reachable([GUEST, ONCALL]) == {GUEST, ONCALL}
    assert await asking.reachable([GUEST, ONCALL]) == {ONCALL}
