"""What holds for every text."""

import html

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.invocation import command_line
from bot.domain.refusal import Refusal, Why
from bot.domain.text import clean, tidy
from bot.domain.verb import Run
from bot.domain.verbs import parse
from bot.domain.words import DASHES, QUOTES

SHARP = st.sampled_from([*DASHES, *QUOTES, *"=\\ <>|&;@#!,", "\u00a0", "\u200b", "\x00", "\ud800", "\n", "reason"])
WORDS = st.sampled_from(
    ["run", "can", "role", "grant", "help", "mem", "web-prod", "U1", "<@U1|x>", "--for", "8h", "--on"]
)
LINES = st.lists(SHARP | WORDS | st.text(max_size=3) | st.just(" ")).map("".join)

PICTURES = "".join(map(chr, range(0x2400, 0x2420))) + "\ufffd"

NAMES = st.from_regex(r"[a-z0-9][a-z0-9-]{0,15}", fullmatch=True)
PARAMS = st.from_regex(r"[a-z][a-z0-9_]{0,15}", fullmatch=True).filter(
    lambda name: name not in {"reason", "help", "break_glass"}
)
SEEN = st.characters(exclude_categories=("Cc", "Cs", "Cf"))
VALUES = st.lists(
    st.text(SEEN, max_size=8) | st.sampled_from([*DASHES, *QUOTES, *" =\\&<>", "--x", "&amp;", "<@U1>"])
).map(lambda parts: "".join(parts)[:60])


def as_slack_sends(line: str) -> str:
    return html.escape(line, quote=False)


@settings(deadline=None)
@given(st.text() | LINES)
def test_every_text_has_an_answer(text: str) -> None:
    """A verb or a refusal, never an exception."""
    answer = parse(text)
    if isinstance(answer, Refusal) and answer.why is Why.UNBALANCED_QUOTE:
        assert answer.text[answer.at] in QUOTES
    if isinstance(answer, Refusal) and answer.why is Why.CONTROL_CHARACTER:
        assert answer.text[answer.at] in PICTURES


@settings(deadline=None)
@given(NAMES, NAMES, st.lists(st.tuples(PARAMS, VALUES), max_size=4), VALUES)
@example("logs", "web-prod", [("grep", "—x"), ("by", "-5"), ("w", "“a")], '"quoted" --lines 5')
@example("logs", "web-prod", [("grep", "`a`"), ("empty", "")], "ends with a space ")
@example("logs", "web-prod", [("grep", "&amp;lt;"), ("who", "<@U1|x>")], "‘twas")
def test_the_line_of_a_run_is_read_back(snippet: str, target: str, params: list[tuple[str, str]], reason: str) -> None:
    """What a card shows as the line to type asks for the same again, once Slack has escaped it."""
    line = command_line(snippet, target, params, reason).removeprefix("/ecs ")
    same = Run(snippet, target, tuple((name, tidy(value)) for name, value in params), tidy(reason))
    assert parse(as_slack_sends(line)) == same
    if not set("&<>") & set(line):
        assert parse(line) == same


@settings(deadline=None)
@given(NAMES, NAMES, st.lists(st.tuples(PARAMS, VALUES), max_size=3), VALUES)
def test_what_was_read_once_is_read_the_same_for_ever(
    snippet: str, target: str, params: list[tuple[str, str]], reason: str
) -> None:
    """Nothing that a verb holds changes when its line is shown and typed again."""
    first = parse(as_slack_sends(command_line(snippet, target, params, reason)))
    assert isinstance(first, Run)
    again = command_line(first.snippet, first.target, first.params, first.reason)
    assert parse(as_slack_sends(again)) == first


@settings(deadline=None)
@given(st.text())
def test_tidy_text_stays_tidy(text: str) -> None:
    """Tidying twice changes nothing more, and what is typed passes as it is."""
    assert tidy(tidy(text)) == tidy(text)
    cleaned = clean(as_slack_sends(text))
    assert isinstance(cleaned, Refusal) or cleaned == tidy(cleaned).strip()
