"""The emulator goes by the limits that Slack publishes, and by none that is looser."""

import json

import pytest

from bot.sandbox.slack import limits
from bot.sandbox.slack.methods import all_methods
from tests.sandbox.slack.test_slack_shapes import DATA

PUBLISHED = {
    # docs.slack.dev, interactivity: handling-user-interaction, implementing-slash-commands
    "ACK_SECONDS": 3,
    "TRIGGER_SECONDS": 3,
    "RESPONSE_URL_USES": 5,
    "RESPONSE_URL_SECONDS": 30 * 60,
    # docs.slack.dev, apis/events-api/using-socket-mode
    "SOCKETS": 10,
    # docs.slack.dev, authentication/verifying-requests-from-slack
    "SIGNATURE_SECONDS": 5 * 60,
    # docs.slack.dev, reference/methods: chat.postMessage, chat.update, views.open, views.push
    "POST_TEXT": 40_000,
    "UPDATE_TEXT": 4_000,
    "MARKDOWN_TEXT": 12_000,
    "VIEW_BYTES": 250_000,
    "VIEW_STACK": 3,
    "CHANNEL_POSTS_PER_SECOND": 1,
    # slackapi/slack-skills-plugin, block-kit; reference/views
    "MESSAGE_BLOCKS": 50,
    "VIEW_BLOCKS": 100,
    "VIEW_TITLE": 24,
    "PRIVATE_METADATA": 3_000,
    # slackapi/bolt-js, issue 2509: what is refused from, as it was measured
    "BLOCKS_BYTES": 13_297,
    # docs.slack.dev, reference/block-kit: blocks, elements, composition objects
    "ID": 255,
    "SECTION_TEXT": 3_000,
    "FIELDS": 10,
    "FIELD_TEXT": 2_000,
    "HEADER_TEXT": 150,
    "CONTEXT_ELEMENTS": 10,
    "CONTEXT_TEXT": 3_000,
    "ACTIONS_ELEMENTS": 25,
    "BUTTON_TEXT": 75,
    "BUTTON_VALUE": 2_000,
    "URL": 3_000,
    "OPTIONS": 100,
    "OVERFLOW_OPTIONS": 5,
    "CHECKBOX_OPTIONS": 10,
    "OPTION_TEXT": 75,
    "OPTION_VALUE": 150,
    "PLACEHOLDER": 150,
    "CONFIRM_TITLE": 100,
    "CONFIRM_TEXT": 300,
    "CONFIRM_BUTTON": 30,
    "INPUT_LABEL": 2_000,
    "INPUT_LENGTH": 3_000,
    "TABLE_ROWS": 100,
    "TABLE_COLUMNS": 20,
    "IMAGE_ALT": 2_000,
}
"""As read on those pages."""

GUESSES = {"METADATA_BYTES", "FILE_BYTES", "CLAIM_BYTES", "POSTS_PER_MINUTE", "CHANNEL_BURST", "TIER_ONE_BURST"}
GUESSES |= {"SPECIAL_TIER"}
"""Of these Slack publishes no number; `limits` says so beside each."""

PER_MINUTE = {1: 1, 2: 20, 3: 50, 4: 100}
"""docs.slack.dev, apis/web-api/rate-limits: calls of a tier."""


def test_every_limit_is_published_or_called_a_guess() -> None:
    """None stands there without either."""
    there = {name for name, value in vars(limits).items() if isinstance(value, int | float)}
    assert there == set(PUBLISHED) | GUESSES


@pytest.mark.parametrize("name", PUBLISHED)
def test_no_limit_is_looser_than_the_published_one(name: str) -> None:
    """What passes here passes at Slack, as far as Slack says."""
    assert getattr(limits, name) <= PUBLISHED[name]


def test_tiers() -> None:
    """Every method that is answered has one, and no tier takes more calls than Slack's."""
    assert limits.TIERS == PER_MINUTE
    assert set(limits.TIER_OF.values()) <= {0, *PER_MINUTE}
    assert set(all_methods()) <= set(limits.TIER_OF)


def test_every_method_is_in_its_tier() -> None:
    """As java-slack-sdk's metadata has it; skipped where a copy of that is not at hand."""
    table = DATA / "rate-limit-tiers.json"
    if not table.is_file():
        pytest.skip(f"no table of Slack's tiers in {table}")
    said = json.loads(table.read_text())
    tiers = {method: tier[-1] for method in limits.TIER_OF if (tier := said[method])[-1].isdigit()}
    assert {method: str(tier) for method, tier in limits.TIER_OF.items() if tier} == tiers
