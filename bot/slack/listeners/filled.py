"""What stands in the builder's fields: nothing of it is believed before the use cases have looked at it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.catalog import Snippet
from bot.domain.snippet import check
from bot.domain.verb import Run
from bot.slack.messages import builder
from bot.slack.messages.fields import PARAM, block_id

_LONGEST = 4_000
"""Characters of one field; more than any may have."""


@dataclass(frozen=True, slots=True)
class Filled:
    """*run* as the fields say it, the conversation that was chosen, and which blocks there are."""

    run: Run
    channel: str
    blocks: frozenset[str]


def read(view: Mapping[str, Any]) -> Filled:
    """The fields of *view*; empty where there is nothing, or nothing of ours."""
    found = list(_values(view))
    said = {name: value for _, name, value in found}
    words = [said.get(name, "").strip() for name in (builder.SNIPPET, builder.TARGET, builder.REASON)]
    # another snippet's fields are still there until the form has followed a new choice
    own = ((block, name[len(PARAM) :], value) for block, name, value in found if name.startswith(PARAM))
    params = tuple((name, value) for block, name, value in own if block == block_id(words[0], name))
    reason = " ".join(words[2].split())  # one line, as it would have been typed
    blocks = view.get("blocks")
    ids = (block.get("block_id") for block in blocks if isinstance(block, Mapping)) if isinstance(blocks, list) else ()
    there = frozenset(i for i in ids if isinstance(i, str))
    private = said.get(builder.PRIVATE, "") == "true"
    return Filled(Run(words[0], words[1], params, reason, private=private), said.get(builder.CHANNEL, ""), there)


def told(snippet: Snippet | None, run: Run) -> Run:
    """*run* as somebody would have typed it: without what is so anyway."""
    if snippet is None:
        return run
    kept: list[tuple[str, str]] = []
    for name, value in run.params:
        param = snippet.param(name)
        if param is None or (param.default is not None and check(param, value) == param.default):
            continue
        kept.append((name, value))
    return replace(run, params=tuple(kept))


def _values(view: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """(block_id, action_id, what is in it), for every field that has something in it."""
    state = view.get("state")
    values = state.get("values") if isinstance(state, Mapping) else None
    fields = {**_untouched(view), **_elements(values)}
    for (block, name), element in fields.items():
        if value := _value(element):
            yield block, name, value[:_LONGEST]


_Elements = dict[tuple[str, str], Mapping[str, Any]]


def _elements(values: object) -> _Elements:
    found: _Elements = {}
    for block, elements in values.items() if isinstance(values, Mapping) else ():
        for name, element in elements.items() if isinstance(elements, Mapping) else ():
            if isinstance(element, Mapping):
                found[str(block), str(name)] = element
    return found


def _untouched(view: Mapping[str, Any]) -> _Elements:
    """The fields as the bot made them: what nobody has touched is not always in the state."""
    blocks = view.get("blocks")
    found: _Elements = {}
    for block in blocks if isinstance(blocks, list) else ():
        element = block.get("element") if isinstance(block, Mapping) else None
        if isinstance(element, Mapping):
            first = {"selected_option": element.get("initial_option"), "value": element.get("initial_value")}
            first |= {"selected_options": element.get("initial_options")}
            found[str(block.get("block_id")), str(element.get("action_id"))] = first
    return found


def _value(element: Mapping[str, Any]) -> str:
    several = element.get("selected_options")
    option = several[0] if isinstance(several, list) and several else element.get("selected_option")
    chosen = option.get("value") if isinstance(option, Mapping) else element.get("selected_conversation")
    found = element.get("value") if chosen is None else chosen
    return found if isinstance(found, str) else ""
