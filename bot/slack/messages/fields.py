"""A snippet's parameters as the fields of a form: one each, of the kind that fits its type."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bot.domain.catalog import Param, ParamType, Snippet
from bot.domain.duration import say_duration
from bot.domain.output import cost
from bot.domain.snippet import VALUE_LIMIT, check, describe
from bot.slack.messages import kit
from bot.slack.messages.escape import one_line
from bot.slack.messages.rendered import Block

PARAM = "param:"
"""What the action_id of a parameter's field starts with; its name follows."""

MOST = 80
"""Fields; a form has a hundred blocks."""

ROOM = 120_000
"""What they may weigh (`kit.weight`); views.open takes 250,000 bytes (`view_too_large`)."""

OPTIONS = 100
OPTION = 75
"""Of a select: how many options, and how long one may be (slack_sdk, StaticSelectElement and Option)."""

CHOICES = 20_000
"""What the options of one select may weigh: more than that is better typed."""


def block_id(snippet: str, param: str) -> str:
    """Another snippet's field is another block: what was typed into one does not turn up in the other."""
    return f"{PARAM}{snippet}:{param}"


def shown(snippet: Snippet, value: Callable[[str], str | None]) -> tuple[list[Block], int]:
    """A field for each parameter, with what *value* says is given for it, and how many there is no room for: those that
    must be given come first."""
    made: dict[str, Block] = {}
    room = ROOM
    for param in sorted(snippet.params, key=lambda param: not param.required):
        block = field(snippet.name, param, value(param.name))
        if len(made) < MOST and (weight := kit.weight(block)) <= room:
            made[param.name] = block
            room -= weight
    return [made[param.name] for param in snippet.params if param.name in made], len(snippet.params) - len(made)


def field(snippet: str, param: Param, value: str | None) -> Block:
    """The field for *param*, with *value* or else its default in it."""
    given = param.default if value is None else value
    element = _element(param, given)
    hint = one_line(describe(param), 300)
    return {
        "type": "input",
        "block_id": block_id(snippet, param.name),
        "label": _plain(one_line(f"{param.name}: {param.help}" if param.help else param.name, 200)),
        "hint": _plain(hint[:1].upper() + hint[1:]),
        "optional": not param.required,
        "element": {**element, "action_id": PARAM + param.name},
    }


def _element(param: Param, given: str | None) -> dict[str, Any]:
    match param.type:
        case ParamType.BOOLEAN:
            return _select(("true", "false"), given)
        case ParamType.CHOICE if _fits_a_select(param.choices):
            return _select(param.choices, given)
        case ParamType.INTEGER:
            return _number(param, given)
        case ParamType.DURATION if given is not None and given.isdigit():
            return _text(say_duration(timedelta(seconds=int(given))))
        case _:
            return _text(given)


def _fits_a_select(choices: tuple[str, ...]) -> bool:
    if len(choices) > OPTIONS or kit.weight(choices) > CHOICES:
        return False
    return all(choice.strip() and cost(choice) <= OPTION for choice in choices)


def _select(choices: tuple[str, ...], given: str | None) -> dict[str, Any]:
    options = {choice: {"text": _plain(choice), "value": choice} for choice in choices}
    first = {"initial_option": options[given]} if given in options else {}
    return {"type": "static_select", "options": list(options.values()), **first}


def _number(param: Param, given: str | None) -> dict[str, Any]:
    element: dict[str, Any] = {"type": "number_input", "is_decimal_allowed": False}
    if param.min is not None:
        element["min_value"] = str(param.min)
    if param.max is not None:
        element["max_value"] = str(param.max)
    fixed = check(param, given) if given is not None else None
    return element | ({"initial_value": fixed} if isinstance(fixed, str) else {})


def _text(given: str | None) -> dict[str, Any]:
    first = {"initial_value": given[:VALUE_LIMIT]} if given else {}
    return {"type": "plain_text_input", "max_length": VALUE_LIMIT, **first}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}
