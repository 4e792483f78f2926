"""Block Kit as Slack takes it, and refuses it: messages, modals and Home tabs.

The rules are slack_sdk's own models (a second pass here) and what those let pass: 51 blocks, options inside
selects, ids used twice, unknown types and keys, empty texts, views. Sources of the numbers: `limits`. A view without
blocks is refused as slack_sdk refuses it; Slack's pages name only the most.
"""

from collections.abc import Callable
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

from bot.sandbox.slack import limits
from bot.sandbox.slack.checks import ANY_TEXT, PLAIN, Checker
from bot.sandbox.slack.elements import IN_ACTIONS, IN_INPUT, IN_SECTION, check_element
from bot.sandbox.slack.records import Json
from bot.sandbox.slack.richtext import check_rich_text

_EVERYWHERE = frozenset({"actions", "context", "divider", "header", "image", "input", "rich_text", "section", "video"})
_IN_MESSAGES = {"markdown", "table", "file", "context_actions", "card", "carousel", "container", "plan", "task_card"}
ON_SURFACE = {
    # data_table and data_visualization have no class in slack_sdk 3.47; alert in messages is disputed, so refused.
    "message": _EVERYWHERE | _IN_MESSAGES | {"data_table", "data_visualization"},
    "modal": _EVERYWHERE | {"alert"},
    "home": _EVERYWHERE,
}


def check_blocks(blocks: list[Json], surface: str, at: str = "/blocks") -> list[str]:
    """What Slack would find wrong with *blocks* on a "message", a "modal" or the "home" tab, in its words."""
    check = Checker()
    most = limits.MESSAGE_BLOCKS if surface == "message" else limits.VIEW_BLOCKS
    places = check.items(blocks, at, most, 0 if surface == "message" else 1)
    for place, block in places:
        _check_block(check, block, place, surface)
    check.unique([(place, b["block_id"]) for place, b in places if isinstance(b.get("block_id"), str)], "block_id")
    tables = [place for place, block in places if str(block.get("type")) in {"table", "data_table"}]
    if len(tables) > 1:
        check.fault(tables[1], "only one table is allowed per message")
    markdown = sum(len(str(block.get("text", ""))) for _, block in places if block.get("type") == "markdown")
    if markdown > limits.MARKDOWN_TEXT:
        check.fault(at, f"markdown must be less than {limits.MARKDOWN_TEXT + 1} characters in all")
    return check.faults


def check_view(view: Json, kind: str) -> list[str]:
    """What Slack would find wrong with a view of this *kind*, "modal" or "home"."""
    check = Checker()
    if view.get("type") != kind:
        check.fault("/view/type", f"must be {kind}")
        return check.faults
    shared = "private_metadata callback_id external_id clear_on_close notify_on_close"
    if kind == "modal":
        check.keys(view, "/view", "title blocks", f"{shared} submit close submit_disabled")
        for name in ("title", "submit", "close"):
            if name in view:
                check.text(view[name], f"/view/{name}", limits.VIEW_TITLE)
    else:
        check.keys(view, "/view", "blocks", shared)
    check.ids(view, "/view", "callback_id", "external_id")
    if "private_metadata" in view:
        check.string(view["private_metadata"], "/view/private_metadata", limits.PRIVATE_METADATA, 0)
    if not isinstance(view.get("blocks"), list):
        check.fault("/view/blocks", "must be an array of objects")
    else:
        check.faults += check_blocks(view["blocks"], kind, "/view/blocks")
        inputs = any(isinstance(b, dict) and b.get("type") == "input" for b in view["blocks"])
        if kind == "modal" and inputs and "submit" not in view:
            check.fault("/view", "missing required field: submit, for there are inputs")
    return check.faults


def _check_block(check: Checker, block: Json, at: str, surface: str) -> None:
    kind = str(block.get("type"))
    if kind not in ON_SURFACE[surface]:
        check.fault(f"{at}/type", f"unsupported type: {kind}")
        return
    before = len(check.faults)
    check.ids(block, at, "block_id")
    if rules := _RULES.get(kind):
        rules(check, block, at)
    elements = [*_objects(block.get("elements")), *_objects([block.get("accessory"), block.get("element")])]
    ids = [(at, element["action_id"]) for element in elements if isinstance(element.get("action_id"), str)]
    check.unique(ids, "action_id")
    if len(check.faults) == before:
        _ask_the_sdk(check, block, at)


