"""The emulator refuses at least what slack_sdk's models refuse: every validator that they have is tried on it."""

from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk.models import blocks, views
from slack_sdk.models.basic_objects import JsonObject

from bot.sandbox.slack import limits
from bot.sandbox.slack.blocks import check_blocks, check_view

Node = dict[str, Any]


def plain(text: str) -> Node:
    return {"type": "plain_text", "text": text}


def acting(**element: Any) -> list[Node]:
    return [{"type": "actions", "elements": [{"action_id": "a"} | element]}]


def button(**more: Any) -> list[Node]:
    return acting(**({"type": "button", "text": plain("Go")} | more))


def confirming(**more: Any) -> list[Node]:
    words = {"title": plain("T"), "text": plain("x"), "confirm": plain("Y"), "deny": plain("N")}
    return button(confirm=words | more)


def option(text: str = "x", value: str = "v") -> Node:
    return {"text": plain(text), "value": value}


def choosing(kind: str = "static_select", **more: Any) -> list[Node]:
    return acting(**({"type": kind} | more))


def typing(**more: Any) -> list[Node]:
    element = {"type": "plain_text_input", "action_id": "a"}
    return [{"type": "input", "label": plain("L"), "element": element} | more]


def showing(kind: str, **more: Any) -> list[Node]:
    return [{"type": kind} | more]


def picture(**more: Any) -> Node:
    return {"type": "image", "alt_text": "a", "image_url": "https://x"} | more


def modal(**more: Any) -> Node:
    return {"type": "modal", "title": plain("T"), "blocks": [{"type": "divider"}]} | more


CARD = {"type": "card", "body": {"type": "mrkdwn", "text": "x"}}
DIVIDER = {"type": "divider"}
FEEDBACK = {"text": plain("x"), "value": "v"}
NUMBER = {"type": "raw_number", "value": 1, "text": "1"}
VIDEO = {"type": "video", "alt_text": "a", "video_url": "u", "thumbnail_url": "t", "title": plain("x")}


def without(block: Node, name: str) -> list[Node]:
    return [{key: value for key, value in block.items() if key != name}]


def feeling(**more: Any) -> list[Node]:
    element = {"type": "feedback_buttons", "positive_button": FEEDBACK | more, "negative_button": FEEDBACK}
    return showing("context_actions", elements=[element])


def selecting(name: str, kind: str) -> dict[str, Any]:
    """What a select with options of its own must be."""
    group = {"label": plain("G"), "options": [option()]}
    return {
        f"{name}._validate_options_length": choosing(kind, options=[option(value=str(n)) for n in range(101)]),
        f"{name}._validate_option_groups_length": choosing(kind, option_groups=[group] * 101),
        f"{name}._validate_options_and_option_groups_both_specified": choosing(
            kind, options=[option()], option_groups=[group]
        ),
        f"{name}._validate_neither_options_or_option_groups_is_specified": choosing(kind),
    }


