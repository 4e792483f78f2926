"""Which patterns may be held against what is still being printed."""

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from bot import regex
from bot.domain.one_line import within_a_line

WORDS = r"""
a k = . \S \w \d \D \W \s \n \t \x0a \012 \. \[ \pL \PL \C \b \B \A \z \Q \E ] [ [^ - ^ $ ( ) | * + ? {1,3} { }
[a-z] [^a] [^\s] [^\n] [^\S] [\s] [\S] [^]] []a] [^\d\n] [\t-z] [\PL]
[[:alnum:]] [[:space:]] [^[:space:]] [[:^alpha:]] [^[:alpha:]]
(?s) (?s: (?i) (?-s) (?is: (?m) (?U) (?im: (?P<secret> (?<a> (?:
"""
PIECES = [*WORDS.split(), "\n", "\t", "[\t-z]"]
TEXTS = ["\n", "a\n", "\na", "a\nk=a\n\nk\t=\n", "k=\na", "\n\n\n", "\na\n k\n", "]\n-\n[", "=\n0\n", "é\n水\n"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join))
@example("[^]\\S\n]")
@example("[[:alpha:]-\\n]")
def test_what_is_said_to_stay_in_a_line_does(pattern: str) -> None:
    """Whatever RE2 takes: nothing that it finds anywhere has a newline in it."""
    assume(within_a_line(pattern))
    try:
        compiled = regex.compiled(pattern)
    except regex.Unfit:
        return
    for text in TEXTS:
        assert [found.group() for found in compiled.finditer(text) if "\n" in found.group()] == []


@pytest.mark.parametrize(
    "pattern",
    [
        r"password=\S+",
        r"(?i)authorization: (?:(?:bearer|basic|token) )?(?P<secret>\S+)",
        r"://(?P<secret>[^\s/:@]+:[^\s/@]+)@",
        r"\b(?:LTAI|AKIA)[A-Za-z0-9]{12,30}\b",
        r"(?i)api[_-]?key[ \t]*[=:][ \t]*[^\n]+",
        r"token[[:blank:]]*=.*$",
        r"pass\[[^[:space:]]+\]",
        "passwort für .+",
    ],
)
def test_the_usual_ones_do(pattern: str) -> None:
    """So that what runs long can still be followed."""
    assert within_a_line(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?s)-----BEGIN [A-Z ]*KEY-----.*?-----END [A-Z ]*KEY-----",
        r"-----BEGIN KEY-----(?s:.*?)-----END KEY-----",
        r"-----BEGIN KEY-----[^-]*-----END KEY-----",
        r"-----BEGIN KEY-----(?:\n|.)*?-----END KEY-----",
        r"-----BEGIN KEY-----[\s\S]*?-----END KEY-----",
        r"-----BEGIN KEY-----[\x00-\xff]*?-----END KEY-----",
        "-----BEGIN KEY-----\n.*\n-----END KEY-----",
        r"password:\s*\S+",
        r"password\W+\w+",
        r"secret\D+",
    ],
)
def test_what_may_span_lines_does_not(pattern: str) -> None:
    """However a newline is written."""
    assert not within_a_line(pattern)
