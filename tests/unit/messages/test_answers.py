"""Refusals, notices and pages: what one person reads."""

from dataclasses import asdict, replace

import pytest

from bot.domain.catalog import ApprovalRule, Param, ParamType
from bot.domain.invocation import Batch, BatchState, Halt, State
from bot.domain.refusal import Refusal, Why
from bot.slack.messages import pages
from bot.slack.messages.caret import caret
from bot.slack.messages.private import NOTICES, notice, private, refusal_of
from bot.slack.messages.refusals import plain, refusal
from bot.slack.messages.rendered import Rendered
from bot.slack.messages.whys import WORDS
from bot.slack.messages.words import REFUSED
from tests.unit.messages.samples import NOW, ended, invocation, results, snippet, target
from tests.unit.messages.soundness import assert_sound, words


def test_every_why_has_its_words() -> None:
    """None is forgotten."""
    assert set(WORDS) == set(Why)


@pytest.mark.parametrize("why", list(Why))
def test_a_refusal_starts_with_the_marker_and_says_what_to_do(why: Why) -> None:
    """With all of its fields, and with none."""
    full = Refusal(why, "sub", "web-prod", "val", "hint", "rule 1", 'run "x', 4, 10, 20, ("a", "b"), ("U0OLGA",))
    for given in (full, Refusal(why)):
        message = refusal(given)
        assert message.text.startswith(f"{REFUSED} ")
        assert message.text.rstrip().endswith((".", "?"))
        assert_sound(message)


def test_an_unbalanced_quote_is_pointed_at() -> None:
    """On the line as it was typed."""
    line = 'run logs web-prod --grep "oops'
    message = refusal(Refusal(Why.UNBALANCED_QUOTE, text=line, at=line.index('"')))
    (box,) = [b for b in message.blocks if b["type"] == "rich_text"]
    shown, pointer = box["elements"][0]["elements"][0]["text"].split("\n")
    assert shown[pointer.index("^")] == '"'


@pytest.mark.parametrize("at", [0, 3, 10, 40, 99, 100, -5, 500])
def test_the_caret_stands_under_its_character(at: int) -> None:
    """However long the line; a phone shows it without a break."""
    line = "".join(chr(ord("a") + n % 26) for n in range(100))
    shown, pointer = caret(line, at).split("\n")
    assert len(shown) <= 40
    if 0 <= at < 100:
        assert shown[len(pointer) - 1] == line[at]


def test_wide_characters_take_two_columns() -> None:
    """In a typewriter's letters."""
    assert caret('日本"', 2) == '日本"\n    ^'


def test_not_allowed_names_the_rule_and_who_could() -> None:
    """So that one knows whom to ask."""
    said = words(refusal(Refusal(Why.NOT_ALLOWED, "run restart", "web-prod", rule="no role", who=("U0BEN",))))
    assert "You may not run restart on web-prod: no role." in said
    assert "<@U0BEN>" in said


def test_a_refusal_survives_the_outbox() -> None:
    """As JSON keeps it: lists for tuples."""
    why = Refusal(Why.BAD_VALUE, "service", value="x", hint="one of a", near=("a",), who=("U0BEN",), limit=3)
    payload = {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(why).items()}
    assert refusal_of(payload) == why
    assert private({"refusal": payload}, invocation()).text == refusal(why).text


def test_a_refused_invocation_tells_its_own_refusal() -> None:
    """The notice only names it."""
    why = Refusal(Why.PLAN_CHANGED, subject="7k2m9x", hint="i-4 is new, i-3 is gone")
    message = private({"notice": "refused"}, invocation(State.REFUSED, refusal=why))
    assert message.text.startswith(refusal(why).text)
    said = words(message)
    assert "*mem on web-prod* · `7k2m9x`" in said
    assert "not what was approved any more: i-4 is new, i-3 is gone. Nothing ran." in said
    assert "/ecs run mem web-prod" in said


@pytest.mark.parametrize("name", [*NOTICES, "of_next_year", ""])
def test_notices_name_what_they_are_about(name: str) -> None:
    """One that nobody knows says at least how it stands."""
    message = notice(name, {}, invocation(State.RUNNING))
    assert "mem on web-prod" in message.text
    assert_sound(message)


