"""No Slack limit is broken anywhere: every message, modal, Home tab, choice and file, at its largest."""

import pytest

from bot.domain.refusal import Why
from bot.slack.messages import builder, forms, refusals
from bot.slack.messages.files import OutputFile
from bot.slack.messages.rendered import Rendered
from tests.limits import asked, rules, told
from tests.limits.largest import ALPHABETS, MIXED
from tests.limits.runs import refusal
from tests.limits.told import Product

WALKS = {**told.WALKS, **asked.WALKS}

OUTPUTS = ("card.card", "thread.thread", "files.files", "search.answer", "refusals.refusal")
"""What shows most of what others wrote."""


def faults(product: Product) -> list[str]:
    """What Slack would find wrong with it."""
    if isinstance(product, Rendered):
        return rules.of_message(product)
    if isinstance(product, OutputFile):
        return rules.of_file(product)
    if isinstance(product, dict):
        return rules.of_view(product, "home" if product["type"] == "home" else "modal")
    if any(isinstance(one, OutputFile) for one in product):
        return [fault for one in product for fault in faults(one)]
    return rules.of_options(product)


def wrong(builder: str, unit: str) -> dict[str, list[str]]:
    """What is wrong with what *builder* makes of it."""
    return {label: found for label, product in WALKS[builder](unit) if (found := faults(product))}


@pytest.mark.parametrize("builder", WALKS)
def test_slack_takes_it(builder: str) -> None:
    """In every state, with all that there can be in it, and of everything mixed."""
    assert wrong(builder, MIXED) == {}


@pytest.mark.parametrize("alphabet", ALPHABETS)
def test_slack_takes_all_of_one_kind(alphabet: str) -> None:
    """Of emoji alone, of backticks alone, of what becomes five characters, of what becomes none."""
    unit = ALPHABETS[alphabet]
    builders = WALKS if alphabet == "emoji" else OUTPUTS
    assert {builder: found for builder in builders if (found := wrong(builder, unit))} == {}


@pytest.mark.parametrize("alphabet", ["all of them", *ALPHABETS])
def test_what_stands_beside_a_field(alphabet: str) -> None:
    """Plain text: nothing in it is read as markup, so no markup is in it."""
    unit = ALPHABETS.get(alphabet, MIXED)
    said = [refusals.plain(refusal(why, unit)) for why in Why]
    said += [refusals.unmarked(refusals.refusal(refusal(why, unit)).text) for why in Why]
    said += [
        builder.OUT_OF_DATE,
        builder.CHOOSE_ANOTHER,
        builder.NOT_SAID,
        *map(refusals.unmarked, (forms.EMPTY.text, forms.TOO_LONG.text)),
    ]
    assert {words: found for words in said if (found := rules.of_words(words))} == {}
