"""Where two outputs differ, and which two are looked at first."""

from bot.domain.compare import LINES, SHOWN, differing, odd_one
from bot.domain.output import Group, fold
from bot.domain.result import Outcome, Result


def said(output: str, name: str = "web-1") -> Group:
    """One machine's output."""
    return Group(Outcome.SUCCEEDED, 0, "", "", output, 0, ((f"i-{name}", name),))


def test_a_unified_diff() -> None:
    """With three lines round it, and the machines' names."""
    text = "\n".join(f"line {n}" for n in range(20))
    found = differing(said(text), said(text.replace("line 9", "LINE 9"), "web-2"))
    assert found.lines[:2] == ("--- web-1", "+++ web-2")
    assert "-line 9" in found.lines
    assert "+LINE 9" in found.lines
    assert len(found.lines) == 11
    assert (found.compared, found.hidden) == (True, 0)


def test_the_same_and_nothing() -> None:
    """No line differs."""
    assert differing(said("a\nb"), said("a\nb")).lines == ()
    assert differing(said(""), said("")).lines == ()
    assert differing(said(""), said("a")).lines[-1] == "+a"


def test_long_outputs_are_compared_as_far_as_time_allows() -> None:
    """And what is left out is said: lines that were not compared, and lines of the difference."""
    found = differing(said("a\n" * 5_000), said("b\n" * 5_000))
    assert not found.compared
    assert len(found.lines) == SHOWN
    assert found.hidden == 2 * LINES + 3 - SHOWN
    assert all(len(line) <= 200 for line in differing(said("a" * 9_000), said("b")).lines)


def test_the_odd_one_is_compared_with_the_many() -> None:
    """The gravest first; None where all agree."""
    results = [Result(f"i-{n}", Outcome.SUCCEEDED, f"web-{n}", output="well") for n in range(3)]
    assert odd_one(fold(results)) is None
    odd = Result("i-9", Outcome.FAILED, "web-9", exit_code=1, output="boom")
    other = Result("i-8", Outcome.SUCCEEDED, "web-8", output="odd")
    pair = odd_one(fold([*results, other, odd]))
    assert pair is not None
    assert [group.names[0] for group in pair] == ["web-0", "web-9"]
