"""A channel, a thread, a modal as one person sees it, for a terminal: pure functions to rich renderables."""

import math

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.text import Text

from bot.sandbox.slack import mrkdwn
from bot.sandbox.slack.records import File, Message, View
from bot.sandbox.slack.render_blocks import Eyes, indented, paragraphs, preformatted, render_blocks
from bot.sandbox.slack.workspace import Workspace

FILE_LINES = 8


def render_message(message: Message, workspace: Workspace, viewer: str | None = None) -> RenderableType:
    """One message: who and when, what it says, its files and reactions. Blocks stand instead of the text."""
    eyes = Eyes(workspace, viewer)
    parts: list[RenderableType] = []
    if message.ephemeral_to:
        parts.append(Text("👁 Only visible to you", "dim italic"))
    parts.append(_heading(message, workspace, viewer))
    if message.blocks:
        parts += render_blocks(message.blocks, eyes)
    elif message.text:
        parts += paragraphs(message.text, eyes)
    for attachment in message.attachments:
        text = attachment.get("text") or attachment.get("fallback", "")
        inner = [*paragraphs(text, eyes), *render_blocks(attachment.get("blocks", []), eyes)]
        parts.append(indented(Group(*inner)))
    if message.edited and not message.blocks:
        parts.append(Text("(edited)", "dim"))
    parts += [render_file(file) for file in workspace.files_of(message)]
    if message.reactions:
        shown = (f"{mrkdwn.emoji(name)} {len(people)}" for name, people in message.reactions.items())
        parts.append(Text("  ".join(shown), "dim"))
    return Group(*parts)


def render_file(file: File) -> RenderableType:
    """A file's name and size, and its first lines in a frame."""
    lines = file.text.splitlines()
    shown = Text(mrkdwn.visible("\n".join(lines[:FILE_LINES])), "dim")
    more = len(lines) - FILE_LINES
    parts: list[RenderableType] = [Text.assemble("📎 ", (file.title or file.name, "bold"), f" ({_size(file.length)})")]
    if lines:
        parts.append(preformatted(shown))
    if more > 0:
        parts.append(Text(f"… {more} more line{'s' if more > 1 else ''}", "dim"))
    return Group(*parts)


def render_thread(parent: Message, workspace: Workspace, viewer: str | None = None) -> RenderableType:
    """A message with its replies under it."""
    parts: list[RenderableType] = [render_message(parent, workspace, viewer)]
    replies = workspace.thread(parent, viewer)
    if replies:
        parts.append(Text(f"└ {len(replies)} {'reply' if len(replies) == 1 else 'replies'}", "blue"))
    for above, reply in enumerate(replies):
        shown = render_message(reply, workspace, viewer)
        parts += [Padding(shown, (1 if above else 0, 0, 0, 4))]
    return Group(*parts)


def render_channel(channel: str, workspace: Workspace, viewer: str | None = None) -> RenderableType:
    """All of a channel that *viewer* sees, oldest first, each thread under its message."""
    place = workspace.channel(channel)
    sign = {"public": "#", "private": "🔒", "im": "@"}[place.kind]
    name = workspace.users[place.name].real_name if place.kind == "im" else place.name
    parts: list[RenderableType] = [Rule(Text(f"{sign}{name}", "bold"), align="left", style="dim")]
    roots = [message for message in workspace.all_messages(channel, viewer) if not message.is_reply]
    parts += [Padding(render_thread(root, workspace, viewer), (0, 0, 1, 0)) for root in roots]
    return Group(*parts)


def render_view(view: View, workspace: Workspace) -> RenderableType:
    """A modal in its frame, with what has been filled in and what is wrong with it; or a Home tab."""
    eyes = Eyes(workspace, view.user, view.state)
    parts: list[RenderableType] = []
    for block in view.blocks:
        parts += render_blocks([block], eyes)
        if error := view.errors.get(block["block_id"]):
            parts.append(Text(f"⚠ {error}", "bold red"))
    if view.type == "home":
        return Group(*parts)
    buttons = [Text(f"[ {(view.body.get('close') or {}).get('text', 'Cancel')} ]", "bold")]
    if submit := view.body.get("submit"):
        buttons.append(Text(f"[ {submit['text']} ]", "bold white on green"))
    foot = Text("  ").join(buttons)
    return Panel(Group(*parts, Text(), foot), title=view.body["title"]["text"], expand=False, padding=(1, 2))


def _heading(message: Message, workspace: Workspace, viewer: str | None) -> Text:
    user = workspace.users.get(message.user)
    heading = Text(user.real_name if user else message.user, "bold")
    if message.from_bot:
        heading.append(" ").append(" APP ", "black on grey70")
    clock = mrkdwn.local(float(message.ts), workspace, viewer).strftime("%H:%M")
    return heading.append(f"  {clock}", "dim")


def _size(length: int) -> str:
    if length < 1024:
        return f"{length} B"
    step = min(3, int(math.log(length, 1024)))
    return f"{length / 1024**step:.1f} {('B', 'KB', 'MB', 'GB')[step]}"
