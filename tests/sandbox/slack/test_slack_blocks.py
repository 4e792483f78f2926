"""Block Kit: what Slack takes, and what it refuses, with the place of the fault."""

import copy
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.slack.blocks import check_blocks, check_view

Node = dict[str, Any]


def plain(text: str) -> Node:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Node:
    return {"type": "mrkdwn", "text": text}


def option(value: str, label: str = "label") -> Node:
    return {"text": plain(label), "value": value}


def button(action_id: str = "go", **more: Any) -> Node:
    return {"type": "button", "action_id": action_id, "text": plain("Go"), **more}


def select(**more: Any) -> Node:
    return {"type": "static_select", "action_id": "pick", "options": [option("1")], **more}


def actions(*elements: Node, **more: Any) -> Node:
    return {"type": "actions", "elements": list(elements), **more}


def section(text: str = "hi", **more: Any) -> Node:
    return {"type": "section", "text": mrkdwn(text), **more}


def rich(*elements: Node) -> Node:
    return {"type": "rich_text", "elements": list(elements)}


def confirm(**more: Any) -> Node:
    return {"title": plain("T"), "text": mrkdwn("x"), "confirm": plain("Y"), "deny": plain("N"), **more}


def table(rows: int, columns: int) -> Node:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * columns] * rows}


def asking(**element: Any) -> Node:
    return {"type": "input", "label": plain("L"), "element": {"action_id": "a", **element}}


def number(**more: Any) -> Node:
    return asking(type="number_input", is_decimal_allowed=False, **more)


GOOD = [
    [number(min_value="-5", initial_value="7", max_value="100000000000000000"), number(), number(max_value="1.5")],
    [asking(type="plain_text_input", min_length=0, max_length=3_000, initial_value="x" * 3_000)],
    [section(), {"type": "divider"}, {"type": "header", "text": plain("x" * 150)}],
    [section("x" * 3000, accessory=select()), section("", fields=[mrkdwn("a")] * 10) | {"text": plain("t")}],
    [actions(*(button(f"b{n}") for n in range(25)))],
    [actions(button(style="danger", value="x" * 2000, confirm=confirm(style="danger")))],
    [actions(select(options=[option(str(n), "x" * 75) for n in range(100)], placeholder=plain("Pick")))],
    [{"type": "context", "elements": [mrkdwn("a")] * 10}],
    [{"type": "markdown", "text": "x" * 12_000}],
    [
        rich(
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "a", "style": {"bold": True}}]},
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "out"}]},
            {
                "type": "rich_text_list",
                "style": "bullet",
                "elements": [{"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U1"}]}],
            },
        )
    ],
    [table(100, 20)],
    [section()] * 50,
]