BAD: dict[str, Any] = {
    "ActionsBlock._validate_elements_length": showing(
        "actions", elements=[button(action_id=f"a{n}")[0]["elements"][0] for n in range(26)]
    ),
    "AlertBlock._validate_text": modal(blocks=showing("alert", level="info")),
    "AlertBlock._validate_level": modal(blocks=showing("alert", text=plain("x"), level="loud")),
    "Block._validate_block_id_length": showing("divider", block_id="x" * 256),
    "ButtonElement._validate_text_length": button(text=plain("x" * 76)),
    "ButtonElement._validate_url_length": button(url="x" * 3_001),
    "ButtonElement._validate_value_length": button(value="x" * 2_001),
    "ButtonElement._validate_style_valid": button(style="green"),
    "ButtonElement._validate_accessibility_label_length": button(accessibility_label="x" * 76),
    "ButtonElement._validate_agent_prompt_length": button(agent_prompt="x" * 4_001),
    "CardBlock._validate_content": showing("card"),
    "CardBlock._validate_title_length": [CARD | {"title": plain("x" * 151)}],
    "CardBlock._validate_subtitle_length": [CARD | {"subtitle": plain("x" * 151)}],
    "CardBlock._validate_body_length": [CARD | {"body": {"type": "mrkdwn", "text": "x" * 201}}],
    "CarouselBlock._validate_elements_present": showing("carousel", elements=[]),
    "CarouselBlock._validate_elements_length": showing("carousel", elements=[CARD] * 11),
    "ConfirmObject.title_length": confirming(title=plain("x" * 101)),
    "ConfirmObject.text_length": confirming(text=plain("x" * 301)),
    "ConfirmObject.confirm_length": confirming(confirm=plain("x" * 31)),
    "ConfirmObject.deny_length": confirming(deny=plain("x" * 31)),
    "ConfirmObject._validate_confirm_style": confirming(style="green"),
    "ContainerBlock._validate_title_or_rich_text_title": showing("container", child_blocks=[DIVIDER]),
    "ContainerBlock._validate_title_length": showing("container", title=plain("x" * 151), child_blocks=[DIVIDER]),
    "ContainerBlock._validate_subtitle_length": showing(
        "container", title=plain("x"), subtitle=plain("x" * 151), child_blocks=[DIVIDER]
    ),
    "ContainerBlock._validate_child_blocks_present": showing("container", title=plain("x"), child_blocks=[]),
    "ContainerBlock._validate_child_blocks_length": showing("container", title=plain("x"), child_blocks=[DIVIDER] * 11),
    "ContainerBlock._validate_width": showing("container", title=plain("x"), child_blocks=[DIVIDER], width="vast"),
    "ContainerBlock._validate_header_divider_collapsible": showing(
        "container", title=plain("x"), child_blocks=[DIVIDER], has_header_divider=True, is_collapsible=True
    ),
    "ContextActionsBlock._validate_elements": showing("context_actions", elements=[]),
    "ContextActionsBlock._validate_elements_length": showing("context_actions", elements=feeling()[0]["elements"] * 6),
    "ContextBlock._validate_elements_length": showing("context", elements=[plain("x")] * 11),
    "DatePickerElement._validate_initial_date_valid": acting(type="datepicker", initial_date="yesterday"),
    "DateTimePickerElement._validate_initial_date_time_valid": acting(type="datetimepicker", initial_date_time=-1),
    "FeedbackButtonObject.text_length": feeling(text=plain("x" * 76)),
    "FeedbackButtonObject.value_length": feeling(value="x" * 2_001),
    "HeaderBlock._validate_text": showing("header"),
    "HeaderBlock._validate_alt_text_length": showing("header", text=plain("x" * 151)),
    "ImageBlock._validate_image_url_length": [picture(image_url="x" * 3_001)],
    "ImageBlock._validate_alt_text_length": [picture(alt_text="x" * 2_001)],
    "ImageBlock._validate_title_length": [picture(title=plain("x" * 2_001))],
    "ImageElement._validate_image_url_length": showing("context", elements=[picture(image_url="x" * 3_001)]),
    "ImageElement._validate_alt_text_length": showing("context", elements=[picture(alt_text="x" * 2_001)]),
    "InputBlock._validate_label_length": typing(label=plain("x" * 2_001)),
    "InputBlock._validate_hint_length": typing(hint=plain("x" * 2_001)),
    "InputBlock._validate_element_type": typing(element={"type": "button", "action_id": "a", "text": plain("x")}),
    "InputInteractiveElement._validate_placeholder_length": typing(
        element={"type": "plain_text_input", "action_id": "a", "placeholder": plain("x" * 151)}
    ),
    "InteractiveElement._validate_action_id_length": button(action_id="x" * 256),
    "MarkdownBlock._validate_text": showing("markdown", text=""),
    "MarkdownBlock._validate_alt_text_length": showing("markdown", text="x" * 12_001),
    "Option._validate_label_length": choosing(options=[{"label": "x" * 76, "value": "v"}]),
    "Option._validate_text_length": choosing(options=[option("x" * 76)]),
    "Option._validate_value_length": choosing(options=[option(value="x" * 151)]),
    "OptionGroup._validate_label_length": choosing(option_groups=[{"label": plain("x" * 76), "options": [option()]}]),
    "OptionGroup._validate_options_length": choosing(
        option_groups=[{"label": plain("x"), "options": [option(value=str(n)) for n in range(101)]}]
    ),
    "OverflowMenuElement._validate_options_length": acting(type="overflow", options=[option()] * 6),
    "RawNumberObject._validate_text_min_length": showing(
        "table", rows=[[{"type": "raw_number", "value": 1, "text": ""}]]
    ),
    "RawTextObject._validate_text_min_length": showing("table", rows=[[{"type": "raw_text", "text": ""}]]),
    "SectionBlock._validate_text_or_fields_populated": showing("section"),
    "SectionBlock._validate_fields_length": showing("section", fields=[plain("x")] * 11),
    "SectionBlock._validate_alt_text_length": showing("section", text=plain("x" * 3_001)),
    "TableBlock._validate_rows": showing("table", rows=[]),
    "TaskCardBlock._validate_rows": showing("task_card", task_id="1", title="x", status="dreaming"),
    "TimePickerElement._validate_initial_time_valid": acting(type="timepicker", initial_time="noon"),
    "VideoBlock._validate_alt_text": without(VIDEO, "alt_text"),
    "VideoBlock._validate_video_url": without(VIDEO, "video_url"),
    "VideoBlock._validate_thumbnail_url": without(VIDEO, "thumbnail_url"),
    "VideoBlock._validate_title": without(VIDEO, "title"),
    "VideoBlock._validate_title_length": [VIDEO | {"title": plain("x" * 200)}],
    "VideoBlock._validate_author_name_length": [VIDEO | {"author_name": "x" * 50}],
    "View._validate_type": modal(type="window"),
    "View._validate_title_length": modal(title=plain("x" * 25)),
    "View._validate_blocks_length": modal(blocks=[]),
    "View._validate_home_tab_structure": {"type": "home", "blocks": [DIVIDER], "submit": plain("x")},
    "View._validate_close_length": modal(close=plain("x" * 25)),
    "View._validate_submit_length": modal(submit=plain("x" * 25)),
    "View._validate_private_metadata_max_length": modal(private_metadata="x" * 3_001),
    "View._validate_callback_id_max_length": modal(callback_id="x" * 256),
    **selecting("SelectElement", "static_select"),
    **selecting("StaticSelectElement", "static_select"),
    **selecting("StaticMultiSelectElement", "multi_static_select"),
}
"""One thing that each validator is there to refuse; a dict is a view, a list the blocks of a message."""

