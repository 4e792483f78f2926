"""The menu under what the machines said: what a reader may do with it that is not worth a button of its own."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import ActionsBlock, Option, OverflowMenuElement, PlainTextObject

from bot.domain.invocation import Invocation
from bot.domain.output import Group
from bot.slack.messages.rendered import Block

MORE = "more"
"""The menu's action_id."""

DOWNLOAD = "download"

MOST = 5
"""Options that a menu takes (slack_sdk, OverflowMenuElement)."""

Fits = Callable[[Invocation, Sequence[Group]], bool]


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the menu: *name* is what the listener goes by; it is there where it *fits*."""

    name: str
    text: str
    fits: Fits


def _printed(_: Invocation, groups: Sequence[Group]) -> bool:
    return bool(groups)


CHOICES = (Choice(DOWNLOAD, "Download all of it", _printed),)
"""In the order in which they stand. There are never more than MOST that fit at once: a test tries them all."""


def more(invocation: Invocation, groups: Sequence[Group]) -> list[Block]:
    """The row with the menu; nothing where none of it fits."""
    there = [choice for choice in CHOICES if choice.fits(invocation, groups)]
    if not there:
        return []
    options = [_option(invocation, choice) for choice in there]
    return [dict(ActionsBlock(elements=[OverflowMenuElement(action_id=MORE, options=options)]).to_dict())]


def _option(invocation: Invocation, choice: Choice) -> Option:
    value = json.dumps({"o": choice.name, "i": invocation.id}, separators=(",", ":"))
    return Option(text=PlainTextObject(text=choice.text, emoji=False), value=value)


def chosen(carried: object) -> tuple[str, str]:
    """(the choice's name, invocation id) of an option's value; empty strings for anything that is not ours."""
    try:
        got = json.loads(carried) if isinstance(carried, str) else None
    except (ValueError, RecursionError):
        got = None
    if not isinstance(got, dict):
        return "", ""
    name, invocation = (word if isinstance(word := got.get(key), str) else "" for key in "oi")
    return name, invocation
