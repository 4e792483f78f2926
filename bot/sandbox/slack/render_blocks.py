"""Block Kit as rich renderables. Nothing here decides what may be seen: `render` does."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.markdown import Markdown
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from bot.sandbox.slack import mrkdwn
from bot.sandbox.slack.records import Json
from bot.sandbox.slack.workspace import Workspace

_BUTTON = {"primary": "bold white on green", "danger": "bold white on red", "": "bold"}
_RICH_STYLES = {"bold": "bold", "italic": "italic", "strike": "strike", "code": mrkdwn.CODE, "underline": "underline"}


@dataclass(frozen=True)
class Eyes:
    """Who looks, and at which workspace; a modal's state shows what has been filled in."""

    workspace: Workspace
    viewer: str | None = None
    state: Json | None = None

    def text(self, value: Json | None) -> Text:
        """A text object."""
        if not value:
            return Text()
        if value.get("type") == "mrkdwn":
            return mrkdwn.styled(value["text"], self.workspace, self.viewer)
        return Text(mrkdwn.plain(value["text"]))


def render_blocks(blocks: list[Json], eyes: Eyes) -> list[RenderableType]:
    """Each block, in order."""
    return [_RENDER.get(str(block.get("type")), _unknown)(block, eyes) for block in blocks]


def paragraphs(text: str, eyes: Eyes) -> list[RenderableType]:
    """mrkdwn with each ``` fence in a frame of its own."""
    parts: list[RenderableType] = []
    for number, piece in enumerate(mrkdwn.FENCE.split(text)):
        if number % 2:
            parts.append(preformatted(Text(mrkdwn.plain(piece))))
        elif piece.strip("\n"):
            parts.append(mrkdwn.styled(piece.strip("\n"), eyes.workspace, eyes.viewer))
    return parts


def _section(block: Json, eyes: Eyes) -> RenderableType:
    parts: list[RenderableType] = []
    if "text" in block:
        parts += (
            paragraphs(block["text"]["text"], eyes) if block["text"]["type"] == "mrkdwn" else [eyes.text(block["text"])]
        )
    if block.get("fields"):
        grid = Table.grid(padding=(0, 3))
        fields = [eyes.text(field) for field in block["fields"]]
        for left in range(0, len(fields), 2):
            grid.add_row(*fields[left : left + 2])
        parts.append(grid)
    if block.get("accessory"):
        beside = Table.grid(padding=(0, 2))
        beside.add_row(Group(*parts), _element(block["accessory"], eyes, block.get("block_id", "")))
        return beside
    return Group(*parts)


def _header(block: Json, eyes: Eyes) -> RenderableType:
    text = eyes.text(block["text"])
    text.stylize("bold bright_white")
    return text


def _divider(block: Json, eyes: Eyes) -> RenderableType:
    return Rule(style="dim")


def _context(block: Json, eyes: Eyes) -> RenderableType:
    parts = [Text(f"🖼 {e['alt_text']}") if e["type"] == "image" else eyes.text(e) for e in block["elements"]]
    line = Text("  ").join(parts)
    line.stylize("dim")
    return line


def _actions(block: Json, eyes: Eyes) -> RenderableType:
    return Text("  ").join(_element(e, eyes, block.get("block_id", "")) for e in block["elements"])


def _input(block: Json, eyes: Eyes) -> RenderableType:
    label = eyes.text(block["label"])
    label.stylize("bold")
    if block.get("optional"):
        label.append(" (optional)", "dim")
    parts: list[RenderableType] = [label, _element(block["element"], eyes, block.get("block_id", ""))]
    if block.get("hint"):
        hint = eyes.text(block["hint"])
        hint.stylize("dim")
        parts.append(hint)
    return Group(*parts)


def _image(block: Json, eyes: Eyes) -> RenderableType:
    return Text(f"🖼 {block['alt_text']}", "dim")


def _markdown(block: Json, eyes: Eyes) -> RenderableType:
    return Markdown(mrkdwn.visible(block["text"]), hyperlinks=False)


def _table(block: Json, eyes: Eyes) -> RenderableType:
    table = Table(show_header=False, box=box.SIMPLE, padding=(0, 1))
    for number, row in enumerate(block["rows"]):
        cells = [_rich_lines(c, eyes) if c["type"] == "rich_text" else Text(mrkdwn.visible(c["text"])) for c in row]
        table.add_row(*cells, style="bold" if number == 0 else "", end_section=number == 0)
    return table


def _unknown(block: Json, eyes: Eyes) -> RenderableType:
    return Text(f"[{block.get('type')}]", "dim")


def _rich_text(block: Json, eyes: Eyes) -> RenderableType:
    return Group(*(_rich_part(part, eyes) for part in block["elements"]))


def _rich_lines(block: Json, eyes: Eyes) -> Text:
    parts = [_rich_inline(part, eyes) for part in block["elements"] if part["type"] != "rich_text_list"]
    return Text("\n").join(parts)


