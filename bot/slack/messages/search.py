"""Looking for something in what machines printed: the form with what was found below it, and the same as an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.invocation import Invocation
from bot.domain.output import cost
from bot.domain.search import Findings, Found, Line
from bot.matching import LONGEST
from bot.slack.messages import kit, machine
from bot.slack.messages.card import subject
from bot.slack.messages.escape import code, shortened
from bot.slack.messages.forms import View, page
from bot.slack.messages.rendered import Block, Rendered
from bot.slack.messages.words import count, machines, some

SEARCH = "search"
"""The button's action_id, and the form's callback_id."""

TEXT, HOW, MACHINE = "search_text", "search_how", machine.ANY
"""block_id and action_id of its fields."""

EARLIER, LATER = "search_earlier", "search_later"
"""The buttons between pages; the value is the page."""

EXPRESSION = "expression"

ROOM = 6_000
"""What the lines on one page may cost (`domain.output.cost`)."""

BOX = 2_500
"""What those in one box may."""

BOXES = 14
"""Boxes on one page: more than that nobody reads on a phone."""

ANSWERS = (5_000, 2_500, 1_000, 400)
"""The same as ROOM for an answer in a conversation, largest first: the first that Slack takes is chosen."""


@dataclass(frozen=True, slots=True)
class Query:
    """*machine* is an instance id; empty for all of them."""

    text: str = ""
    expression: bool = False
    machine: str = ""


def form(
    invocation: Invocation, metadata: str, query: Query, findings: Findings | None = None, number: int = 0
) -> View:
    """Asks what to look for; with *findings*, their page *number*, from 0."""
    blocks = [kit.context(f"In what {subject(invocation)} printed, as it is stored. Nothing is run.")]
    blocks += [_text(query), _how(query), machine.field(MACHINE, "Where", "All machines", optional=True)]
    if findings is not None:
        blocks += [kit.divider(), kit.section(_counted(findings)), *_page(findings, number)]
    return page("Search the output", blocks) | {
        "callback_id": SEARCH,
        "private_metadata": metadata,
        "submit": {"type": "plain_text", "text": "Search", "emoji": False},
    }


def answer(invocation: Invocation, query: Query, findings: Findings) -> Rendered:
    """The first that was found, for who typed it."""
    head = f"{code(query.text)} in {subject(invocation)}: {_counted(findings)}"

    def build(room: int) -> list[Block]:
        pages = _pages(findings.found, room)
        rest = f"{code('Search')} under its results shows the rest." if len(pages) > 1 or findings.left else ""
        first = pages[0] if pages else []
        return [kit.section(head), *_blocks(first), *([kit.context(rest)] if rest else [])]

    return Rendered(shortened(head, 1_500), kit.fit(build, ANSWERS))


# ── the fields ─────────────────────────────────────────────────────────────────


def _text(query: Query) -> Block:
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": TEXT,
        "max_length": LONGEST,
        "focus_on_load": not query.text,
    }
    return _input(TEXT, "What to look for", element | ({"initial_value": query.text} if query.text else {}))


def _how(query: Query) -> Block:
    option = {"text": _plain("It is a regular expression (RE2)"), "value": EXPRESSION}
    element: dict[str, Any] = {"type": "checkboxes", "action_id": HOW, "options": [option]}
    element |= {"initial_options": [option]} if query.expression else {}
    return _input(HOW, "How", element, optional=True)


def _input(name: str, label: str, element: dict[str, Any], *, optional: bool = False) -> Block:
    return {"type": "input", "block_id": name, "label": _plain(label), "optional": optional, "element": element}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


# ── what was found ─────────────────────────────────────────────────────────────


def _counted(findings: Findings) -> str:
    """7 lines on 3 machines."""
    if findings.found:
        words = f"*{count(findings.hits, 'line')}* on {machines(findings.machines)}"
        if findings.hits and findings.machines > len(findings.found):
            words += ", lines that several machines printed alike counted once"
    else:
        words = f"nothing found in {count(findings.groups, 'output')}"
    if findings.unread:
        words += f". *There was no time to read all*: {count(findings.unread, 'output')} not to the end; narrow it"
    return f"{words}."


def _page(findings: Findings, number: int) -> list[Block]:
    pages = _pages(findings.found, ROOM)
    if not pages:
        return []
    number = min(max(number, 0), len(pages) - 1)
    blocks = _blocks(pages[number])
    last = number == len(pages) - 1
    if last and findings.left:
        blocks.append(kit.context(f"and {count(findings.left, 'more line')} that are not shown: narrow it"))
    if len(pages) > 1:
        blocks.append(kit.context(f"Page {number + 1:,} of {len(pages):,}"))
        turns = [(EARLIER, "Earlier", number - 1)] if number else []
        turns += [] if last else [(LATER, "Later", number + 1)]
        buttons = [
            {"type": "button", "action_id": name, "text": _plain(text), "value": str(to)} for name, text, to in turns
        ]
        blocks.append({"type": "actions", "elements": buttons})
    return blocks


Page = list[tuple[Found, str]]
"""Boxes of lines, each with whose they are."""


def _pages(found: Sequence[Found], room: int) -> list[Page]:
    """As many boxes on each as there is *room*."""
    pages: list[Page] = []
    spent = 0
    for one in found:
        for box in _boxes(one, min(BOX, room)):
            price = cost(box)
            if not pages or spent + price > room or len(pages[-1]) == BOXES:
                pages.append([])
                spent = 0
            pages[-1].append((one, box))
            spent += price
    return pages


def _blocks(page: Page) -> list[Block]:
    """Each box under the machines that printed what is in it."""
    blocks: list[Block] = []
    who = None
    for one, box in page:
        if who is not one:
            blocks.append(kit.section(f"{some(one.group.names)} · {count(one.hits, 'line')}"))
        blocks.append(kit.preformatted(box))
        who = one
    return blocks


def _boxes(found: Found, room: int) -> list[str]:
    """The lines of *found* with their numbers; an empty line between those that do not follow each other."""
    width = len(str(max((line.number for passage in found.passages for line in passage), default=0)))
    boxes: list[list[str]] = []
    spent = room
    for passage in found.passages:
        for place, line in enumerate(passage):
            words = _numbered(line, width)
            gap = [] if place else [""]
            if spent + cost(words) + 2 > room:
                boxes.append([])
                spent, gap = 0, []
            boxes[-1] += [*gap, words]
            spent += cost(words) + 2
    return ["\n".join(box) for box in boxes]


def _numbered(line: Line, width: int) -> str:
    return f"{'▸' if line.hit else ' '} {line.number:>{width}}  {line.text}".rstrip()
