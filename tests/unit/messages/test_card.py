"""The card says who, what, where, how it stands, and offers what can be done about it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.invocation import About, Alarm, Ask, Review, Share, State
from bot.domain.plan import Unreachable
from bot.domain.refusal import Refusal, Why
from bot.domain.result import Outcome, Result
from bot.slack.messages import actions
from bot.slack.messages.card import card
from bot.slack.messages.direct import direct
from bot.slack.messages.reminder import reminder
from bot.slack.messages.runs import history, status_page
from bot.slack.messages.words import OUTCOMES, STATES, human
from tests.unit.messages.samples import NOW, approvals, ended, invocation, plan, results
from tests.unit.messages.soundness import assert_sound, buttons, walk, words


def test_whom_a_private_run_is_shown_to_is_true_for_every_reader() -> None:
    """On the requester's card, for an approver, and for whoever asks how it stands; until it was shared."""
    inv = invocation(State.AWAITING_APPROVAL, home="U0OLGA", asked_in="C0OPS")
    for message in (card(inv, NOW), direct(inv, NOW), reminder(inv, NOW), status_page(inv, NOW)):
        assert "shown to <@U0OLGA> alone; asked in <#C0OPS>" in words(message)
        assert "only you" not in words(message)
    shared = replace(inv, state=State.SUCCEEDED, shares=(Share("C0INCIDENT", "U0OLGA", NOW),))
    said = words(status_page(shared, NOW))
    assert "asked privately in <#C0OPS>" in said
    assert "alone" not in said


def test_every_state_and_outcome_has_a_symbol_and_a_word() -> None:
    """Never a symbol alone."""
    assert set(STATES) == set(State)
    assert set(OUTCOMES) == set(Outcome)
    assert all(symbol and word for symbol, word in (*STATES.values(), *OUTCOMES.values()))


def test_the_text_carries_the_outcome() -> None:
    """All that a lock screen shows."""
    assert card(ended(results()), NOW).text == "✔ mem on web-prod: 3 of 3 machines succeeded (0.4 s) · <@U0OLGA>"


def test_the_text_carries_bad_news_first() -> None:
    """And how bad."""
    mixed = (*results(2), Result("i-3", Outcome.FAILED, "web-3", exit_code=1))
    text = card(ended(mixed, State.PARTLY_FAILED), NOW).text
    assert text.startswith("⚠ mem on web-prod: partly failed, 2 of 3 machines succeeded · 1 failed")


@pytest.mark.parametrize("state", [State.DENIED, State.EXPIRED, State.CANCELLED])
def test_what_never_ran_is_said_never_to_have_run(state: State) -> None:
    """Machines that could not be reached are no reason to talk of machines."""
    inv = invocation(state, plan=plan(unreachable=(Unreachable("i-9", "web-9", "Stopped"),)), started_at=None)
    assert "nothing ran" in card(inv, NOW).text
    assert "0 of" not in words(card(inv, NOW))


def test_a_refused_plan_says_why_in_the_text() -> None:
    """It starts as every refusal starts."""
    refused = invocation(State.REFUSED, refusal=Refusal(Why.NO_MACHINES, subject="web-prod", hint="all stopped"))
    assert card(refused, NOW).text.startswith(
        "✋ mem on web-prod: No machine of `web-prod` can be reached: all stopped"
    )


def test_unknown_is_never_called_anything_else() -> None:
    """It warns of running it again, and asks before it does."""
    lost = (Result("i-web1", Outcome.UNKNOWN, "web-1"),)
    message = card(ended(lost, State.UNKNOWN), NOW)
    assert "outcome unknown" in message.text
    assert "ECS can't say what became of 1 machine" in words(message)
    (button,) = [node for node in walk(message.blocks) if node.get("type") == "button"]
    assert "confirm" in button


@pytest.mark.parametrize(
    ("state", "row"),
    [
        (State.PLANNING, ["Stop"]),
        (State.AWAITING_APPROVAL, ["Approve", "Deny", "Stop"]),
        (State.QUEUED, ["Stop"]),
        (State.RUNNING, ["Stop"]),
        (State.CANCELLING, []),
        *[(state, ["Run again"]) for state in State if state.final],
    ],
)
def test_buttons(state: State, row: list[str]) -> None:
    """Those that do something in that state; all that change anything ask first."""
    message = card(invocation(state), NOW)
    assert buttons(message) == row
    for node in walk(message.blocks):
        if node.get("type") == "button":
            assert node["action_id"] in actions.ACTION_IDS
            inv = invocation(state)
            assert actions.read(node["value"]) == (inv.id, inv.plan.digest if inv.plan else "")
            asks = actions.FORMS | {actions.AGAIN}  # a form is a question, too
            assert node["action_id"] in asks or "confirm" in node


@pytest.mark.parametrize("carried", ["", "x", "[]", "null", '{"i": ', "12"])
def test_a_foreign_button_value_reads_as_nothing(carried: str) -> None:
    """Anyone may send anything."""
    assert actions.read(carried) == ("", "")


