"""Block elements and composition objects, checked: buttons, selects, inputs, options, confirm dialogs.

Limits: slack_sdk's block_elements.py and basic_components.py, and what those models let pass (see `limits`).
An element without an ``action_id`` is refused here, which is *stricter than Slack*: it makes one up.
"""

from collections.abc import Callable

from bot.sandbox.slack import limits
from bot.sandbox.slack.checks import ANY_TEXT, PLAIN, Checker
from bot.sandbox.slack.records import Json

_SELECTS = frozenset(
    f"{many}{kind}_select"
    for many in ("", "multi_")
    for kind in ("static", "external", "users", "conversations", "channels")
)
_TYPED = frozenset({"plain_text_input", "email_text_input", "url_text_input", "number_input"})
_PICKERS = frozenset({"datepicker", "timepicker", "datetimepicker"})
_CHECKS = frozenset({"checkboxes", "radio_buttons"})

IN_ACTIONS = _SELECTS | _PICKERS | _CHECKS | {"button", "overflow", "workflow_button", "rich_text_input"}
IN_SECTION = IN_ACTIONS - {"rich_text_input", "datetimepicker"} | {"image"}
IN_INPUT = _SELECTS | _TYPED | _PICKERS | _CHECKS | {"rich_text_input", "file_input"}

_SHARED = "action_id confirm focus_on_load placeholder"


def check_element(check: Checker, element: Json, at: str, allowed: frozenset[str]) -> None:
    """One element at a place that takes only *allowed* types."""
    kind = str(element.get("type"))
    if kind not in allowed:
        check.fault(f"{at}/type", f"unsupported type: {kind}")
        return
    check.ids(element, at, "action_id")
    if rules := _rules(kind):
        rules(check, element, at)
    if "placeholder" in element:
        check.text(element["placeholder"], f"{at}/placeholder", limits.PLACEHOLDER)
    if "confirm" in element:
        _confirm(check, element["confirm"], f"{at}/confirm")


def _rules(kind: str) -> Callable[[Checker, Json, str], None] | None:
    for kinds, rules in (
        ({"button"}, _button),
        ({"image"}, _image),
        ({"overflow"}, _overflow),
        (_SELECTS, _select),
        (_CHECKS, _checks),
        (_TYPED, _typed),
        (_PICKERS, _picker),
    ):
        if kind in kinds:
            return rules
    return None


def _overflow(check: Checker, menu: Json, at: str) -> None:
    if check.keys(menu, at, "action_id options", "confirm"):
        _options(check, menu["options"], f"{at}/options", limits.OVERFLOW_OPTIONS, "url")


def _checks(check: Checker, element: Json, at: str) -> None:
    if check.keys(element, at, "action_id options", "confirm focus_on_load initial_option initial_options"):
        _options(check, element["options"], f"{at}/options", limits.CHECKBOX_OPTIONS, kinds=ANY_TEXT)
        _initial(check, element, at, element["options"])


def _picker(check: Checker, element: Json, at: str) -> None:
    check.keys(element, at, "action_id", f"{_SHARED} initial_date initial_time initial_date_time timezone")


def _button(check: Checker, button: Json, at: str) -> None:
    if not check.keys(button, at, "text action_id", "url value style confirm accessibility_label"):
        return
    check.text(button["text"], f"{at}/text", limits.BUTTON_TEXT)
    check.one_of(button, "style", at, "primary", "danger")
    for name, longest in (("value", limits.BUTTON_VALUE), ("url", limits.URL), ("accessibility_label", 75)):
        if name in button:
            check.string(button[name], f"{at}/{name}", longest)


def _image(check: Checker, image: Json, at: str) -> None:
    if check.keys(image, at, "alt_text", "image_url slack_file"):
        check.string(image["alt_text"], f"{at}/alt_text", limits.IMAGE_ALT)
    if ("image_url" in image) == ("slack_file" in image):
        check.fault(at, "either image_url or slack_file is required")


