"""Two machines' outputs side by side: a form to choose them, and where they differ below it."""

from bot.domain.compare import LINES, Difference
from bot.domain.invocation import Invocation
from bot.domain.output import Group, cost
from bot.slack.messages import kit
from bot.slack.messages.card import subject
from bot.slack.messages.escape import escape
from bot.slack.messages.forms import View, page
from bot.slack.messages.groups import verdict
from bot.slack.messages.machine import ONE, OTHER, field
from bot.slack.messages.rendered import Block
from bot.slack.messages.words import count

COMPARE = "compare"
"""The form's callback_id."""

BOX = 2_500
"""What the lines in one box may cost (`domain.output.cost`)."""

BOXES = 4
"""More than that nobody reads on a phone, and the file has all of it."""


def form(invocation: Invocation, metadata: str, one: Group, other: Group, difference: Difference) -> View:
    """Where *other*, a group of one machine, differs from *one*; and the fields to choose another two."""
    blocks = [
        kit.context(f"What two machines printed of {subject(invocation)}, as it is stored. Nothing is run."),
        field(ONE, "One machine", "Type a name", one.instances[0]),
        field(OTHER, "Another machine", "Type a name", other.instances[0]),
        kit.divider(),
        kit.section("\n".join(f"{escape(group.names[0], 64)}: {verdict(group)}" for group in (one, other))),
        *_difference(difference),
    ]
    return page("Compare outputs", blocks) | {
        "callback_id": COMPARE,
        "private_metadata": metadata,
        "submit": {"type": "plain_text", "text": "Compare", "emoji": False},
    }


def _difference(difference: Difference) -> list[Block]:
    boxes, hidden = _boxes(difference.lines)
    blocks = [kit.preformatted(box) for box in boxes] or [kit.section("They printed the same.")]
    if rest := hidden + difference.hidden:
        blocks.append(kit.context(f"and {count(rest, 'more line')} of difference; Download has all that they printed"))
    if not difference.compared:
        blocks.append(kit.context(f"Only the first {LINES:,} lines of each were compared."))
    return blocks


def _boxes(lines: tuple[str, ...]) -> tuple[list[str], int]:
    """The lines in boxes, and how many there was no room for."""
    boxes: list[list[str]] = []
    spent = BOX
    for place, line in enumerate(lines):
        price = cost(line) + 1
        if spent + price > BOX:
            if len(boxes) == BOXES:
                return ["\n".join(box) for box in boxes], len(lines) - place
            boxes.append([])
            spent = 0
        boxes[-1].append(line)
        spent += price
    return ["\n".join(box) for box in boxes], 0