def test_the_approver_sees_what_exactly_would_run() -> None:
    """Script, parameters, machines, account, how many approvals and until when, and what is left out."""
    asked = invocation(
        State.AWAITING_APPROVAL,
        plan=plan(params=(("service", "nginx"),), unreachable=(Unreachable("i-9", "web-9", "AgentOffline"),)),
        ask=Ask(2, NOW + timedelta(minutes=15), "approval rule 1", ("approver",), alarms=(Alarm.PROD, Alarm.FIRST_USE)),
        approvals=approvals("U0BEN"),
        reason="wedged",
    )
    for message in (card(asked, NOW), direct(asked, NOW), reminder(asked, NOW)):
        said = words(message)
        for fact in ("free -m", "service=`nginx`", "web-1, web-2, web-3", "root", "1 of 2 approvals", "wedged"):
            assert fact in said
        assert "Approved by <@U0BEN>" in said
        assert "web-9 (agent offline)" in said
        assert "3 of 4 machines ready" in said
        assert said.startswith("⚠ *PRODUCTION · first use of mem on web-prod*")
        assert "PRODUCTION" in message.text or message.text.startswith("⏰")
        assert_sound(message)


def test_a_cut_script_says_that_it_is_cut() -> None:
    """And that the digest covers what is not seen."""
    inv = invocation(State.AWAITING_APPROVAL)
    assert inv.plan is not None
    part = replace(inv.plan.parts[0], content="\n".join(f"echo {n}" for n in range(2_000)))
    message = card(replace(inv, plan=replace(inv.plan, parts=(part,))), NOW)
    assert "shortened here; the digest covers all of it" in words(message)
    assert "Whole script" in buttons(message)
    assert_sound(message)


def test_the_command_can_be_typed_again() -> None:
    """Quotes and all, backticks and all."""
    inv = invocation(params=(("grep", "a `b` <c> & d"),))
    assert '/ecs run mem web-prod --grep "a `b` <c> & d"' in words(card(inv, NOW))


def test_the_card_shows_nothing_secret() -> None:
    """response_url lets anyone speak in the bot's name."""
    message = card(invocation(response_url="https://hooks.slack.com/commands/T/1/secret"), NOW)
    assert "secret" not in str(message)


@pytest.mark.parametrize(
    ("state", "said"), [(State.RUNNING, "it is running WITHOUT APPROVAL"), (State.FAILED, "it ran WITHOUT APPROVAL")]
)
def test_break_glass_is_loud_until_it_is_reviewed(state: State, said: str) -> None:
    """Card, direct message, history: first of all that nobody was asked, and who has to look at it now."""
    ask = Ask(1, NOW, "approval rule 1", ("approver",), alarms=(Alarm.PROD,))
    broken = invocation(state, break_glass=True, ask=ask, reason="all of it is down")
    for message in (card(broken, NOW), direct(broken, NOW)):
        assert words(message).startswith(f"🚨 *BREAK-GLASS: {said}. To be reviewed by role approver.*\n⚠ *PRODUCTION*")
        assert "Reviewed" in buttons(message)
        assert "without approval" in message.text
        assert_sound(message)
    assert "free -m" in words(direct(broken, NOW))
    assert "to be reviewed" in words(history([broken], NOW))


def test_a_reviewed_break_glass_says_who_when_and_what() -> None:
    """And asks nobody any more."""
    done = invocation(break_glass=True, review=Review("U0BEN", NOW, "it was right"), ask=Ask(1, NOW, "rule"))
    for message in (card(done, NOW), direct(done, NOW)):
        said = words(message)
        assert "Reviewed by <@U0BEN>, <!date^" in said
        assert "it was right" in said
        assert "Reviewed" not in buttons(message)
        assert_sound(message)
    assert "reviewed by <@U0BEN>" in words(history([done], NOW))


def test_break_glass_that_never_ran_needs_no_review() -> None:
    """It is over before anything happened."""
    stopped = invocation(State.CANCELLED, break_glass=True, started_at=None)
    assert "nothing ran" in words(card(stopped, NOW))
    assert buttons(card(stopped, NOW)) == ["Run again"]


def test_a_decided_direct_message_has_no_buttons() -> None:
    """They would only be refused."""
    assert buttons(direct(invocation(State.AWAITING_APPROVAL), NOW)) == ["Approve", "Deny"]
    assert all(buttons(direct(invocation(s), NOW)) == [] for s in State if s is not State.AWAITING_APPROVAL)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.4, "0.4 s"), (3.0, "3 s"), (9.96, "10 s"), (12.4, "12 s"), (59.6, "1 min"), (185, "3 min 05 s"),
     (7200, "2 h"), (7500, "2 h 05 min"), (86_400 * 3 + 4 * 3600, "3 d 4 h"), (-1, "0 s")],
)  # fmt: skip
def test_durations(seconds: float, said: str) -> None:
    """As a person says them."""
    assert human(timedelta(seconds=seconds)) == said


def test_why_it_waits() -> None:
    """For another run, or for ECS: which of them it is."""
    waits = invocation(State.QUEUED, note="4gsmz2c has web-prod to itself", about=About.WAITING)
    assert "waits: 4gsmz2c has web-prod to itself" in words(card(waits, NOW))
    assert "ECS does not answer" not in words(card(waits, NOW))
    assert "ECS does not answer" in words(card(replace(waits, note="down", about=None), NOW))
