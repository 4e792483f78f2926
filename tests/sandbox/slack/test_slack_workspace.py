"""The workspace itself: waiting, seeing, what people can't do."""

import asyncio

import pytest

from bot.sandbox.slack import CannotDo, NotSeen, SlackServer, Workspace, seed
from bot.sandbox.slack.snapshot import change_json, snapshot

MENU = [
    {
        "type": "actions",
        "block_id": "menu",
        "elements": [
            {
                "type": "static_select",
                "action_id": "pick",
                "options": [{"text": {"type": "plain_text", "text": "One"}, "value": "1"}],
            },
            {
                "type": "button",
                "action_id": "go",
                "text": {"type": "plain_text", "text": "Go"},
                "confirm": {
                    "title": {"type": "plain_text", "text": "Sure?"},
                    "text": {"type": "plain_text", "text": "Really."},
                    "confirm": {"type": "plain_text", "text": "Yes"},
                    "deny": {"type": "plain_text", "text": "No"},
                },
            },
        ],
    }
]


@pytest.fixture
def workspace() -> Workspace:
    return seed(Workspace())


async def test_waiting_sees_what_is_there_and_what_comes(workspace: Workspace) -> None:
    """An edit counts; the failure shows what was said instead."""
    ops = workspace.channels["C0OPS"]
    first = workspace.post(ops, "U0BOT", "first")
    assert await workspace.wait_for(lambda m: m.text == "first") is first
    waiting = asyncio.create_task(workspace.wait_for(lambda m: m.text == "second"))
    await asyncio.sleep(0)
    workspace.edit(first, "second", [])
    assert await waiting is first
    with pytest.raises(NotSeen, match="#ops U0BOT: second"):
        await workspace.wait_for(lambda m: m.text == "third", timeout=0.01)


async def test_changes_come_in_order(workspace: Workspace) -> None:
    """Posted, edited, deleted; as JSON for a page."""
    ops = workspace.channels["C0OPS"]
    with workspace.feed.listening() as queue:
        message = workspace.post(ops, "U0BOT", "one")
        workspace.edit(message, "two", [])
        workspace.delete(message)
        changes = [queue.get_nowait() for _ in range(3)]
    assert [change.kind for change in changes] == ["posted", "edited", "deleted"]
    assert change_json(workspace, changes[0])["message"]["deleted"] is True


async def test_the_iterator_of_changes_starts_at_once(workspace: Workspace) -> None:
    """What happens between asking and looking is not lost."""
    changes = workspace.changes()
    message = workspace.post(workspace.channels["C0OPS"], "U0BOT", "one")
    assert (await anext(changes)).message is message


def test_timestamps_only_grow(workspace: Workspace) -> None:
    """Even where the clock stands still."""
    stamps = [workspace.new_ts() for _ in range(100)]
    assert stamps == sorted(set(stamps))


def test_a_private_channel_is_seen_from_inside(slack: SlackServer) -> None:
    """In a snapshot, too."""
    slack.workspace.post(slack.workspace.channels["C0PRIVATE"], "U0ONCALL", "psst", from_bot=False)
    inside = snapshot(slack.workspace, slack.modals, "U0APPROVE")
    outside = snapshot(slack.workspace, slack.modals, "U0STRANGER")
    assert [m["text"] for m in inside["messages"]] == ["psst"]
    assert outside["messages"] == []
    assert "C0PRIVATE" not in [channel["id"] for channel in outside["channels"]]
    guest = snapshot(slack.workspace, slack.modals, "U0GUEST")
    assert [channel["id"] for channel in guest["channels"]] == ["C0INCIDENT"]


def test_escaping_is_slacks(workspace: Workspace) -> None:
    """Three entities; names become ids, and a private channel's name stays out."""
    assert workspace.escaped("grant @oncall") == "grant <!subteam^S0ONCALL|@oncall>"
    text = workspace.escaped("grant @olga in #ops and #war-room for <8h> & @nobody me@olga")
    assert text == "grant <@U0ONCALL|olga> in <#C0OPS|ops> and <#C0PRIVATE|> for &lt;8h&gt; &amp; @nobody me@olga"


async def test_a_command_arrives_escaped_if_it_is_to_be(slack: SlackServer) -> None:
    """And names its place as Slack does."""
    seen = await slack.person("U0ONCALL").types("/ecs role grant @ben", "C0PRIVATE", escape=True)
    assert seen.envelope.payload["text"] == "role grant <@U0APPROVE|ben>"
    assert seen.envelope.payload["channel_name"] == "privategroup"
    assert "thread_ts" not in seen.envelope.payload


async def test_what_people_cant_do(slack: SlackServer) -> None:
    """Nothing is sent for any of it."""
    olga, stranger = slack.person("U0ONCALL"), slack.person("U0STRANGER")
    card = slack.workspace.post(slack.workspace.channels["C0OPS"], "U0BOT", "?", blocks=MENU)
    private = slack.workspace.post(slack.workspace.channels["C0OPS"], "U0BOT", "?", blocks=MENU, ephemeral_to=olga.id)
    with pytest.raises(CannotDo, match="not a valid command"):
        await olga.types("/other thing", "C0OPS")
    with pytest.raises(CannotDo, match="is not in"):
        await stranger.types("/ecs help", "C0PRIVATE")
    with pytest.raises(CannotDo, match="archived"):
        await olga.types("/ecs help", "C0OLD")
    with pytest.raises(CannotDo, match="sign in"):
        await slack.person("U0GONE").types("/ecs help", "C0OPS")
    with pytest.raises(CannotDo, match="there is no 'Approve'; there are"):
        await olga.presses(card, "Approve")
    with pytest.raises(CannotDo, match=r"declined: Really\."):
        await olga.presses(card, "Go", confirm=False)
    with pytest.raises(CannotDo, match="can't see"):
        await stranger.presses(private, "Go")
    with pytest.raises(CannotDo, match="not named"):
        await olga.mentions("@ecs help", "C0QUIET")
    slack.workspace.edit(card, "done", [])
    with pytest.raises(CannotDo):
        await olga.presses(card, "Go")
    assert slack.envelopes == []


async def test_what_was_chosen_comes_with_the_button(slack: SlackServer) -> None:
    """state.values has the select as it stands."""
    olga = slack.person("U0ONCALL")
    card = slack.workspace.post(slack.workspace.channels["C0OPS"], "U0BOT", "?", blocks=MENU)
    before = await olga.presses(card, "go")
    assert before.envelope.payload["state"]["values"]["menu"]["pick"]["selected_option"] is None
    await olga.chooses(card, "pick", "One")
    after = await olga.presses(card, "go")
    assert after.envelope.payload["state"]["values"]["menu"]["pick"]["selected_option"]["value"] == "1"
    again = await slack.replay(after.envelope, user={"id": "U0STRANGER"})
    assert again.error == "dispatch_failed"
    assert slack.envelopes[-1][0].payload["user"] == {"id": "U0STRANGER"}
