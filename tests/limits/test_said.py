"""Who hears a message read out, or sees it on a lock screen, knows the same as who looks at it."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

from bot.domain.invocation import Invocation, State
from bot.domain.result import Outcome
from bot.slack.messages.alert import alert
from bot.slack.messages.card import card
from bot.slack.messages.direct import direct
from bot.slack.messages.rendered import Rendered
from bot.slack.messages.runs import status_page
from bot.slack.messages.thread import thread
from bot.slack.messages.words import STATES
from tests.limits import asked, told
from tests.limits.largest import ALPHABETS, name
from tests.limits.runs import results, variants
from tests.limits.told import Product
from tests.unit.messages.samples import NOW, ended, invocation
from tests.unit.messages.soundness import walk

WALKS = {**told.WALKS, **asked.WALKS}
PLAIN = ALPHABETS["one line"]
"""Of nothing that could be taken for a date or a symbol of the bot's own."""

DATE = re.compile(r"<!date\^\d+\^[^<>|]*\|([^<>]*)>")
CLOCK = re.compile(r"\b\d{1,2}:\d{2}\b|\b\d{4}-\d{2}-\d{2}\b")
TOLD: dict[str, Callable[[Invocation], Rendered]] = {
    "card": lambda inv: card(inv, NOW),
    "direct": lambda inv: direct(inv, NOW),
    "thread": lambda inv: thread(inv, ()),
    "status": lambda inv: status_page(inv, NOW),
}


@cache
def products(builder: str) -> tuple[tuple[str, Product], ...]:
    """What *builder* makes of it."""
    return tuple(WALKS[builder](PLAIN))


def wordless(text: str) -> str:
    """*text* without its symbols: what is left of it where no picture is shown, or read out."""
    return "".join(c for c in text if unicodedata.category(c) != "So" and c not in "⊘⁇\ufe0f")


def texts(product: Product) -> Iterator[dict[str, Any]]:
    """All that is read in it; the text that is read out as mrkdwn."""
    if isinstance(product, Rendered):
        yield {"type": "mrkdwn", "text": product.text}
        yield from walk(product.blocks)
    elif isinstance(product, dict):
        yield from walk(product)


@pytest.mark.parametrize("message", TOLD)
@pytest.mark.parametrize("state", State)
def test_the_text_says_what_became_of_what_where_and_for_whom(message: str, state: State) -> None:
    """In every state, whatever else is known; the word for the state, and not only its symbol."""
    for label, inv in variants(state, PLAIN):
        text = wordless(TOLD[message](inv).text)
        assert f"{inv.snippet} on {inv.target}" in text, label
        assert f"<@{inv.requester}>" in text, label
        said = {State.REFUSED: "nothing ran", State.DENIED: "denied"}.get(state, STATES[state][1].lower())
        assert said in text.lower() or "without approval" in text or "asks you to approve" in text, label


def test_the_text_says_how_each_machine_fared() -> None:
    """The first of them, and with their outputs."""
    them = results(PLAIN, alike=False)
    text = wordless(thread(ended(them, State.PARTLY_FAILED), them).text)
    assert "partly failed" in text
    lost = [result.name[:20] for result in them if result.outcome is Outcome.UNKNOWN]
    assert f"{lost[0]}" in text
    assert " unknown" in text


def test_an_alert_says_it_too() -> None:
    """Until it is settled, and then."""
    lost = invocation(State.UNKNOWN)
    assert "Unknown: mem on web-prod · <@U0OLGA>" in wordless(alert(lost, NOW).text)
    for label, inv in variants(State.FAILED, PLAIN):
        if label == "settled":
            assert f"Settled: {name(1)} on {name(2)}" in wordless(alert(inv, NOW).text)
            assert "<@U0BEN> settled it as failed" in alert(inv, NOW).text


@pytest.mark.parametrize("builder", WALKS)
def test_no_symbol_stands_for_words(builder: str) -> None:
    """Without symbols every line that has one still says something."""
    for label, product in products(builder):
        for node in texts(product):
            if node.get("type") == "mrkdwn":
                mute = [line for line in node["text"].split("\n") if wordless(line) != line]
                assert [line for line in mute if len(re.findall(r"\w", wordless(line))) < 2] == [], label


@pytest.mark.parametrize("builder", WALKS)
def test_every_date_is_the_readers_own(builder: str) -> None:
    """A token that Slack shows on the reader's clock; what is shown where it can't says which clock that is."""
    for label, product in products(builder):
        for node in texts(product):
            text = node.get("text")
            if isinstance(text, str):
                assert CLOCK.findall(DATE.sub("", text)) == [], label
                assert [said for said in DATE.findall(text) if "UTC" not in said and "(" not in said] == [], label


@pytest.mark.parametrize("builder", WALKS)
def test_buttons_that_look_alike_are_told_apart(builder: str) -> None:
    """By a label that is read out, where there are several."""
    for label, product in products(builder):
        buttons = [node for node in texts(product) if node.get("type") == "button"]
        said: dict[str, list[str]] = {}
        for button in buttons:
            said.setdefault(button["text"]["text"], []).append(button.get("accessibility_label", ""))
        alike = {text: labels for text, labels in said.items() if len(set(labels)) < len(labels)}
        assert alike == {}, label