def _ask_the_sdk(check: Checker, block: Json, at: str) -> None:
    """slack_sdk's models raise what they dislike; data_table and data_visualization they do not know."""
    try:
        if (parsed := Block.parse(block)) is not None:
            parsed.to_dict()
    except (SlackObjectFormationError, AttributeError, TypeError, KeyError, ValueError) as fault:
        check.fault(at, str(fault))


def _objects(value: Any) -> list[Json]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _section(check: Checker, block: Json, at: str) -> None:
    check.keys(block, at, "", "block_id text fields accessory expand")
    if "text" not in block and "fields" not in block:
        check.fault(at, "missing required field: text or fields")
    if "text" in block:
        check.text(block["text"], f"{at}/text", limits.SECTION_TEXT, ANY_TEXT)
    if "fields" in block:
        for place, field in check.items(block["fields"], f"{at}/fields", limits.FIELDS):
            check.text(field, place, limits.FIELD_TEXT, ANY_TEXT)
    if isinstance(block.get("accessory"), dict):
        check_element(check, block["accessory"], f"{at}/accessory", IN_SECTION)


def _header(check: Checker, block: Json, at: str) -> None:
    if check.keys(block, at, "text", "block_id"):
        check.text(block["text"], f"{at}/text", limits.HEADER_TEXT)


def _divider(check: Checker, block: Json, at: str) -> None:
    check.keys(block, at, "", "block_id")


def _context(check: Checker, block: Json, at: str) -> None:
    if not check.keys(block, at, "elements", "block_id"):
        return
    for place, element in check.items(block["elements"], f"{at}/elements", limits.CONTEXT_ELEMENTS):
        if element.get("type") == "image":
            check_element(check, element, place, frozenset({"image"}))
        else:
            check.text(element, place, limits.CONTEXT_TEXT, ANY_TEXT)


def _actions(check: Checker, block: Json, at: str) -> None:
    if not check.keys(block, at, "elements", "block_id"):
        return
    for place, element in check.items(block["elements"], f"{at}/elements", limits.ACTIONS_ELEMENTS):
        check_element(check, element, place, IN_ACTIONS)


def _input(check: Checker, block: Json, at: str) -> None:
    if not check.keys(block, at, "label element", "block_id hint optional dispatch_action"):
        return
    check.text(block["label"], f"{at}/label", limits.INPUT_LABEL)
    if "hint" in block:
        check.text(block["hint"], f"{at}/hint", limits.INPUT_LABEL)
    if isinstance(block["element"], dict):
        check_element(check, block["element"], f"{at}/element", IN_INPUT)
    else:
        check.fault(f"{at}/element", "must be an object")


def _image(check: Checker, block: Json, at: str) -> None:
    if check.keys(block, at, "alt_text", "block_id image_url slack_file title"):
        check.string(block["alt_text"], f"{at}/alt_text", limits.IMAGE_ALT)
    if ("image_url" in block) == ("slack_file" in block):
        check.fault(at, "either image_url or slack_file is required")
    if "title" in block:
        check.text(block["title"], f"{at}/title", limits.IMAGE_ALT, PLAIN)


def _markdown(check: Checker, block: Json, at: str) -> None:
    if check.keys(block, at, "text", "block_id"):
        check.string(block["text"], f"{at}/text", limits.MARKDOWN_TEXT)


def _table(check: Checker, block: Json, at: str) -> None:
    if not check.keys(block, at, "rows", "block_id column_settings"):
        return
    rows = block["rows"]
    if not isinstance(rows, list) or not rows or not all(isinstance(row, list) and row for row in rows):
        check.fault(f"{at}/rows", "must be a non-empty array of arrays")
        return
    if len(rows) > limits.TABLE_ROWS:
        check.fault(f"{at}/rows", f"no more than {limits.TABLE_ROWS} items allowed")
    for number, row in enumerate(rows):
        for place, cell in check.items(row, f"{at}/rows/{number}", limits.TABLE_COLUMNS):
            if cell.get("type") == "rich_text":
                check_rich_text(check, cell, place)
            elif cell.get("type") not in ("raw_text", "raw_number"):
                check.fault(place, "must be raw_text, raw_number or rich_text")
            else:
                check.string(cell.get("text"), f"{place}/text", limits.SECTION_TEXT)  # guess: as long as a section


_RULES: dict[str, Callable[[Checker, Json, str], None]] = {
    "actions": _actions,
    "context": _context,
    "divider": _divider,
    "header": _header,
    "image": _image,
    "input": _input,
    "markdown": _markdown,
    "rich_text": check_rich_text,
    "section": _section,
    "table": _table,
}