def _select(check: Checker, select: Json, at: str) -> None:
    kind = str(select["type"]).removeprefix("multi_").removesuffix("_select")
    more = {
        "static": "options option_groups initial_option initial_options",
        "external": "min_query_length initial_option initial_options",
        "users": "initial_user initial_users",
        "conversations": "initial_conversation initial_conversations default_to_current_conversation filter "
        "response_url_enabled",
        "channels": "initial_channel initial_channels response_url_enabled",
    }[kind]
    check.keys(select, at, "action_id", f"{_SHARED} max_selected_items {more}")
    if kind != "static":
        return
    if ("options" in select) == ("option_groups" in select):
        check.fault(at, "either options or option_groups is required")
        return
    if "options" in select:
        options = select["options"]
        _options(check, options, f"{at}/options", limits.OPTIONS)
    else:
        options = []
        for place, group in check.items(select["option_groups"], f"{at}/option_groups", limits.OPTIONS):
            if check.keys(group, place, "label options"):
                check.text(group["label"], f"{place}/label", limits.OPTION_TEXT)
                _options(check, group["options"], f"{place}/options", limits.OPTIONS)
                options += group["options"]
    _initial(check, select, at, options)


def check_options(options: object, at: str = "/options") -> list[str]:
    """The faults in the answer to a block_suggestion."""
    check = Checker()
    _options(check, options, at, limits.OPTIONS, least=0)
    return check.faults


def _options(
    check: Checker,
    options: object,
    at: str,
    most: int,
    more: str = "",
    *,
    kinds: tuple[str, ...] = PLAIN,
    least: int = 1,
) -> None:
    for place, option in check.items(options, at, most, least):
        if not check.keys(option, place, "text value", f"description {more}"):
            continue
        check.text(option["text"], f"{place}/text", limits.OPTION_TEXT, kinds)
        check.string(option["value"], f"{place}/value", limits.OPTION_VALUE)
        if "description" in option:
            check.text(option["description"], f"{place}/description", limits.OPTION_TEXT, kinds)


def _initial(check: Checker, element: Json, at: str, options: object) -> None:
    """What is chosen at first must be one of the options, to the letter."""
    chosen = [element["initial_option"]] if "initial_option" in element else element.get("initial_options", [])
    for option in chosen:
        if isinstance(options, list) and option not in options:
            check.fault(at, "initial option must be one of the options")


def _typed(check: Checker, element: Json, at: str) -> None:
    more = {
        "plain_text_input": "multiline min_length max_length",
        "number_input": "is_decimal_allowed min_value max_value",
    }.get(str(element["type"]), "")
    required = "action_id is_decimal_allowed" if element["type"] == "number_input" else "action_id"
    check.keys(element, at, required, f"{_SHARED} initial_value dispatch_action_config {more}")
    if element["type"] == "number_input":
        _bounds(check, element, at)
        return
    longest, shortest = element.get("max_length", limits.INPUT_LENGTH), element.get("min_length", 0)
    if isinstance(longest, int) and not 1 <= longest <= limits.INPUT_LENGTH:
        check.fault(f"{at}/max_length", f"must be between 1 and {limits.INPUT_LENGTH}")
    elif not isinstance(shortest, int) or not isinstance(longest, int) or not 0 <= shortest <= longest:
        check.fault(f"{at}/min_length", "must be between 0 and max_length")
    elif "initial_value" in element and element["type"] == "plain_text_input":
        check.string(element["initial_value"], f"{at}/initial_value", longest, 0)


def _bounds(check: Checker, element: Json, at: str) -> None:
    """Numbers as texts, in order (DOC number-input-element: neither bound beyond the other)."""
    names = [name for name in ("min_value", "initial_value", "max_value") if name in element]
    try:
        numbers = [float(element[name]) for name in names if isinstance(element[name], str)]
    except ValueError:
        numbers = []
    if len(numbers) < len(names):
        check.fault(at, f"{', '.join(names)} must be numbers in strings")
    elif numbers != sorted(numbers):
        check.fault(at, f"{', '.join(names)} must not be less than the one before")


def _confirm(check: Checker, confirm: object, at: str) -> None:
    if not isinstance(confirm, dict):
        check.fault(at, "must be an object")
        return
    if not check.keys(confirm, at, "title text confirm deny", "style"):
        return
    check.text(confirm["title"], f"{at}/title", limits.CONFIRM_TITLE)
    check.text(confirm["text"], f"{at}/text", limits.CONFIRM_TEXT, ANY_TEXT)
    check.text(confirm["confirm"], f"{at}/confirm", limits.CONFIRM_BUTTON)
    check.text(confirm["deny"], f"{at}/deny", limits.CONFIRM_BUTTON)
    check.one_of(confirm, "style", at, "primary", "danger")
