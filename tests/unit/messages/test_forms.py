"""Modals: Slack takes them, they say what they are about, and they carry nothing secret."""

from dataclasses import replace

import pytest

from bot.domain.catalog import Shell
from bot.domain.invocation import Invocation, State
from bot.domain.plan import Part, Unreachable
from bot.sandbox.slack.methods.views import checked
from bot.slack.messages import actions
from bot.slack.messages.forms import View, deny_form, nothing_there, page, review_form
from bot.slack.messages.script import script_page
from tests.unit.messages.samples import invocation, plan
from tests.unit.messages.soundness import assert_harmless, walk


def assert_view_sound(view: View) -> None:
    """Slack opens it, and nothing in it pings, links or breaks out."""
    assert checked(view, "modal") == view
    for node in walk(view["blocks"]):
        if node.get("type") == "mrkdwn":
            assert_harmless(node["text"])


def said(view: View) -> str:
    """All that its blocks say."""
    return "\n".join(node["text"] for node in walk(view["blocks"]) if isinstance(node.get("text"), str))


LONG = "".join(chr(ord("a") + n % 26) for n in range(18_000))
HUGE = plan(
    parts=tuple(Part(shell, f"{LONG}\n" * 2, tuple((f"i-{n}", "é<&" * 40) for n in range(1_000))) for shell in Shell),
    params=tuple((f"param_{n}", "<v>" * 300) for n in range(40)),
    unreachable=tuple(Unreachable(f"i-{n}", "x" * 60, "AgentOffline") for n in range(1_000)),
)


@pytest.mark.parametrize(
    "inv",
    [
        invocation(State.AWAITING_APPROVAL, reason="x<!channel>" * 200, snippet="<s>" * 90, target="&" * 90),
        invocation(State.AWAITING_APPROVAL, plan=HUGE),
        invocation(State.FAILED, break_glass=True, reason=""),
        invocation(State.PLANNING),
    ],
)
def test_forms_of_any_size(inv: Invocation) -> None:
    """Whatever is in them."""
    for view in (deny_form(inv), review_form(inv), script_page(inv), nothing_there(), page("x" * 40, [])):
        if view["blocks"]:
            assert_view_sound(view)


def test_a_form_carries_what_its_reader_saw() -> None:
    """The id and the digest, and nothing else."""
    inv = invocation(State.AWAITING_APPROVAL, response_url="https://hooks.slack.com/secret")
    assert inv.plan is not None
    for view in (deny_form(inv), review_form(inv)):
        assert actions.read(view["private_metadata"]) == (inv.id, inv.plan.digest)
        assert view["callback_id"] in actions.FORMS
        assert "secret" not in str(view)


def test_a_form_asks_for_at_most_300_characters_and_at_least_one() -> None:
    """Slack's own client holds to it; the bot checks again."""
    for view in (deny_form(invocation()), review_form(invocation())):
        (ask,) = [block for block in view["blocks"] if block["type"] == "input"]
        assert not ask.get("optional")
        assert (ask["element"]["min_length"], ask["element"]["max_length"]) == (1, 300)


def test_the_whole_script_is_whole() -> None:
    """Every line of it, every parameter, every machine."""
    lines = [f"echo line {n} of a long script" for n in range(800)]
    machines = tuple((f"i-{n:04}", f"web-{n}") for n in range(100))
    whole = plan(parts=(Part(Shell.BASH, "\n".join(lines), machines),), params=(("grep", "y" * 5_000),))
    view = script_page(invocation(State.AWAITING_APPROVAL, plan=whole))
    assert_view_sound(view)
    text = said(view)
    assert all(line in text for line in lines)
    assert all(instance in text for instance, _ in machines)
    assert text.count("y") >= 5_000
    assert whole.digest in text
    assert "more than a form" not in text


def test_what_does_not_fit_a_form_is_not_hidden() -> None:
    """It says that there is more."""
    assert "There is more than a form in Slack can show" in said(
        script_page(invocation(plan=replace(HUGE, parts=HUGE.parts * 6)))
    )


def test_hidden_characters_are_told_of() -> None:
    """A script must not read other than it runs."""
    sneaky = plan(parts=(Part(Shell.BASH, "echo hi \x1b[8m; rm -rf /\x1b[0m\n", (("i-1", "web-1"),)),))
    assert "It holds control characters" in said(script_page(invocation(plan=sneaky)))
    assert "control characters" not in said(script_page(invocation()))
