"""What is found in stored outputs, with the lines around it; bounded in time and in size."""

import re
from collections.abc import Iterator

import pytest

from bot.domain import search
from bot.domain.output import fold
from bot.domain.result import Outcome, Result
from bot.matching import Unfit, matching

LOG = "\n".join([*(f"line {n}" for n in range(1, 9)), "ERROR boom", *(f"line {n}" for n in range(10, 15)), "error end"])


def finds(wanted: str, *outputs: str, expression: bool = False) -> search.Findings:
    """What is found in *outputs* of machines web-1, web-2, …"""
    results = [Result(f"i-{n}", Outcome.SUCCEEDED, f"web-{n}", output=said) for n, said in enumerate(outputs, 1)]
    match = matching(wanted, expression=expression)
    assert not isinstance(match, Unfit)
    return search.search(fold(results), match, lambda: False)


def test_lines_with_their_numbers_and_those_around() -> None:
    """Two passages; what is near enough is one."""
    (found,) = finds("error", LOG).found
    assert [[line.number for line in passage] for passage in found.passages] == [[7, 8, 9, 10, 11], [13, 14, 15]]
    assert [line.number for passage in found.passages for line in passage if line.hit] == [9, 15]
    (near,) = finds("line 3", "line 3\nx\ny\nz\nline 3").found
    assert len(near.passages) == 1


def test_a_text_is_found_whatever_its_capitals_and_no_character_of_it_is_special() -> None:
    """An expression is what RE2 makes of it, line by line."""
    assert finds("a.c", "abc\nA.C").hits == 1
    assert finds("a.c", "abc\nA.C", expression=True).hits == 1
    assert finds("(?i)^a.c$", "abc\nA.C\nxabc", expression=True).hits == 2


def test_what_several_machines_printed_alike_is_found_once() -> None:
    """And each of them is named."""
    findings = finds("error", LOG, LOG, "all is well")
    assert (findings.hits, findings.machines, findings.groups) == (2, 2, 2)
    assert finds("nowhere", LOG).found == ()


def test_long_lines_are_shown_where_they_match() -> None:
    """With marks where they are cut."""
    (found,) = finds("needle", "x" * 5_000 + "needle" + "y" * 5_000).found
    text = found.passages[0][0].text
    assert "needle" in text
    assert text[0] == text[-1] == "…"
    assert len(text) <= search.WIDE + 2


def test_more_than_anybody_reads_is_only_counted() -> None:
    """All 20,000 are counted, and as many as are kept are shown."""
    findings = finds("x", "x\n" * 10_000, "x\n" * 9_999 + "x y")
    assert findings.hits == 20_000
    assert findings.left == 20_000 - search.KEPT
    assert sum(line.hit for f in findings.found for p in f.passages for line in p) == search.KEPT


def test_it_ends_when_there_is_no_more_time() -> None:
    """And says how many outputs were not read to the end."""
    ticks: Iterator[int] = iter(range(10**6))
    groups = fold([Result(f"i-{n}", Outcome.SUCCEEDED, output=f"{n}\n" + "x\n" * 99) for n in range(10)])
    findings = search.search(groups, lambda line: 0, lambda: next(ticks) >= 250)
    assert findings.unread == 8
    assert findings.hits == 250


@pytest.mark.parametrize("wanted", ["(", "a{2000}", "(?=x)", r"(a)\1", r"\pL{900}", "[z-a]", "*"])
def test_expressions_that_re2_does_not_take(wanted: str) -> None:
    """Broken, too large, or of a kind that looks back: why is said in words."""
    match = matching(wanted, expression=True)
    assert isinstance(match, Unfit)
    assert re.search("[a-z]{3}", match.why)
