"""What the bot's own code asks of Slack, read from its source."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from slack_sdk.web.async_client import AsyncWebClient

ROOT = Path(__file__).parents[2]
UPLOAD = ("files.getUploadURLExternal", "files.completeUploadExternal")
"""What `files_upload_v2` of the SDK comes to."""

_NAMES = {name for name in vars(AsyncWebClient) if "_" in name.strip("_") and not name.startswith("_")}


def methods() -> set[str]:
    """Every method of the Web API that is called somewhere, as the SDK's methods for them are named."""
    return {call.attr for call in _attributes() if call.attr in _NAMES}


def listened_to(kind: str) -> list[str]:
    """What Bolt's *kind* (command, event, shortcut, …) is registered for: the first argument, as it is written."""
    found = []
    for nodes in _sources():
        for node in nodes:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == kind:
                receiver = node.func.value
                if isinstance(receiver, ast.Name) and receiver.id in {"app", "bolt"} and node.args:
                    found.append(ast.unparse(node.args[0]).strip("'"))
    return found


def _attributes() -> Iterator[ast.Attribute]:
    for nodes in _sources():
        yield from (node for node in nodes if isinstance(node, ast.Attribute))


@cache
def _sources() -> list[list[ast.AST]]:
    """Every node of every file of the bot, but for the sandbox: that one is Slack's side."""
    paths = (path for path in sorted((ROOT / "bot").rglob("*.py")) if "sandbox" not in path.parts)
    return [list(ast.walk(ast.parse(path.read_text()))) for path in paths]
