"""What a message says, checked as Slack checks it."""

import json
from dataclasses import dataclass
from typing import Any

from bot.sandbox.slack import limits
from bot.sandbox.slack.args import Args
from bot.sandbox.slack.blocks import check_blocks
from bot.sandbox.slack.records import Json
from bot.sandbox.slack.refusal import Refused

MAX_ATTACHMENTS = 100  # DOC chat.postMessage: too_many_attachments


@dataclass(frozen=True)
class Content:
    """A message's text, blocks and attachments; None where the call did not mention them."""

    text: str | None
    blocks: list[Json] | None
    attachments: list[Json] | None

    @property
    def says_something(self) -> bool:
        """Whether there is anything to show."""
        return bool((self.text or "").strip() or self.blocks or self.attachments)


def content(args: Args) -> Content:
    """Read and check text, markdown_text, blocks and attachments.

    Raises ``markdown_text_conflict``, ``msg_too_long`` (markdown_text), ``invalid_blocks_format``,
    ``invalid_blocks`` and ``too_many_attachments``.
    """
    blocks = _listed(args.structure("blocks", "invalid_blocks_format"), "invalid_blocks_format")
    attachments = _listed(args.structure("attachments", "invalid_attachments"), "invalid_attachments")
    text = args.text("text") if "text" in args else None
    if markdown := args.text("markdown_text"):
        if text or blocks:
            raise Refused("markdown_text_conflict")
        if len(markdown) > limits.MARKDOWN_TEXT:
            raise Refused("msg_too_long")
        blocks = [{"type": "markdown", "text": markdown}]
    if attachments and len(attachments) > MAX_ATTACHMENTS:
        raise Refused("too_many_attachments")
    faults = check_blocks(blocks or [], "message")
    for number, attachment in enumerate(attachments or []):
        inner = _listed(attachment.get("blocks"), "invalid_blocks_format") or []
        faults += check_blocks(inner, "message", f"/attachments/{number}/blocks")
    if faults:
        raise Refused("invalid_blocks", *faults, errors=faults)
    return Content(text, blocks, attachments)


def check_size(said: Content) -> None:
    """Raise ``msg_blocks_too_long``: the Web API's limit on all blocks together, which response_urls do not have.

    How Slack counts is not published; here it is the length of their compact JSON (bolt-js issues 2509, 2867).
    """
    if said.blocks and len(json.dumps(said.blocks, separators=(",", ":"))) > limits.BLOCKS_BYTES:
        raise Refused("msg_blocks_too_long")


def metadata(args: Args) -> Json | None:
    """The message's metadata: None when not mentioned, ``{}`` to clear it.

    Raises ``invalid_metadata_format`` and ``metadata_too_large``.
    """
    if "metadata" not in args:
        return None
    value = args.structure("metadata", "invalid_metadata_format")
    if value in (None, {}):
        return {}
    if not isinstance(value, dict) or not isinstance(value.get("event_type"), str):
        raise Refused("invalid_metadata_format")
    if not isinstance(value.get("event_payload"), dict):
        raise Refused("invalid_metadata_format")
    if len(json.dumps(value)) > limits.METADATA_BYTES:
        raise Refused("metadata_too_large")
    return value


def _listed(value: Any, error: str) -> list[Json] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Refused(error)
    return value
