"""The builder and the Home tab at their largest: Slack takes them, and nothing in them breaks out."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.access import Grant
from bot.domain.catalog import ApprovalRule, Param, ParamType, Snippet
from bot.domain.draft import Draft, Reach
from bot.domain.front import Front, Rule
from bot.domain.guards import Lock
from bot.domain.invocation import Alarm, Ask, Invocation, State
from bot.domain.plan import Unreachable
from bot.domain.refusal import Refusal, Why
from bot.domain.strays import Astray, Listed, Stray
from bot.domain.verb import Run
from bot.sandbox.slack.elements import check_options
from bot.sandbox.slack.methods.views import checked
from bot.slack.listeners.seal import Origin, Seal, snippet_of
from bot.slack.messages import builder, fields
from bot.slack.messages.forms import View
from bot.slack.messages.home import home
from bot.slack.messages.strays import until, warning
from tests.unit.messages.samples import NOW, invocation, plan, snippet, target
from tests.unit.messages.soundness import assert_harmless, walk
from tests.unit.messages.soundness import assert_sound as assert_message_sound

NASTY = "<!channel> `&` *x* @here " * 12
LEFT_OUT = tuple(Unreachable(f"i-{n}", NASTY, NASTY) for n in range(1_000))


def assert_sound(view: View, kind: str) -> None:
    """Slack takes it, and nothing in it pings, links or breaks out."""
    assert checked(view, kind) == view
    for node in walk(view["blocks"]):
        if node.get("type") == "mrkdwn":
            assert_harmless(node["text"])


def params(number: int) -> tuple[Param, ...]:
    """Of every type, with long helps, many and long choices, bounds and defaults."""
    kinds: list[dict[str, Any]] = [
        {"type": ParamType.CHOICE, "choices": tuple(f"choice-{n}" for n in range(100)), "default": "choice-99"},
        {"type": ParamType.CHOICE, "choices": tuple(f"choice-{n}" for n in range(101))},
        {"type": ParamType.CHOICE, "choices": ("x" * 76, "y"), "default": "y"},
        {"type": ParamType.INTEGER, "min": -5, "max": 10**17, "default": "7"},
        {"type": ParamType.BOOLEAN, "default": "true"},
        {"type": ParamType.BOOLEAN, "optional": True},
        {"type": ParamType.DURATION, "min": 60, "max": 604_800, "default": "3600"},
        {"type": ParamType.STRING, "pattern": "^" + "[a-z]?" * 500 + "$", "default": "a" * 1_000},
    ]
    return tuple(Param(f"p{n}", help=NASTY, **kinds[n % len(kinds)]) for n in range(number))


def big(number: int) -> Snippet:
    """A snippet with so many parameters."""
    return snippet("s" * 64, summary=NASTY[:150], params=params(number))


DRAFTS = [
    Draft(Run("", "")),
    Draft(Run("logs", ""), snippet()),
    Draft(Run("logs", "web-prod", (("lines", "9"),), "why"), snippet(), target()),
    Draft(
        Run("s" * 64, "t" * 64, tuple((f"p{n}", NASTY) for n in range(300)), NASTY * 5),
        big(300),
        target("t" * 64, env=NASTY, region=NASTY),
        ApprovalRule(3, needed=2, reason=True),
        Refusal(Why.FROZEN, "s", "t", hint=NASTY, rule="freeze 1"),
        Reach(
            tuple(f"web-{n}-{NASTY}" for n in range(1_000)),
            tuple(Unreachable(f"i-{n}", NASTY, "Stopped") for n in range(1_000)),
        ),
    ),
]


@pytest.mark.parametrize("draft", DRAFTS)
@pytest.mark.parametrize("elsewhere", [False, True])
def test_builders_of_any_size(draft: Draft, elsewhere: bool) -> None:
    """With no parameter and with three hundred."""
    metadata = Seal("xoxb").closed("U0OLGA", Origin("C0" + "X" * 9, "1700000000.000100"), "s" * 64)
    for looking in (False, True):
        view = builder.view(draft, metadata, elsewhere=elsewhere, looking=looking)
        assert_sound(view, "modal")


def test_a_field_for_each_type() -> None:
    """With what is given or else its default in it."""
    made = {param.name: fields.field("s", param, None)["element"] for param in params(8)}
    kinds = [element["type"] for element in made.values()]
    typed, picked = "plain_text_input", "static_select"
    assert kinds == [picked, typed, typed, "number_input", picked, picked, typed, typed]
    assert made["p0"]["initial_option"]["value"] == "choice-99"
    assert (made["p3"]["min_value"], made["p3"]["initial_value"]) == ("-5", "7")
    assert made["p4"]["initial_option"]["value"] == "true"
    assert "initial_option" not in made["p5"]
    assert made["p6"]["initial_value"] == "1h"
    given = fields.field("s", params(4)[3], "many")["element"]
    assert "initial_value" not in given  # what is no number can't be put into a number's field


def test_all_that_must_be_given_has_a_field() -> None:
    """Where there are more parameters than a form has room for, those come first."""
    given: dict[str, str] = {param.name: NASTY * 9 for param in params(300)}
    for values in ({}, given):
        shown, more = fields.shown(big(300), values.get)
        assert len(shown) + more == 300
        asked = [block for block in shown if not block["optional"]]
        assert len(asked) == len([param for param in params(300) if param.required][: fields.MOST])


def test_choices_as_slack_takes_them() -> None:
    """A hundred of the longest names."""
    found = [snippet(f"{n}-" + "s" * 64, summary=NASTY) for n in range(100)]
    assert check_options(builder.options(found)) == []
    assert check_options(builder.options([target(f"{n}-t", env=NASTY) for n in range(100)])) == []


@pytest.mark.parametrize(
    "run", [Run("", ""), Run("mem", "web-prod"), Run("logs", "web", (("a", "b"), ("c", 'd"')), "why — not?")]
)
def test_a_button_carries_a_draft(run: Run) -> None:
    """And gives it back as it was."""
    assert builder.uncarried(builder.carried(run)) == run
    assert checked({"type": "home", "blocks": [builder.open_button(run)]}, "home")


@pytest.mark.parametrize(
    "value",
    ["", "nonsense", "null", "[]", "7", '{"s": 7, "t": [], "p": 3}', '{"p": [[1, 2], ["a"]]}', "[" * 9_000, None, {}],
)
def test_values_that_are_no_drafts(value: object) -> None:
    """Are empty ones."""
    assert builder.uncarried(value) == Run("", "")


def test_a_draft_too_long_for_a_button() -> None:
    """Keeps what it is about."""
    run = Run("logs", "web-prod", (("word", "x" * 3_000),), "why")
    assert builder.uncarried(builder.carried(run)) == Run("logs", "web-prod")


def test_a_seal_is_for_one_person_one_place_and_one_bot() -> None:
    """Whatever else is changed, it does not open."""
    seal, origin = Seal("xoxb-1"), Origin("C0OPS", "1.2")
    metadata = seal.closed("U1", origin, "logs")
    assert (seal.opened("U1", metadata), snippet_of(metadata)) == (origin, "logs")
    assert len(metadata) < 3_000
    said = json.loads(metadata)
    others: list[Any] = [said | {"c": "C0X"}, said | {"t": ""}, said | {"k": ""}, said | {"k": "é"}, {}, [], None]
    for other in others:
        assert seal.opened("U1", json.dumps(other)) is None
    assert seal.opened("U2", metadata) is None
    assert Seal("xoxb-2").opened("U1", metadata) is None
    assert seal.opened("U1", "[" * 9_000) is None


def many(state: State, number: int, **more: Any) -> tuple[Invocation, ...]:
    """So many invocations, each as large as they come."""
    one = invocation(state, snippet="s" * 64, target=NASTY, reason=NASTY * 5, requester="U0BEN", **more)
    return tuple(replace(one, id=f"i{n}", params=tuple((f"p{k}", NASTY) for k in range(40))) for n in range(number))


def test_a_home_tab_of_any_size() -> None:
    """With 300 snippets, 1,000 invocations in every state, and a grant for everybody."""
    huge = plan(
        1_000, unreachable=tuple(Unreachable(f"i-{n}", NASTY, NASTY) for n in range(1_000)), params=(("a", NASTY),)
    )
    ask = Ask(2, NOW + timedelta(minutes=9), "approval rule 1", ("lead",), alarms=tuple(Alarm))
    grants = tuple(Grant("U0OLGA", NASTY, "U0BEN", NOW, (NASTY,) * 20, NOW, NASTY) for _ in range(500))
    run = Listed(NASTY, NASTY, NASTY, NASTY, NASTY, NOW)
    strays = tuple(Stray(NASTY, NASTY, run, why, NOW) for why in list(Astray) * 60)
    front = Front(
        user="U0OLGA",
        grants=grants,
        snippets=tuple(replace(big(1), name=f"s{n}") for n in range(300)),
        unknown=many(State.UNKNOWN, 1_000, plan=huge),
        to_approve=many(State.AWAITING_APPROVAL, 1_000, plan=huge, ask=ask),
        to_review=many(State.FAILED, 1_000, break_glass=True, ask=ask, plan=huge),
        running=many(State.RUNNING, 1_000, plan=huge),
        mine=many(State.SUCCEEDED, 5, plan=huge),
        rule=Rule(grants, tuple(Lock(NASTY, "U0BEN", NOW, NASTY) for _ in range(200)), (NASTY,) * 20, strays),
    )
    view = home(front, NOW)
    assert_sound(view, "home")
    assert len(view["blocks"]) <= 100
    assert "996 more" in json.dumps(view)


def test_a_home_tab_of_nobody() -> None:
    """Says that there is nothing, and how that changes."""
    view = home(Front("U0BOB", (), ()), NOW)
    assert_sound(view, "home")
    assert "no role yet" in json.dumps(view)


def test_a_home_tab_stays_the_same_by_itself() -> None:
    """Only what has happened changes it: nothing is sent because a minute went by."""
    front = Front("U0OLGA", (), (snippet(),), running=many(State.RUNNING, 2), mine=many(State.SUCCEEDED, 2))
    assert home(front, NOW) == home(front, NOW + timedelta(minutes=7))


def test_a_warning_about_strays_of_any_size() -> None:
    """However many, and whatever their names; the button says up to when they were seen."""
    runs = [Listed(NASTY, NASTY, NASTY, NASTY, NASTY, NOW), Listed("t-1", "", "", "", "")]
    for number in (1, 2, 200):
        some = [Stray("default", NASTY, runs[n % 2], Astray.SECOND, NOW) for n in range(number)]
        message = warning(some, NOW)
        assert_message_sound(message)
        assert f"{number} run" in message.text
    assert until(json.dumps({"until": NOW.isoformat()})) == NOW
    for value in (None, 7, "", "[]", "{}", '{"until": 7}', '{"until": "never"}', '{"until": "2026-11-23T03:00:00"}'):
        assert until(value) is None
