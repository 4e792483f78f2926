"""Who is in a user group, as usergroups.users.list says it: remembered for a while, and otherwise nobody."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from datetime import timedelta
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.usergroups import SILENT, Membership
from bot.sandbox.slack import ManualClock, SlackServer
from bot.sandbox.slack.seed import ONCALL, SECOND
from bot.slack import usergroups
from bot.slack.chat import named
from bot.slack.usergroups import KEEP, QUIET, UserGroups
from tests.slack_chat.conftest import BotClock

METHOD = "usergroups.users.list"
GROUP = "S0ONCALL"
BOTH = Membership(frozenset({ONCALL, SECOND}))


@pytest.fixture
async def groups(slack: SlackServer, clock: ManualClock) -> AsyncIterator[UserGroups]:
    """With the real client; its calls are over before the test is."""
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.base_url)
    async with asyncio.TaskGroup() as tasks:

        def errand(work: Coroutine[Any, Any, None]) -> None:
            tasks.create_task(work)

        yield UserGroups(client, BotClock(clock), lambda call: named(call, 10), errand)
        slack.faults.clear()


async def said(groups: UserGroups, group: str = GROUP) -> Membership:
    """What is known of one group."""
    return (await groups.members([group]))[group]


async def test_an_answer_is_remembered_for_a_while_and_no_longer(
    groups: UserGroups, slack: SlackServer, clock: ManualClock
) -> None:
    """Who acts within it makes no call; a member who was taken out has the role no longer than that."""
    assert [await said(groups) for _ in range(3)] == [BOTH] * 3
    assert len(slack.journal.calls(METHOD)) == 1
    slack.workspace.usergroups[GROUP].users.remove(SECOND)
    clock.advance((KEEP - timedelta(seconds=1)).total_seconds())
    assert await said(groups) == BOTH
    clock.advance(1)
    assert await said(groups) == Membership(frozenset({ONCALL}))


async def test_refreshing_takes_the_wait_from_who_acts(
    groups: UserGroups, slack: SlackServer, clock: ManualClock
) -> None:
    """Asked in the meantime, it is known at once."""
    await groups.refresh(GROUP)
    slack.workspace.usergroups[GROUP].users.remove(SECOND)
    await groups.refresh(GROUP)
    slack.faults.status(METHOD, 500, times=5)
    clock.advance((KEEP - timedelta(seconds=1)).total_seconds())
    await groups.refresh(GROUP)  # a fault that passes: what is known still counts, and not a second longer
    assert await said(groups) == Membership(frozenset({ONCALL}))
    clock.advance(1)
    assert (await said(groups)).fault == SILENT


@pytest.mark.parametrize("error", ["missing_scope", "plan_upgrade_required", "paid_teams_only", "no_such_subteam"])
async def test_a_definite_no_counts_at_once(
    groups: UserGroups, slack: SlackServer, clock: ManualClock, error: str
) -> None:
    """Whatever was known before; and Slack is not asked again by everybody who acts."""
    assert await said(groups) == BOTH
    slack.faults.error(METHOD, error)
    await groups.refresh(GROUP)
    assert await said(groups) == Membership(fault=error)
    assert len(slack.journal.calls(METHOD)) == 2
    clock.advance(QUIET.total_seconds())
    assert await said(groups) == BOTH


async def test_as_the_workspace_is(groups: UserGroups, slack: SlackServer) -> None:
    """The emulator's own refusals: no such group, no plan with groups."""
    slack.workspace.usergroups[GROUP].disabled = True
    assert await said(groups) == Membership(fault="no_such_subteam")
    slack.workspace.paid = False
    await groups.refresh(GROUP)
    assert await said(groups) == Membership(fault="plan_upgrade_required")


async def test_while_slack_hangs_one_wait_is_enough(
    groups: UserGroups, slack: SlackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first who acts waits a little, the others not at all; its answer counts when it comes."""
    monkeypatch.setattr(usergroups, "WAIT", 0.05)
    held = slack.faults.hold(METHOD)
    assert await said(groups) == Membership(fault=SILENT)
    await held.reached.wait()
    monkeypatch.setattr(usergroups, "WAIT", 60)
    assert [await said(groups) for _ in range(3)] == [Membership(fault=SILENT)] * 3
    held.release()
    await groups.refresh(GROUP)
    assert await said(groups) == BOTH
