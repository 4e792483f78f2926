"""Block Kit, as far as this bot uses it. Whatever a person or machine wrote and needs room goes into rich text."""

import json
from collections.abc import Callable, Sequence

from slack_sdk.models.blocks import (
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    MarkdownTextObject,
    PlainTextObject,
    RichTextBlock,
    RichTextElementParts,
    RichTextPreformattedElement,
    RichTextSectionElement,
)

from bot.domain.output import clean
from bot.slack.messages.escape import shortened
from bot.slack.messages.rendered import Block

SECTION = 3_000
"""Characters of a section's text (slack_sdk, SectionBlock)."""


WEIGHT = 12_000
"""What all blocks of a message may weigh. Slack refuses from about 13,200 (`msg_blocks_too_long`; slackapi/bolt-js
2509 and 2867) and publishes neither number nor measure: compact JSON in ASCII is a guess on the safe side."""


def weight(node: object) -> int:
    """Characters of *node* as compact JSON in ASCII."""
    return len(json.dumps(node, separators=(",", ":")))


def fit(build: Callable[[int], list[Block]], sizes: Sequence[int]) -> list[Block]:
    """The blocks of the first of *sizes*, largest first, that Slack takes; the last one's if none does."""
    blocks: list[Block] = []
    for size in sizes:
        blocks = build(size)
        if weight(blocks) <= WEIGHT:
            break
    return blocks


def section(mrkdwn: str) -> Block:
    """A paragraph of the bot's own words; what others wrote in it is escaped already.

    Without slack_sdk's classes: they take 0.1 ms for it, and somebody waits for most of them.
    """
    return {"type": "section", "text": {"type": "mrkdwn", "text": shortened(mrkdwn, SECTION), "verbatim": True}}


def paragraphs(lines: Sequence[str], room: int) -> tuple[list[Block], int]:
    """*lines* in as few sections as they need, as long as there is *room* (weight); and how many are in them."""
    sections: list[str] = []
    shown, used = 0, 0
    for line in lines:
        used += weight(line)
        if used > room:
            break
        if sections and len(sections[-1].encode()) + len(line.encode()) + 1 <= SECTION:
            sections[-1] += f"\n{line}"
        else:
            sections.append(line)
        shown += 1
    return [section(text) for text in sections], shown


def context(mrkdwn: str) -> Block:
    """A line in small print."""
    return dict(ContextBlock(elements=[_mrkdwn(mrkdwn)]).to_dict())


def header(text: str) -> Block:
    """A title, in plain text."""
    return dict(HeaderBlock(text=PlainTextObject(text=text[:150], emoji=False)).to_dict())


def divider() -> Block:
    """A line across."""
    return dict(DividerBlock().to_dict())


def typed(command: str) -> Block:
    """A line that can be typed as it stands."""
    return _rich(RichTextSectionElement(elements=[_text(clean(command) or " ", code=True)]))


def said(label: str, words: str) -> Block:
    """A person's own words after a label in bold."""
    return _rich(RichTextSectionElement(elements=[_text(f"{label} ", bold=True), _text(words or " ")]))


def preformatted(text: str) -> Block:
    """*text* in a box, in a typewriter's letters. Nothing in it is read as markup."""
    return _rich(RichTextPreformattedElement(elements=[_text(text or " ")]))


def _rich(*elements: RichTextSectionElement | RichTextPreformattedElement) -> Block:
    return dict(RichTextBlock(elements=list(elements)).to_dict())


def _text(text: str, *, bold: bool = False, code: bool = False) -> RichTextElementParts.Text:
    style = {name: True for name, on in (("bold", bold), ("code", code)) if on}
    return RichTextElementParts.Text(text=text, style=style or None)


def _mrkdwn(text: str) -> MarkdownTextObject:
    """Verbatim: Slack reads the bot's markup, and makes no links or mentions of its own out of plain words."""
    return MarkdownTextObject(text=shortened(text, SECTION), verbatim=True)
