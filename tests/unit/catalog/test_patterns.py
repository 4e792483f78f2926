"""Which regular expressions can run away, and which are anchored."""

import pytest

from bot.catalog.patterns import anchored, fault_of, matches_nothing, runs_away


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+", "(a*)*", "(?:a+b?)*", "(a|aa)+", "((ab)+c)*", "(a+){10}", "(a{2,})+", "([a-z]+.?)+", "(?P<x>a?)*"],
)
def test_repeats_of_repeats_run_away(pattern: str) -> None:
    """Each takes exponential time on some text, or is too like one that does."""
    assert runs_away(f"^{pattern}$")


@pytest.mark.parametrize(
    "pattern",
    [
        "[a-z(+)*]+",
        r"\(a+\)+",
        "(abc)+",
        "(nginx|app)",
        "a+b*c?",
        r"[0-9]{1,3}(\.[0-9]{1,3}){3}",
        "(ab{2})+",
        "(a+)?",
        "[]*]+x",
    ],
)
def test_plain_patterns_pass(pattern: str) -> None:
    """Classes, escapes, fixed counts and one level of repeats."""
    assert not runs_away(f"^{pattern}$")
    assert fault_of(f"^{pattern}$") == ""


@pytest.mark.parametrize("pattern", ["^a$", r"\Aa\Z", r"^a\Z", r"^a\\$", "^(a|b)$", "^[|]$", r"^a\|b$"])
def test_anchored(pattern: str) -> None:
    """Both ends, in either form."""
    assert anchored(pattern)


@pytest.mark.parametrize("pattern", ["a", "^a", "a$", r"^a\$", "^a|b$", "", "^", r"\\Aa$"])
def test_not_anchored(pattern: str) -> None:
    """An escaped dollar is a dollar; a bar at the top leaves both sides half open."""
    assert not anchored(pattern)


def test_a_deprecated_pattern_is_a_fault_not_a_warning() -> None:
    """What a later Python will read otherwise is mended now."""
    assert "is no regular expression" in fault_of("[[a]")


@pytest.mark.parametrize(("pattern", "expected"), [("x*", True), ("(?=a)", True), (r"\b", True), ("x+", False)])
def test_redactions_of_nothing(pattern: str, expected: bool) -> None:
    """A pattern that finds the empty string would fall on every gap."""
    assert matches_nothing(pattern) is expected