def _rich_part(part: Json, eyes: Eyes) -> RenderableType:
    kind = part["type"]
    if kind == "rich_text_preformatted":
        text = Text(mrkdwn.visible("".join(str(e.get("text", e.get("url", ""))) for e in part["elements"])))
        return preformatted(text)
    if kind == "rich_text_quote":
        return _quoted(part, eyes)
    if kind == "rich_text_list":
        indent = "  " * part.get("indent", 0)
        lines = []
        for number, entry in enumerate(part["elements"], start=1 + part.get("offset", 0)):
            mark = f"{number}." if part["style"] == "ordered" else "•"
            lines.append(Text(f"{indent}{mark} ").append_text(_rich_inline(entry, eyes)))
        return Text("\n").join(lines)
    return _rich_inline(part, eyes)


def preformatted(text: Text) -> RenderableType:
    """Machine output in a frame, its lines kept as they are."""
    text = text.copy()
    text.rstrip()
    return Panel(text, box=box.SQUARE, border_style="dim", expand=False, padding=(0, 1))


def _quoted(part: Json, eyes: Eyes) -> RenderableType:
    lines = _rich_inline(part, eyes).split("\n", allow_blank=True)
    return Text("\n").join(Text("▎ ", "dim").append_text(line) for line in lines)


def _rich_inline(section: Json, eyes: Eyes) -> Text:
    return Text().join(_rich_leaf(leaf, eyes) for leaf in section["elements"])


def _rich_leaf(leaf: Json, eyes: Eyes) -> Text:
    kind = leaf["type"]
    if kind == "user":
        text = mrkdwn.mention(leaf["user_id"], eyes.workspace)
    elif kind == "channel":
        channel = eyes.workspace.channels.get(leaf["channel_id"])
        text = Text(f"#{channel.name if channel else leaf['channel_id']}", mrkdwn.MENTION)
    elif kind == "usergroup":
        group = eyes.workspace.usergroups.get(leaf["usergroup_id"])
        text = Text(f"@{group.handle if group else leaf['usergroup_id']}", mrkdwn.MENTION)
    elif kind == "emoji":
        text = Text(mrkdwn.emoji(leaf["name"]))
    elif kind == "date":
        moment = mrkdwn.date(str(leaf["timestamp"]), leaf["format"], eyes.workspace, eyes.viewer)
        text = Text(moment or leaf.get("fallback", ""))
    elif kind == "broadcast":
        text = Text(f"@{leaf['range']}", "bold yellow")
    elif kind == "link":
        text = Text(mrkdwn.visible(leaf.get("text") or leaf["url"]), mrkdwn.LINK)
    else:
        text = Text(mrkdwn.visible(str(leaf.get("text", leaf.get("value", "")))))
    for name, on in leaf.get("style", {}).items():
        if on and name in _RICH_STYLES:
            text.stylize(_RICH_STYLES[name])
    return text


def _element(element: Json, eyes: Eyes, block_id: str) -> Text:
    kind = element["type"]
    if kind in {"button", "workflow_button"}:
        return Text(f"[ {element['text']['text']} ]", _BUTTON[element.get("style", "")])
    if kind == "image":
        return Text(f"🖼 {element['alt_text']}")
    if kind == "overflow":
        return Text("[ ⋯ ]", "bold")
    filled = _filled((eyes.state or {}).get(block_id, {}).get(element.get("action_id")))
    shown = filled or _filled(element) or element.get("placeholder", {}).get("text", "")
    if kind in {"checkboxes", "radio_buttons"}:
        return Text("\n").join(_tick(option, shown, eyes) for option in element["options"])
    arrow = "" if kind.endswith("_input") or kind == "number_input" else " ▾"
    return Text(f"[ {shown or '          '}{arrow} ]", "" if filled else "dim")


def _tick(option: Json, chosen: str, eyes: Eyes) -> Text:
    label = option["text"]["text"]
    return Text("☑ " if label in chosen.split(", ") else "☐ ").append_text(eyes.text(option["text"]))


def _filled(state: Any) -> str:
    """What an input holds, in words: from its state, or from what the app put in first."""
    if not isinstance(state, dict):
        return ""
    for name, value in state.items():
        if not value or not name.startswith(("value", "selected_", "initial_")):
            continue
        values = value if isinstance(value, list) else [value]
        return ", ".join(v["text"]["text"] if isinstance(v, dict) and "text" in v else str(v) for v in values)
    return ""


def indented(what: RenderableType, by: int = 2) -> RenderableType:
    """*what*, moved to the right."""
    return Padding(what, (0, 0, 0, by))


_RENDER: dict[str, Callable[[Json, Eyes], RenderableType]] = {
    "actions": _actions,
    "context": _context,
    "divider": _divider,
    "header": _header,
    "image": _image,
    "input": _input,
    "markdown": _markdown,
    "rich_text": _rich_text,
    "section": _section,
    "table": _table,
}
