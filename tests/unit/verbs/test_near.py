"""What somebody may have meant."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.near import near

TARGETS = ("web-prod", "web-staging", "db-prod", "cache")


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("web", ("web-prod", "web-staging")),
        ("prod", ("db-prod", "web-prod")),
        ("WEB-PORD", ("web-prod", "db-prod")),
        ("cahce", ("cache",)),
        ("xyz", ()),
        ("", ()),
        (" ", ()),
    ],
)
def test_near(word: str, meant: tuple[str, ...]) -> None:
    """Beginnings first, then parts, then likeness."""
    assert near(word, TARGETS) == meant


def test_a_beginning_goes_before_likeness() -> None:
    """`m` of `mem`; the shorter name first."""
    assert near("mem", ["memory", "mem", "men"]) == ("mem", "memory", "men")
    assert near("mem", ["memory", "mem", "men"], n=1) == ("mem",)


@settings(deadline=None)
@given(st.text(), st.lists(st.text()), st.integers(0, 5))
def test_near_is_total_and_knows_no_order(word: str, known: list[str], n: int) -> None:
    """At most *n*, all of them known, the same whatever the order."""
    meant = near(word, known, n)
    assert len(meant) <= n
    assert set(meant) <= set(known)
    assert meant == near(word, reversed(known), n)
