"""A form's field for one of an invocation's machines."""

from collections.abc import Sequence
from typing import Any

from bot.slack.messages.escape import one_line
from bot.slack.messages.rendered import Block

ANY, ONE, OTHER, HALT = "search_machine", "compare_one", "compare_other", "stop_machine"
"""block_id and action_id of such fields: the first offers all machines, too."""

EVERYWHERE = "*"
"""The value that stands for all of them."""

MOST = 100
"""Options of one answer (slack_sdk, StaticSelectElement): whoever does not find theirs types more of its name."""

Machine = tuple[str, str]
"""(id, name)."""


def field(name: str, label: str, hint: str, first: Machine | None = None, *, optional: bool = False) -> Block:
    """The field *name*; *first* is chosen already."""
    element: dict[str, Any] = {"type": "external_select", "action_id": name, "min_query_length": 0}
    element |= {"placeholder": _plain(hint)} | ({"initial_option": _option(*first)} if first else {})
    return {"type": "input", "block_id": name, "label": _plain(label), "optional": optional, "element": element}


def options(found: Sequence[Machine], *, every: bool) -> list[dict[str, Any]]:
    """Those of a field; *every*: all machines first."""
    first = [{"text": _plain("All machines"), "value": EVERYWHERE}] if every else []
    return [*first, *(_option(*machine) for machine in found[: MOST - len(first)])]


def _option(instance: str, name: str) -> dict[str, Any]:
    value = instance[:150]
    made: dict[str, Any] = {"text": _plain(one_line(name, 75) or value[:75]), "value": value}
    return made | {"description": _plain(value[:75])}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}
