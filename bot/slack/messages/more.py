"""The row under what the machines said: what a reader may do with it. What is rare stands in one menu."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import ActionsBlock, ButtonElement, Option, OverflowMenuElement, PlainTextObject

from bot.domain.again import FELL_SHORT
from bot.domain.invocation import Invocation, State
from bot.domain.output import Group
from bot.slack.messages import actions
from bot.slack.messages.escape import one_line
from bot.slack.messages.rendered import Block
from bot.slack.messages.search import SEARCH

MORE = "more"
"""The menu's action_id."""

COMPARE, DOWNLOAD = "compare", "download"
AGAIN_FAILED, AGAIN_CHANGED = "again_failed", "again_changed"
STOP_SOME, SHARE = "stop_some", "share"

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


def _differ(_: Invocation, groups: Sequence[Group]) -> bool:
    return len(groups) > 1


def _over(invocation: Invocation, groups: Sequence[Group]) -> bool:
    return bool(groups) and invocation.state.final


def _partly(invocation: Invocation, groups: Sequence[Group]) -> bool:
    """Where it fell short everywhere, running it again is the same."""
    short = [group.outcome in FELL_SHORT for group in groups]
    return _over(invocation, groups) and any(short) and not all(short)


def _goes_on(invocation: Invocation, _: Sequence[Group]) -> bool:
    return invocation.state is State.RUNNING and invocation.plan is not None and invocation.plan.size > 1


def _to_see(invocation: Invocation, groups: Sequence[Group]) -> bool:
    return bool(groups) or invocation.state in {State.RUNNING, State.CANCELLING}


CHOICES = (
    Choice(STOP_SOME, "Stop one machine…", _goes_on),
    Choice(COMPARE, "Compare two machines", _differ),
    Choice(DOWNLOAD, "Download all of it", _printed),
    Choice(AGAIN_FAILED, "Run again where it failed", _partly),
    Choice(AGAIN_CHANGED, "Run again with changes…", _over),
    Choice(SHARE, "Share to another channel…", _to_see),
)
"""In the order in which they stand. There are never more than MOST that fit at once: a test tries them all."""


def more(invocation: Invocation, groups: Sequence[Group]) -> list[Block]:
    """The row with its button and the menu; nothing where none of it fits."""
    elements: list[ButtonElement | OverflowMenuElement] = []
    if any(group.output for group in groups):
        elements.append(_search(invocation))
    if options := [_option(invocation, choice) for choice in CHOICES if choice.fits(invocation, groups)]:
        elements.append(OverflowMenuElement(action_id=MORE, options=options))
    return [dict(ActionsBlock(elements=elements).to_dict())] if elements else []


def _search(invocation: Invocation) -> ButtonElement:
    about = one_line(f"Search the output: {invocation.snippet} on {invocation.target}", 75)
    text = PlainTextObject(text="Search", emoji=False)
    return ButtonElement(text=text, action_id=SEARCH, value=actions.value(invocation), accessibility_label=about)


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