BAD = [
    ([section()] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    ([section("x" * 3001)], "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    ([section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    ([{"type": "section"}], "missing required field: text or fields"),
    ([section(colour="red")], "invalid additional property: colour"),
    ([section(fields=[mrkdwn("a")] * 11)], "no more than 10 items allowed [json-pointer:/blocks/0/fields]"),
    ([section(fields=[mrkdwn("x" * 2001)])], "must be less than 2001 characters"),
    ([{"type": "header", "text": plain("x" * 151)}], "must be less than 151 characters"),
    ([{"type": "header", "text": mrkdwn("x")}], "must be one of: plain_text"),
    ([{"type": "sectoin"}], "unsupported type: sectoin [json-pointer:/blocks/0/type]"),
    ([{"type": "alert", "text": plain("x")}], "unsupported type: alert"),
    ([actions(*(button(f"b{n}") for n in range(26)))], "no more than 25 items allowed"),
    ([actions()], "no fewer than 1 items allowed"),
    ([actions(button(), button())], "`action_id` 'go' already exists"),
    ([section(block_id="a"), section(block_id="a")], "`block_id` 'a' already exists"),
    ([actions(button(value="x" * 2001))], "must be less than 2001 characters"),
    ([actions(button(style="green"))], "must be one of: primary, danger"),
    ([actions(button() | {"text": plain("x" * 76)})], "must be less than 76 characters"),
    ([actions(button() | {"text": mrkdwn("x")})], "must be one of: plain_text"),
    ([actions(button("x" * 256))], "must be less than 256 characters"),
    ([actions({"type": "button", "text": plain("x")})], "missing required field: action_id"),
    ([actions(button(confirm=confirm(text=mrkdwn("x" * 301))))], "must be less than 301 characters"),
    ([actions(button(confirm=confirm(title=plain("x" * 101))))], "must be less than 101 characters"),
    ([actions(button(confirm={"title": plain("T")}))], "missing required field: deny"),
    ([actions(select(options=[option("1", "x" * 76)]))], "[json-pointer:/blocks/0/elements/0/options/0/text/text]"),
    ([actions(select(options=[option("x" * 151)]))], "must be less than 151 characters"),
    ([actions(select(options=[option(str(n)) for n in range(101)]))], "no more than 100 items allowed"),
    ([actions(select(initial_option=option("2")))], "initial option must be one of the options"),
    ([actions({"type": "plain_text_input", "action_id": "a"})], "unsupported type: plain_text_input"),
    ([asking(type="plain_text_input", max_length=3_001)], "must be between 1 and 3000"),
    ([asking(type="plain_text_input", min_length=5, max_length=4)], "must be between 0 and max_length"),
    ([asking(type="plain_text_input", min_length=-1)], "must be between 0 and max_length"),
    ([asking(type="plain_text_input", max_length=3, initial_value="long")], "must be less than 4 characters"),
    ([number(min_value="2", max_value="1")], "must not be less than the one before"),
    ([number(min_value="2", initial_value="1")], "must not be less than the one before"),
    ([number(initial_value="many")], "must be numbers in strings"),
    ([number(max_value=7)], "must be numbers in strings"),
    ([{"type": "context", "elements": [mrkdwn("a")] * 11}], "no more than 10 items allowed"),
    ([{"type": "markdown", "text": "x" * 7000}] * 2, "markdown must be less than 12001 characters in all"),
    ([table(1, 1), table(1, 1)], "only one table is allowed per message"),
    ([table(101, 1)], "no more than 100 items allowed"),
    ([table(1, 21)], "no more than 20 items allowed"),
    ([rich({"type": "rich_text_code", "elements": []})], "unsupported type: rich_text_code"),
    ([rich({"type": "rich_text_section", "elements": [{"type": "text", "text": ""}]})], "more than 0 characters"),
    (
        [rich({"type": "rich_text_preformatted", "elements": [{"type": "user", "user_id": "U1"}]})],
        "unsupported type: user",
    ),
    ([section() | {"text": "just words"}], "must be a text object"),
    ([section() | {"block_id": None}], "must not be null"),
]


@pytest.mark.parametrize("blocks", GOOD)
def test_good_blocks_pass(blocks: list[Node]) -> None:
    """Up to each limit."""
    assert check_blocks(blocks, "message") == []


@pytest.mark.parametrize(("blocks", "fault"), BAD)
def test_bad_blocks_are_refused(blocks: list[Node], fault: str) -> None:
    """One past each limit, and what is no Block Kit at all."""
    assert any(fault in found for found in check_blocks(blocks, "message")), check_blocks(blocks, "message")


ANYTHING: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, -1, "", "x" * 5000, "section", [], {}, [None], [[]], {"type": []}, {"text": 1}]
)


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every node inside *node*."""
    inside: list[tuple[Any, Any]] = []
    if isinstance(node, dict):
        inside = list(node.items())
    elif isinstance(node, list):
        inside = list(enumerate(node[:3]))
    return [path, *(place for key, value in inside for place in places(value, (*path, key)))]


def spoilt(good: Any, nonsense: Any, random: Random) -> Any:
    """A copy of *good* with *nonsense* somewhere in it."""
    bad = copy.deepcopy(good)
    *way, last = random.choice([place for place in places(bad) if place])
    node: Any = bad
    for key in way:
        node = node[key]
    node[last] = nonsense
    return bad


@given(st.sampled_from(GOOD), ANYTHING, st.randoms())
def test_nonsense_is_refused_and_never_raises(blocks: list[Node], nonsense: Any, random: Random) -> None:
    """Whatever stands somewhere in good blocks; each fault names its place."""
    assert all("[json-pointer:/" in f for f in check_blocks(spoilt(blocks, nonsense, random), "message"))


def modal(**more: Any) -> Node:
    return {"type": "modal", "title": plain("Run"), "submit": plain("Go"), "blocks": [section()], **more}


@pytest.mark.parametrize(
    ("view", "fault"),
    [
        (modal(title=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/title/text]"),
        (modal(blocks=[section()] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
        (modal(private_metadata="x" * 3001), "must be less than 3001 characters"),
        (modal(blocks=[{"type": "markdown", "text": "x"}]), "unsupported type: markdown"),
        (modal(id="V1"), "invalid additional property: id"),
        ({"type": "home", "blocks": []}, "must be modal"),
        (
            {
                "type": "modal",
                "title": plain("x"),
                "blocks": [
                    {
                        "type": "input",
                        "label": plain("x"),
                        "element": {"type": "plain_text_input", "action_id": "a"},
                    }
                ],
            },
            "missing required field: submit",
        ),
    ],
)
def test_bad_views_are_refused(view: Node, fault: str) -> None:
    """Their own limits, and those of their blocks."""
    assert any(fault in found for found in check_view(view, "modal")), check_view(view, "modal")


@given(st.sampled_from(GOOD), ANYTHING, st.randoms())
def test_nonsense_in_a_view_never_raises(blocks: list[Node], nonsense: Any, random: Random) -> None:
    """The same for modals."""
    view = spoilt(modal(blocks=blocks, private_metadata="x"), nonsense, random)
    assert all("[json-pointer:/view" in fault for fault in check_view(view, "modal"))


def test_good_views_pass() -> None:
    """A modal and a Home tab."""
    assert check_view(modal(blocks=[section()] * 100, private_metadata="", notify_on_close=True), "modal") == []
    assert check_view({"type": "home", "blocks": [section()]}, "home") == []
