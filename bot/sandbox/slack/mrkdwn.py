"""Slack's mrkdwn as styled text for a terminal (DOC messaging/formatting-message-text)."""

import re
from datetime import UTC, datetime, timedelta

from rich.emoji import Emoji
from rich.errors import MarkupError
from rich.text import Text

from bot.sandbox.slack.workspace import Workspace

CODE = "bold red"
MENTION = "bold blue"
LINK = "underline blue"

_EMOJI = {  # Slack's names where rich has none or another picture
    "large_green_circle": "🟢",
    "large_yellow_circle": "🟡",
    "large_orange_circle": "🟠",
    "red_circle": "🔴",
    "white_circle": "⚪",
    "large_blue_circle": "🔵",
    "hourglass_flowing_sand": "⏳",
    "white_check_mark": "✅",
    "heavy_check_mark": "✔",
    "rotating_light": "🚨",
    "octagonal_sign": "🛑",
    "no_entry": "⛔",
    "no_entry_sign": "🚫",
    "warning": "⚠",
    "information_source": "ℹ",
    "arrows_counterclockwise": "🔄",
    "question": "❓",
    "lock": "🔒",
    "x": "❌",
}
FENCE = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
_TOKEN = re.compile(r"<([^<>\n]+)>|`([^`\n]+)`|:([a-z0-9_+-]+):")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_HOLES = re.compile(r"[\ue000-\uf8ff]")
_MARKS = (
    (re.compile(r"(?<![\w*])\*(?!\s)([^*\n]+?)(?<!\s)\*(?![\w*])"), "bold"),
    (re.compile(r"(?<![\w_])_(?!\s)([^_\n]+?)(?<!\s)_(?![\w_])"), "italic"),
    (re.compile(r"(?<![\w~])~(?!\s)([^~\n]+?)(?<!\s)~(?![\w~])"), "strike"),
)
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def styled(text: str, workspace: Workspace, viewer: str | None = None) -> Text:
    """*text* with its marks as styles, mentions as names and dates in the viewer's time."""
    result = Text()
    position = 0
    for fence in FENCE.finditer(text):
        result.append_text(_lines(text[position : fence.start()], workspace, viewer))
        if result and not result.plain.endswith("\n"):
            result.append("\n")  # a fence stands on lines of its own, wherever it was written
        result.append(plain(fence.group(1)), CODE)
        position = fence.end()
        if text[position : position + 1] not in {"", "\n"}:
            result.append("\n")
    result.append_text(_lines(text[position:], workspace, viewer))
    return result


def plain(text: str) -> str:
    """*text* with Slack's three entities undone, and nothing in it that moves a terminal's cursor."""
    text = visible(text)
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    return text


def visible(text: str) -> str:
    """*text* with control characters replaced, so that machine output can't play tricks on a terminal."""
    return _CONTROLS.sub("\ufffd", text.replace("\r\n", "\n"))


def emoji(name: str) -> str:
    """The picture of ``:name:``, or the name between its colons where there is none."""
    if name in _EMOJI:
        return _EMOJI[name]
    try:
        return str(Emoji(name))
    except (MarkupError, KeyError):
        return f":{name}:"


def _lines(text: str, workspace: Workspace, viewer: str | None) -> Text:
    lines = []
    for line in text.split("\n"):
        quoted = line.startswith("&gt;")
        inner = _inline(line.removeprefix("&gt;").lstrip() if quoted else line, workspace, viewer)
        lines.append(Text("▎ ", "dim").append_text(inner) if quoted else inner)
    return Text("\n").join(lines)