def test_the_largest_catalogue_fits() -> None:
    """300 snippets on 200 targets, with long names and summaries."""
    snippets = [snippet(f"snippet-with-a-long-name-{n}", summary="漢字 & more " * 20) for n in range(300)]
    targets = [target(f"target-with-a-long-name-{n}") for n in range(200)]
    for message in (
        pages.help_page(snippets),
        pages.listing(snippets, targets),
        pages.snippet_page(snippets[0], targets, ApprovalRule(1, roles=("approver",), reason=True)),
        pages.whoami("U0OLGA", (), False, snippets, targets),
    ):
        assert_sound(message)


def test_the_largest_snippet_fits() -> None:
    """A hundred parameters with every bound."""
    params = tuple(
        Param(f"param_{n}", t, "help " * 40, choices=("a" * 40,) * 30, pattern="[a-z]{1,9}", min=1, max=9)
        for n in range(25)
        for t in ParamType
    )
    assert_sound(pages.snippet_page(snippet(params=params), [target()], None))


def test_a_snippets_page_can_be_typed_from() -> None:
    """Its last line is complete."""
    said = words(pages.snippet_page(snippet(), [target()], ApprovalRule(2, needed=2, reason=True)))
    assert "/ecs run logs web-prod --service nginx" in said
    assert "a whole number from 1 to 2000" in said
    assert "Needs 2 approvals (approval rule 2); give a `--reason`" in said


@pytest.mark.parametrize(
    "message",
    [pages.listing([], []), pages.help_page([]), pages.history([], NOW), pages.open_page([], NOW),
     pages.role_list([], {}, NOW), pages.whoami("U0OLGA", (), False, (), ())],
)  # fmt: skip
def test_nothing_to_show_is_said(message: Rendered) -> None:
    """No empty message."""
    assert_sound(message)


def test_status_names_the_run_as_ecs_knows_it() -> None:
    """For whoever goes on in the console."""
    assert "`t-hz01` done" in words(pages.status_page(ended(results()), NOW))


def test_status_says_where_it_is_stopped() -> None:
    """And what a stop of the rest takes."""
    batch = Batch(1, 0, ("i-web1", "i-web2", "i-web3"), BatchState.RUNNING)
    page = pages.status_page(invocation(State.RUNNING, batches=(batch,)), NOW)
    assert words(page).endswith("`/ecs stop 7k2m9x` stops it.")
    halted = replace(batch, halts=(Halt("i-web2", "U0BEN"),))
    page = pages.status_page(invocation(State.RUNNING, batches=(halted,)), NOW)
    said = "Stop of web-2 asked by <@U0BEN>; the others run on."
    assert said in words(page)
    assert said in page.text
    assert words(page).endswith("`/ecs stop 7k2m9x` stops it on all machines.")
    assert_sound(page)


def test_status_of_what_is_being_stopped_offers_no_stop() -> None:
    """It was asked for."""
    assert "/ecs stop" not in words(pages.status_page(invocation(State.CANCELLING, stop_by="U0BEN"), NOW))


def test_history_lists_the_newest_with_how_they_ended() -> None:
    """One line each."""
    said = words(pages.history([ended(results()), invocation(State.DENIED, started_at=None)], NOW))
    assert "✔ *Succeeded* · mem on web-prod\n3 of 3 machines succeeded · 0.4 s · <@U0OLGA>" in said
    assert "⊘ *Denied* · mem on web-prod\nnothing ran · <@U0OLGA>" in said


def test_the_end_of_a_freeze_is_told_on_the_readers_clock() -> None:
    """And where no date can be shown, beside a field, on the clock of policy."""
    why = Refusal(Why.FROZEN, "zap", "web", "Mon 08:00 (Asia/Shanghai)", "the sale", "freeze 1", at=1795406400)
    token = "<!date^1795406400^{date_short_pretty} {time}|Mon 08:00 (Asia/Shanghai)>"
    assert f"zap on web is frozen: the sale, until {token} (freeze 1)." in refusal(why).text
    assert "is frozen: the sale, until Mon 08:00 (Asia/Shanghai) (freeze 1)." in plain(why)
