"""What Slack takes, asked of three: the emulator's rules, slack_sdk's models, and the same counted the hard way."""

import json
import re
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block, Option
from slack_sdk.models.views import View as SdkView

from bot.sandbox.slack import limits
from bot.sandbox.slack.blocks import check_blocks, check_view
from bot.sandbox.slack.elements import check_options
from bot.slack.messages.files import OutputFile
from bot.slack.messages.forms import View
from bot.slack.messages.rendered import Rendered
from tests.unit.messages.soundness import assert_harmless, walk

FILE_NAME = 255
"""Characters of a file's name or title: no published number; what file systems take."""

BESIDE_A_FIELD = 2_000
"""Bytes of an error beside a field: no published number; what a label may have."""

_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_OURS = re.compile(r"<@U0(?:BEN|OLGA)>|<!date\^|<#C0|&(?:amp|lt|gt);")
_CODE = re.compile(r"`[^`\n]+`")


def of_message(said: Rendered) -> list[str]:
    """What Slack would find wrong with it: posted, put in the place of another, shown to one person, or said again
    without its blocks."""
    faults = [*of_text(said.text), *of_text(said.plainer().text)]
    for blocks in (said.blocks, hard(said.blocks)):
        faults += check_blocks(blocks, "message")
    faults += _sdk(said.blocks) + _shown(said.blocks)
    if (size := len(json.dumps(said.blocks, separators=(",", ":")))) > limits.BLOCKS_BYTES:
        faults.append(f"the blocks are {size:,} characters")
    if len(json.dumps(said.metadata or {})) > limits.METADATA_BYTES:
        faults.append("the metadata is too large")
    return faults


def of_view(view: View, kind: str) -> list[str]:
    """What Slack would find wrong with it, opened, updated or published."""
    faults = [*check_view(view, kind), *check_view(hard(view), kind), *_sdk(view["blocks"]), *_shown(view["blocks"])]
    try:
        SdkView(**view).to_dict()
    except SlackObjectFormationError as fault:
        faults.append(f"slack_sdk: {fault}")
    if (size := len(json.dumps(view))) > limits.VIEW_BYTES:
        faults.append(f"the view is {size:,} bytes")
    return faults


def of_options(options: list[dict[str, Any]]) -> list[str]:
    """The same of the answer to an external select."""
    faults = [*check_options(options), *check_options(hard(options)), *_shown(options)]
    for option in options:
        try:
            Option(**option).to_dict()
        except SlackObjectFormationError as fault:
            faults.append(f"slack_sdk: {fault}")
    return faults


def of_file(file: OutputFile) -> list[str]:
    """Slack takes no empty file, and none over a gigabyte; its name is safe on anybody's disk."""
    faults = [] if 0 < len(file.content) <= limits.FILE_BYTES else [f"{len(file.content):,} bytes"]
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*\.txt", file.name) or len(file.name) > FILE_NAME:
        faults.append(f"the name is {file.name!r}")
    if not file.title.strip() or _width(file.title) > FILE_NAME or _UNSEEN.search(file.title):
        faults.append(f"the title is {file.title!r}")
    file.content.decode()  # UTF-8, whatever was printed
    return faults


def of_text(text: str) -> list[str]:
    """Of mrkdwn that stands alone: chat.update is the strictest, and counts after escaping; here, in bytes."""
    faults = [] if text.strip() else ["there is no text"]
    if len(text.encode(errors="replace")) > limits.UPDATE_TEXT:
        faults.append(f"the text is {len(text.encode()):,} bytes")
    return faults + _mrkdwn(text)


def of_words(words: str) -> list[str]:
    """Of plain text beside a field of a form."""
    size = len(words.encode(errors="replace"))
    faults = [] if words.strip() and size <= BESIDE_A_FIELD else [f"{size:,} bytes"]
    return faults + [f"{found!r} in it" for found in _UNSEEN.findall(words) + _OURS.findall(words)]


def hard(node: Any) -> Any:
    """*node* with every text as long as Slack could find it at the worst: in UTF-16 units, plain text escaped."""
    if isinstance(node, list):
        return [hard(item) for item in node]
    if not isinstance(node, dict):
        return node
    plain = node.get("type") == "plain_text"
    return {key: _hard(key, value, plain=plain) for key, value in node.items()}


def _hard(key: str, value: Any, *, plain: bool) -> Any:
    if not isinstance(value, str):
        return hard(value)
    if key in {"type", "style", "action_id", "block_id", "callback_id", "initial_value", "min_value", "max_value"}:
        return value
    return "x" * (_width(value) if plain else len(value.encode("utf-16-le", errors="replace")) // 2)


def _width(text: str) -> int:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return len(escaped.encode("utf-16-le", errors="replace")) // 2


def _sdk(blocks: list[dict[str, Any]]) -> list[str]:
    """slack_sdk knows every one of them, and neither drops nor dislikes anything in it."""
    try:
        parsed = [one.to_dict() if one is not None else None for one in Block.parse_all(blocks)]
    except (SlackObjectFormationError, AttributeError, TypeError, KeyError) as fault:
        return [f"slack_sdk: {fault}"]
    return [f"slack_sdk reads another block: {a}" for a, b in zip(blocks, parsed, strict=True) if a != b]


def _shown(node: Any) -> list[str]:
    """Nothing in it pings, links, breaks out of its code, or cannot be seen."""
    faults: list[str] = []
    for part in walk(node):
        text = part.get("text")
        if not isinstance(text, str):
            continue
        if part.get("type") == "mrkdwn":
            faults += _mrkdwn(text) + ([] if part.get("verbatim") is True else ["not verbatim"])
        elif part.get("type") not in {"plain_text", "text"}:
            faults.append(f"{part.get('type')} is not for a text of ours")
        elif found := _UNSEEN.findall(text):
            faults.append(f"{found[:5]} in {text[:80]!r}")
    return faults


def _mrkdwn(text: str) -> list[str]:
    faults = ["code that is never closed"] if "`" in _CODE.sub("", text) else []
    try:
        assert_harmless(text)
    except AssertionError as fault:
        faults.append(f"{str(fault)[:200] or 'harmful'} in {text[:200]!r}")
    return faults
