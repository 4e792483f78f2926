"""What ECS cut in two shows neither half of a secret."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.output import clean
from bot.domain.seams import FIRST, LAST, LEFT_OUT, whole_lines
from bot.redaction import redact

SECRET = [r"password=\S+"]
FILLER = "something that is no secret\n"


def cut(text: str, head: int, tail: int) -> str:
    """*text* as ECS gives it: its first *head* bytes and its last *tail* bytes, joined."""
    raw = text.encode()
    return (raw[:head] + raw[-tail:]).decode("utf-8", "replace")


@given(
    head=st.one_of(st.just(0), st.integers(FIRST, LAST)),
    before=st.integers(0, 40),
    after=st.integers(0, 40),
    letter=st.sampled_from(["x", "é", "水"]),
)
def test_neither_half_is_shown(head: int, before: int, after: int, letter: str) -> None:
    """Wherever the agent's head ends, and wherever in a secret its tail begins."""
    line = f"password=hunter2{letter * 30}canary\n"
    text = (FILLER * 400).encode()[: max(head - before, 0)].decode() + line + FILLER * 2_000 + line
    tail = len((FILLER * 100 + "canary\n").encode()) + after
    text += FILLER * 100
    shown = redact(clean(whole_lines(cut(text, head, tail))), SECRET)
    assert "hunter2" not in shown
    assert "canary" not in shown
    assert LEFT_OUT in shown
    assert FILLER in shown


def test_what_no_cut_can_touch_stays() -> None:
    """The head, and all that follows the place where it can end."""
    lines = [f"line {number:04}" for number in range(2_000)]
    shown = whole_lines("\n".join(lines)).split("\n")
    assert shown[0] == LEFT_OUT
    assert shown[1:600] == lines[1:600]
    assert shown[-1_100:] == lines[-1_100:]
    assert shown.count(LEFT_OUT) == 2


def test_bytes_that_are_no_text_do_not_shift_it() -> None:
    """Each has become three bytes: the line that the cut went through is found all the same."""
    text = "\ufffd" * 2_000 + "\n" + "x" * 4_100 + "password=hun\n" + FILLER * 200
    assert "password=hun" not in whole_lines(text)


def test_one_line_is_all_or_nothing() -> None:
    """Of an output without line ends nobody can say what is whole."""
    assert whole_lines("x" * 24_000) == LEFT_OUT
