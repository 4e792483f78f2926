"""What a person picks or types in an element, in the form that ``state.values`` and actions carry.

Shapes: docs.slack.dev/reference/interaction-payloads (block_actions, view_submission).
"""

from typing import Any

from bot.sandbox.slack.records import Json
from bot.sandbox.slack.refusal import CannotDo

_TYPED = {"plain_text_input", "email_text_input", "url_text_input", "number_input"}
_ONE_OPTION = {"static_select", "external_select", "radio_buttons", "overflow"}
_SOME_OPTIONS = {"multi_static_select", "multi_external_select", "checkboxes"}
_NAMED = {
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "rich_text_input": ("rich_text_value", "initial_value"),
}


def keeps_state(element: Json) -> bool:
    """Whether the element holds a value; buttons don't."""
    return element["type"] in _TYPED | _ONE_OPTION - {"overflow"} | _SOME_OPTIONS | set(_NAMED)


def untouched(element: Json) -> Json:
    """The state of an element that nobody has touched: what the app put in, or nothing."""
    kind = element["type"]
    if kind in _TYPED:
        return {"type": kind, "value": element.get("initial_value")}
    if kind in _ONE_OPTION:
        return {"type": kind, "selected_option": element.get("initial_option")}
    if kind in _SOME_OPTIONS:
        return {"type": kind, "selected_options": element.get("initial_options", [])}
    name, initial = _NAMED[kind]
    return {"type": kind, name: element.get(initial)}


def filled(element: Json, value: Any, offered: list[Json] | None = None) -> Json:
    """The state after a person has given *value*: a text, or an option's value or label (or a list of them).

    *offered* are the options of an external select. Raises `CannotDo` for what isn't offered.
    """
    kind = element["type"]
    if kind in _TYPED:
        _check_typed(element, str(value))
        return {"type": kind, "value": str(value)}
    if kind in _ONE_OPTION:
        return {"type": kind, "selected_option": _option(element, value, offered)}
    if kind in _SOME_OPTIONS:
        return {"type": kind, "selected_options": [_option(element, one, offered) for one in value]}
    if kind in _NAMED:
        return {"type": kind, _NAMED[kind][0]: value}
    raise CannotDo(f"a {kind} can't be given a value")


def empty(state: Json) -> bool:
    """Whether nothing has been given."""
    return not any(value for name, value in state.items() if name != "type")


def _option(element: Json, value: Any, offered: list[Json] | None) -> Json:
    options = [*element.get("options", []), *(offered or [])]
    options += [option for group in element.get("option_groups", []) for option in group["options"]]
    for option in options:
        if value in (option["value"], option["text"]["text"], option):
            return {name: option[name] for name in ("text", "value", "description") if name in option}
    raise CannotDo(f"{value!r} is not offered; there are {[o['value'] for o in options]}")


def _check_typed(element: Json, value: str) -> None:
    longest, shortest = element.get("max_length"), element.get("min_length", 0)
    if longest is not None and len(value) > longest:
        raise CannotDo(f"at most {longest} characters fit")
    if len(value) < shortest:
        raise CannotDo(f"at least {shortest} characters are needed")
