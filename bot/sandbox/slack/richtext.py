"""rich_text blocks, checked (shapes: docs.slack.dev/reference/block-kit/blocks/rich-text-block)."""

from bot.sandbox.slack.checks import Checker
from bot.sandbox.slack.records import Json

_SECTIONS = {
    "rich_text_section": ("elements", ""),
    "rich_text_preformatted": ("elements", "border language"),
    "rich_text_quote": ("elements", "border"),
    "rich_text_list": ("elements style", "indent offset border"),
}
_INLINE = {
    "text": ("text", "style"),
    "link": ("url", "text unsafe style"),
    "emoji": ("name", "unicode style skin_tone url"),
    "user": ("user_id", "style"),
    "usergroup": ("usergroup_id", "style"),
    "channel": ("channel_id", "style"),
    "team": ("team_id", "style"),
    "broadcast": ("range", "style"),
    "date": ("timestamp format", "url fallback style"),
    "color": ("value", "style"),
}
_STYLES = frozenset({"bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink"})
_IN_PREFORMATTED = frozenset({"text", "link"})
_MANY = 10_000  # no published number: a list of any length


def check_rich_text(check: Checker, block: Json, at: str) -> None:
    """A rich_text block."""
    if not check.keys(block, at, "elements", "block_id"):
        return
    for place, section in check.items(block["elements"], f"{at}/elements", _MANY):
        _section(check, section, place)


def _section(check: Checker, section: Json, at: str) -> None:
    kind = str(section.get("type"))
    if kind not in _SECTIONS:
        check.fault(f"{at}/type", f"unsupported type: {kind}")
        return
    if not check.keys(section, at, *_SECTIONS[kind]):
        return
    if kind == "rich_text_list":
        check.one_of(section, "style", at, "bullet", "ordered")
        for place, entry in check.items(section["elements"], f"{at}/elements", _MANY):
            if entry.get("type") != "rich_text_section":
                check.fault(f"{place}/type", "must be rich_text_section")
            else:
                _section(check, entry, place)
        return
    for place, inline in check.items(section["elements"], f"{at}/elements", _MANY, 0):
        _inline(check, inline, place, preformatted=kind == "rich_text_preformatted")


def _inline(check: Checker, inline: Json, at: str, *, preformatted: bool) -> None:
    kind = str(inline.get("type"))
    if kind not in _INLINE or (preformatted and kind not in _IN_PREFORMATTED):
        check.fault(f"{at}/type", f"unsupported type: {kind}")
        return
    if not check.keys(inline, at, *_INLINE[kind]):
        return
    if "text" in inline:
        check.string(inline["text"], f"{at}/text", _MANY * 4)
    if kind == "broadcast":
        check.one_of(inline, "range", at, "here", "channel", "everyone")
    style = inline.get("style", {})
    if not isinstance(style, dict) or set(style) - _STYLES or not all(isinstance(v, bool) for v in style.values()):
        check.fault(f"{at}/style", "must be an object of known styles")