NOWHERE = "AuthProviderBlock"
"""Its blocks are taken on no surface at all."""

NUMBERS = {
    "ActionsBlock.elements": limits.ACTIONS_ELEMENTS,
    "Block.block_id": limits.ID,
    "ButtonElement.text": limits.BUTTON_TEXT,
    "ButtonElement.url": limits.URL,
    "ButtonElement.value": limits.BUTTON_VALUE,
    "ConfirmObject.confirm": limits.CONFIRM_BUTTON,
    "ConfirmObject.deny": limits.CONFIRM_BUTTON,
    "ConfirmObject.text": limits.CONFIRM_TEXT,
    "ConfirmObject.title": limits.CONFIRM_TITLE,
    "ContextBlock.elements": limits.CONTEXT_ELEMENTS,
    "HeaderBlock.text": limits.HEADER_TEXT,
    "ImageBlock.alt_text": limits.IMAGE_ALT,
    "ImageBlock.image_url": limits.URL,
    "ImageBlock.title": limits.IMAGE_ALT,
    "ImageElement.alt_text": limits.IMAGE_ALT,
    "ImageElement.image_url": limits.URL,
    "InputBlock.hint": limits.INPUT_LABEL,
    "InputBlock.label": limits.INPUT_LABEL,
    "InputInteractiveElement.placeholder": limits.PLACEHOLDER,
    "InteractiveElement.action_id": limits.ID,
    "MarkdownBlock.text": limits.MARKDOWN_TEXT,
    "Option.label": limits.OPTION_TEXT,
    "Option.value": limits.OPTION_VALUE,
    "OptionGroup.label": limits.OPTION_TEXT,
    "OptionGroup.options": limits.OPTIONS,
    "OverflowMenuElement.options": limits.OVERFLOW_OPTIONS,
    "SectionBlock.fields": limits.FIELDS,
    "SectionBlock.text": limits.SECTION_TEXT,
    "SelectElement.option_groups": limits.OPTIONS,
    "SelectElement.options": limits.OPTIONS,
    "StaticMultiSelectElement.option_groups": limits.OPTIONS,
    "StaticMultiSelectElement.options": limits.OPTIONS,
    "StaticSelectElement.option_groups": limits.OPTIONS,
    "StaticSelectElement.options": limits.OPTIONS,
    "View.blocks": limits.VIEW_BLOCKS,
    "View.callback_id": limits.ID,
    "View.close": limits.VIEW_TITLE,
    "View.private_metadata": limits.PRIVATE_METADATA,
    "View.submit": limits.VIEW_TITLE,
    "View.title": limits.VIEW_TITLE,
}
"""What the models declare as the longest, by class and attribute, and what the emulator goes by."""

