"""What machines print becomes what a person would have seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.output import clean
from bot.redaction import REDACTED, redact

NOISE = st.text(st.sampled_from("ab \t\n\r\x08\x1b[0;31m]8\x07\\\x00\x9b\u202e\ud800é漢"), max_size=60)


@pytest.mark.parametrize(
    ("printed", "seen"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x07", "link"),
        ("a\r\nb\r\n", "a\nb"),
        ("10%\r50%\r100%\ndone", "100%\ndone"),
        ("10%\r100%\r", "100%"),
        ("N\x08NA\x08A", "NA"),
        ("a\tb", "a\tb"),
        ("nul\x00 bell\x07 del\x7f", "nul bell del"),
        ("exe\u202egpj.sh", "exegpj.sh"),
        ("half \ud83d", "half \ufffd"),
        ("  keeps what stands before\n\n\n", "  keeps what stands before"),
    ],
)
def test_clean(printed: str, seen: str) -> None:
    """Escape codes, control characters and overwritten text are gone; tabs and indents stay."""
    assert clean(printed) == seen


@given(NOISE)
def test_clean_text_stays_as_it_is(text: str) -> None:
    """Cleaning twice is cleaning once, and the result can be encoded."""
    once = clean(text)
    assert clean(once) == once
    assert not set(once) & set("\r\x1b\x08\x00\x9b\u202e")
    once.encode()


def test_redact_replaces_every_match() -> None:
    """A pattern of the catalogue hides what it matches, each time."""
    said = redact("user=a password=hunter2 password=x\\1", [r"password=\S+"])
    assert said == f"user=a {REDACTED} {REDACTED}"


def test_a_pattern_that_matches_nothing_hides_nothing() -> None:
    """`x*` matches between all characters: that is no reason to fill the text with marks."""
    assert redact("abc", ["x*"]) == "abc"
    assert redact("", ["x*"]) == ""


def test_patterns_apply_one_after_the_other() -> None:
    """All of them count."""
    assert redact("key=1 token=2", [r"key=\d", r"token=\d"]) == f"{REDACTED} {REDACTED}"


@pytest.mark.parametrize("noise", ["\x1b[0m", "\0", "\u200b", "\u00ad", "\u202e"])
def test_what_is_invisible_hides_no_secret(noise: str) -> None:
    """Text is cleaned before it is redacted: colours in the middle of a word don't save it."""
    assert redact(clean(f"pass{noise}word=hunter2"), [r"password=\S+"]) == REDACTED


def test_the_secret_alone_goes_where_it_has_a_name() -> None:
    """The words that it was found by stay."""
    said = redact("postgres://bob:hunter2@db/x", [r"://(?P<secret>[^\s/:@]+:[^\s/@]+)@"])
    assert said == f"postgres://{REDACTED}@db/x"


def test_a_pattern_that_is_not_understood_hides_everything() -> None:
    """Better nothing than a secret."""
    assert redact("password=hunter2", ["(?<=password=)hunter2"]) == REDACTED
