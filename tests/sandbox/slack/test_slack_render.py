"""What a newcomer sees in the terminal."""

import io
from typing import Any

import pytest
from rich.console import Console, RenderableType
from rich.text import Text

from bot.sandbox.slack import File, ManualClock, View, Workspace, seed
from bot.sandbox.slack.mrkdwn import styled
from bot.sandbox.slack.render import render_channel, render_message, render_thread, render_view


@pytest.fixture
def workspace(clock: ManualClock) -> Workspace:
    return seed(Workspace(clock))


def shown(what: RenderableType) -> str:
    """The text of it, without trailing blanks."""
    out = io.StringIO()
    Console(file=out, width=80, color_system=None).print(what)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def styles(text: Text, part: str) -> str:
    """The styles on *part*."""
    start = text.plain.index(part)
    return " ".join(str(s.style) for s in text.spans if s.start <= start < s.end)


def test_mrkdwn_is_styled_and_tokens_are_named(workspace: Workspace) -> None:
    """Names for ids, entities undone, a date in the viewer's time."""
    text = styled(
        "*bold* _it_ ~gone~ `a*b*` <@U0ONCALL> <#C0OPS> <!subteam^S0ONCALL> <!here> &lt;b&gt; "
        "<https://x.y|docs> :white_check_mark: <!date^1795000000^at {time}|then> 2*3*4 snake_case_name",
        workspace,
        "U0ONCALL",
    )
    assert text.plain == ("bold it gone a*b* @Olga #ops @oncall @here <b> docs ✅ at 19:06 2*3*4 snake_case_name")
    assert styles(text, "bold") == "bold"
    assert styles(text, "it") == "italic"
    assert styles(text, "gone") == "strike"
    assert "red" in styles(text, "a*b*")
    assert styles(text, "snake") == ""


def test_quotes_and_fences_stand_apart(workspace: Workspace) -> None:
    """Nothing inside a fence is marked up."""
    text = styled("why\n&gt; *wedged*\nsee ```*a*\nb``` end", workspace)
    assert text.plain == "why\n▎ wedged\nsee \n*a*\nb\n end"


def test_a_card_reads_as_in_slack(workspace: Workspace) -> None:
    """Header, fields, output, buttons; the fallback text is not shown beside blocks."""
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": "restart"}},
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "*On*\nweb"}, {"type": "mrkdwn", "text": "3"}]},
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "a < b\nc"}]}],
        },
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "small"}]},
        {
            "type": "actions",
            "elements": [
                {"type": "button", "action_id": n, "text": {"type": "plain_text", "text": n}} for n in ("Yes", "No")
            ],
        },
    ]
    card = workspace.post(workspace.channels["C0OPS"], "U0BOT", "fallback", blocks=blocks)
    text = shown(render_message(card, workspace, "U0ONCALL"))
    assert "ECS  APP   19:06" in text
    for line in ("restart", "web", "│ a < b │", "│ c     │", "small", "[ Yes ]  [ No ]"):
        assert line in text
    assert "fallback" not in text


def test_a_thread_a_file_and_a_whisper(workspace: Workspace) -> None:
    """Replies are indented, a file shows its first lines, and only its reader sees an ephemeral message."""
    ops = workspace.channels["C0OPS"]
    parent = workspace.post(ops, "U0ONCALL", "look", from_bot=False)
    content = b"\n".join(b"line %d" % n for n in range(20))
    workspace.files["F1"] = File("F1", "out.txt", 2048, "U0BOT", 0, content)
    workspace.post(ops, "U0BOT", "see ```a &amp; b\nc``` done", thread_ts=parent.ts)
    reply = workspace.post(ops, "U0BOT", "all of it", thread_ts=parent.ts, files=["F1"])
    workspace.edit(reply, "all of it now", [])
    workspace.post(ops, "U0BOT", "psst", ephemeral_to="U0ONCALL")

    thread = shown(render_thread(parent, workspace, "U0ONCALL"))
    assert "└ 2 replies" in thread
    assert "    see\n    ┌───────┐\n    │ a & b │\n    │ c     │\n    └───────┘\n     done" in thread
    assert "    📎 out.txt (2.0 KB)" in thread
    assert "… 12 more lines" in thread
    assert "(edited)" in thread
    assert "Only visible to you" in shown(render_channel("C0OPS", workspace, "U0ONCALL"))
    assert "psst" not in shown(render_channel("C0OPS", workspace, "U0APPROVE"))


def test_machine_output_cant_style_the_terminal(workspace: Workspace) -> None:
    """Neither rich's own markup nor the characters used inside are taken from a message, nor an escape."""
    message = workspace.post(workspace.channels["C0OPS"], "U0BOT", "[bold]x[/] \ue000 `ok` \x1b[2J")
    assert "[bold]x[/] \ufffd ok \ufffd[2J" in shown(render_message(message, workspace))


def test_a_modal_shows_what_is_filled_in_and_what_is_wrong(workspace: Workspace) -> None:
    """In its frame, with its buttons."""
    body: dict[str, Any] = {
        "title": {"type": "plain_text", "text": "Run"},
        "submit": {"type": "plain_text", "text": "Go"},
        "blocks": [
            {
                "type": "input",
                "block_id": "why",
                "label": {"type": "plain_text", "text": "Reason"},
                "element": {"type": "plain_text_input", "action_id": "text"},
            }
        ],
    }
    state = {"why": {"text": {"type": "plain_text_input", "value": "because"}}}
    view = View("V1", "U0ONCALL", "modal", body, "h", "V1", state=state, errors={"why": "too short"})
    text = shown(render_view(view, workspace))
    for part in ("Run", "Reason", "[ because ]", "⚠ too short", "[ Cancel ]  [ Go ]"):
        assert part in text