def _inline(line: str, workspace: Workspace, viewer: str | None) -> Text:
    """Tokens are taken out first, so that no mark is looked for inside them; each leaves one placeholder."""
    line = _HOLES.sub("\ufffd", line)
    kept: list[Text] = []

    def keep(found: re.Match[str]) -> str:
        token, code, name = found.groups()
        if token is not None:
            kept.append(_token(token, workspace, viewer))
        else:
            kept.append(Text(plain(code), CODE) if code is not None else Text(emoji(name)))
        return chr(0xE000 + len(kept) - 1)

    result = Text(plain(_TOKEN.sub(keep, line)))
    for pattern, style in _MARKS:
        result = _marked(result, pattern, style)
    filled, position = Text(), 0
    for found in _HOLES.finditer(result.plain):
        filled.append_text(result[position : found.start()])
        token_text = kept[ord(found.group()) - 0xE000].copy()
        for span in result.spans:
            if span.start <= found.start() < span.end:
                token_text.stylize(span.style)
        filled.append_text(token_text)
        position = found.end()
    return filled.append_text(result[position:])


def _marked(text: Text, pattern: re.Pattern[str], style: str) -> Text:
    result, position = Text(), 0
    for found in pattern.finditer(text.plain):
        inner = text[found.start(1) : found.end(1)]
        inner.stylize(style)
        result.append_text(text[position : found.start()]).append_text(inner)
        position = found.end()
    return result.append_text(text[position:])


def _token(token: str, workspace: Workspace, viewer: str | None) -> Text:
    body, _, label = token.partition("|")
    if body.startswith("@"):
        return mention(body[1:], workspace, label)
    if body.startswith("#"):
        channel = workspace.channels.get(body[1:])
        return Text(f"#{label or (channel.name if channel else body[1:])}", MENTION)
    if body.startswith("!date^"):
        _, stamp, form, *_ = [*body.split("^"), "", ""]
        return Text(date(stamp, form, workspace, viewer) or plain(label))
    if body.startswith("!subteam^"):
        group = workspace.usergroups.get(body.removeprefix("!subteam^"))
        return Text(f"@{group.handle}" if group else label or body, MENTION)
    if body.startswith("!"):
        return Text(f"@{body[1:]}", "bold yellow")
    return Text(plain(label or body), LINK)


def mention(user_id: str, workspace: Workspace, label: str = "") -> Text:
    """A person's name as a mention shows it."""
    user = workspace.users.get(user_id)
    return Text(f"@{user.real_name if user else label or user_id}", MENTION)


def date(stamp: str, form: str, workspace: Workspace, viewer: str | None) -> str:
    """A date token in the viewer's time; "" where it can't be read, so that the fallback shows."""
    try:
        moment = local(float(stamp), workspace, viewer)
    except ValueError:
        return ""
    names = {
        "date_num": moment.strftime("%Y-%m-%d"),
        "date": f"{moment:%B} {moment.day}, {moment.year}",
        "date_short": f"{moment:%b} {moment.day}, {moment.year}",
        "date_long": f"{moment:%A, %B} {moment.day}, {moment.year}",
        "date_pretty": f"{moment:%B} {moment.day}, {moment.year}",
        "date_short_pretty": f"{moment:%b} {moment.day}, {moment.year}",
        "date_long_pretty": f"{moment:%A, %B} {moment.day}, {moment.year}",
        "time": moment.strftime("%H:%M"),
        "time_secs": moment.strftime("%H:%M:%S"),
        "ago": _ago(workspace.clock.now() - float(stamp)),
    }
    return re.sub(r"\{(\w+)\}", lambda found: names.get(found.group(1), found.group()), form)


def local(seconds: float, workspace: Workspace, viewer: str | None) -> datetime:
    """A moment in the viewer's time zone (the first user's offset where nobody looks)."""
    user = workspace.users.get(viewer or "")
    offset = timedelta(seconds=user.tz_offset if user else 0)
    return datetime.fromtimestamp(seconds, UTC) + offset


def _ago(seconds: float) -> str:
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if abs(seconds) >= size:
            count = int(abs(seconds) // size)
            words = f"{count} {unit}{'s' if count > 1 else ''}"
            return f"{words} ago" if seconds > 0 else f"in {words}"
    return "just now"