BY_THE_MODEL_ALONE = {"ButtonElement.agent_prompt"} | {
    f"{name}.{attribute}"
    for name, attributes in {
        "CardBlock": ("title", "subtitle", "body"),
        "CarouselBlock": ("elements",),
        "ContainerBlock": ("title", "subtitle", "child_blocks"),
        "ContextActionsBlock": ("elements",),
        "FeedbackButtonObject": ("text", "value"),
        "VideoBlock": ("title", "author_name"),
    }.items()
    for attribute in attributes
}
"""For these the emulator has no number of its own: the model is asked, and the validators above show that it is."""


def models() -> Iterator[type[JsonObject]]:
    """Every class of Block Kit that slack_sdk has."""
    found = list(JsonObject.__subclasses__())
    for model in found:
        found += [one for one in model.__subclasses__() if one not in found]
    homes = (blocks.__name__, views.__name__)
    return (model for model in found if model.__module__.startswith(homes))


def test_every_validator_is_tried() -> None:
    """A new one of another version of slack_sdk is, too, or this fails."""
    there = {
        f"{model.__name__}.{name}"
        for model in models()
        for name, member in vars(model).items()
        if hasattr(member, "validator") and model.__name__ != NOWHERE
    }
    assert set(BAD) == there


@pytest.mark.parametrize("validator", BAD)
def test_what_a_model_refuses_is_refused(validator: str) -> None:
    """Whether by a rule of the emulator's own or by asking the model."""
    bad = BAD[validator]
    if isinstance(bad, dict):
        assert check_view(bad, "home" if bad["type"] == "home" else "modal") != []
    else:
        assert check_blocks(bad, "message") != []


@pytest.mark.parametrize(
    "good",
    [
        button(value="v", style="danger", url="https://x", accessibility_label="x" * 75),
        confirming(style="primary"),
        choosing(options=[option()]),
        choosing("multi_static_select", option_groups=[{"label": plain("G"), "options": [option()]}]),
        acting(type="overflow", options=[option()] * 5),
        acting(type="datepicker", initial_date="2026-11-23"),
        acting(type="timepicker", initial_time="03:12"),
        acting(type="datetimepicker", initial_date_time=1_795_406_400),
        [CARD | {"title": plain("x" * 150)}],
        showing("carousel", elements=[CARD]),
        showing("container", title=plain("x"), child_blocks=[DIVIDER], width="full", has_header_divider=True),
        feeling(),
        [picture(title=plain("x"))],
        showing("context", elements=[picture(), plain("x")]),
        typing(hint=plain("x")),
        showing("table", rows=[[NUMBER, {"type": "raw_text", "text": "x"}]]),
        showing("task_card", task_id="1", title="x", status="pending"),
        [VIDEO],
        modal(blocks=showing("alert", text=plain("x"), level="info"), close=plain("x"), callback_id="x"),
    ],
)  # fmt: skip
def test_what_the_models_take_is_taken(good: Any) -> None:
    """What is refused above is refused for what is wrong with it."""
    assert (check_view(good, "modal") if isinstance(good, dict) else check_blocks(good, "message")) == []


def test_what_no_surface_takes() -> None:
    """Neither does the emulator."""
    block = {"type": "auth_provider"}
    assert all(check_blocks([block], surface) for surface in ("message", "modal", "home"))


def test_every_number_is_at_least_as_strict() -> None:
    """None is forgotten, and none is larger than slack_sdk's."""
    declared = {
        f"{model.__name__}.{name.removesuffix('_max_length')}": number
        for model in models()
        for name, number in vars(model).items()
        if name.endswith("_max_length") and isinstance(number, int) and model.__name__ != NOWHERE
    }
    assert set(declared) == set(NUMBERS) | BY_THE_MODEL_ALONE
    assert {name: number for name, number in NUMBERS.items() if number > declared[name]} == {}
