"""Long outputs are cut in the middle, honestly."""

from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.output import cost, excerpt

TEXT = st.text(st.sampled_from("ab&<>\n é漢😀"), max_size=400)


@given(TEXT, st.integers(0, 500))
@example("&" * 100, 60)
@example("\n" * 100, 60)
@example("😀" * 100, 61)
@example("a" * 50 + "\n" + "b" * 50, 70)
def test_an_excerpt_keeps_to_its_budget(text: str, budget: int) -> None:
    """Counted as Slack counts; what fits is left alone; what is kept is head and tail, as they were."""
    kept, cut = excerpt(text, budget)
    assert cost(kept) <= budget
    assert cut == (cost(text) > budget)
    if not cut:
        assert kept == text
    elif " left out …" in kept:
        lines = kept.split("\n")
        gap = next(n for n, line in enumerate(lines) if line.startswith("… ") and line.endswith(" left out …"))
        assert text.startswith("\n".join(lines[:gap]))
        assert text.endswith("\n".join(lines[gap + 1 :]))


def test_it_says_how_many_lines_are_left_out() -> None:
    """So that nobody takes the part for the whole."""
    text = "\n".join(f"line {n}" for n in range(1, 101))
    kept, _ = excerpt(text, 120)
    shown = [line for line in kept.split("\n") if line.startswith("line")]
    assert f"… {100 - len(shown)} lines left out …" in kept
    assert shown[0] == "line 1"
    assert shown[-1] == "line 100"


def test_the_end_gets_more_room_than_the_beginning() -> None:
    """It says how things ended."""
    text = "\n".join(f"line {n:03}" for n in range(100))
    head, tail = excerpt(text, 400)[0].split("… ")[0], excerpt(text, 400)[0].split(" …\n")[1]
    assert len(tail) > len(head) > 0


def test_one_enormous_line_is_cut_within() -> None:
    """24 KB without a newline come out as a beginning and an end."""
    kept, cut = excerpt("a" * 12_000 + "z" * 12_000, 500)
    assert cut
    assert kept.startswith("aaa")
    assert kept.endswith("zzz")
    assert "characters of 1 line left out" in kept


def test_entities_and_wide_characters_cost_what_slack_counts() -> None:
    """`<` goes out as four characters."""
    assert [cost(text) for text in ("a", "&", "<", ">", "é", "😀", "a<b")] == [1, 5, 4, 4, 1, 2, 6]
