"""What every message must be, whatever it is made of."""

import json
import re
from collections.abc import Iterator
from typing import Any

from bot.sandbox.slack import limits
from bot.sandbox.slack.blocks import check_blocks
from bot.slack.messages.rendered import Rendered

USERS = frozenset({"U0OLGA", "U0BEN", "U0BOB", "W0ENT"})
UPDATE_TEXT = 4_000
_TOKEN = re.compile(r"<([^<>]*)>")
_OURS = re.compile(r"!date\^\d+\^\{[^<>|]*\|[^<>|]*|#[CG][A-Z0-9]+|!subteam\^S0TEAM")
_ENTITY = re.compile(r"&(?:amp|lt|gt);")


def assert_sound(message: Rendered) -> None:
    """Slack takes it, as a post and as an update; nothing in it pings, links or breaks out; it says something."""
    assert message.text.strip()
    assert len(message.text) <= UPDATE_TEXT
    assert len(message.text.encode()) <= UPDATE_TEXT
    assert check_blocks(message.blocks, "message") == []
    assert len(json.dumps(message.blocks, separators=(",", ":"))) <= limits.BLOCKS_BYTES
    assert_harmless(message.text)
    for node in walk(message.blocks):
        match node.get("type"):
            case "mrkdwn":
                assert_harmless(node["text"])
                assert node["verbatim"] is True
            case "user" | "usergroup" | "broadcast" | "channel" | "link" | "team":
                raise AssertionError(f"{node} is not for rich text of ours")
            case "text" | "plain_text":
                assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\u202a-\u202e]", node["text"])
    assert_harmless(message.plainer().text)


def assert_harmless(mrkdwn: str) -> None:
    """Only the bot's own tokens stand in it, and every `&` is an entity."""
    for found in _TOKEN.finditer(mrkdwn):
        token = found.group(1)
        assert token[1:] in USERS if token.startswith("@") else _OURS.fullmatch(token), token
    rest = _TOKEN.sub("", mrkdwn)
    assert "<" not in rest
    assert ">" not in rest
    assert "&" not in _ENTITY.sub("", rest)
    assert not re.search(r"@(channel|here|everyone)", rest, re.IGNORECASE)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\u202a-\u202e]", mrkdwn)
    assert "```" not in mrkdwn


def walk(node: Any) -> Iterator[dict[str, Any]]:
    """All objects in *node*."""
    if isinstance(node, list):
        for item in node:
            yield from walk(item)
    elif isinstance(node, dict):
        yield node
        for value in node.values():
            yield from walk(value)


def words(message: Rendered) -> str:
    """All that its blocks say."""
    return "\n".join(node["text"] for node in walk(message.blocks) if isinstance(node.get("text"), str))


def buttons(message: Rendered) -> list[str]:
    """The texts of its buttons, in order."""
    return [node["text"]["text"] for node in walk(message.blocks) if node.get("type") == "button"]
