"""What Slack sends is turned back into what was typed."""

import pytest

from bot.domain.refusal import Refusal, Why
from bot.domain.text import LENGTH_LIMIT, clean, tidy


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("a &amp; b &lt;c&gt;", "a & b <c>"),
        ("&amp;lt;", "&lt;"),
        ("&quot;", "&quot;"),
        ("<@U1|ann>", "U1"),
        ("<@W1>", "W1"),
        ("<#C1|ops>", "C1"),
        ("<#C1|>", "C1"),
        ("<!subteam^S1|@oncall>", "S1"),
        ("<!subteam^S1>", "S1"),
        ("<!here>", "@here"),
        ("<!channel|@channel>", "@channel"),
        ("<!date^1392734382^{date}|18 Feb>", "18 Feb"),
        ("<http://web.prod|web.prod>", "web.prod"),
        ("<http://x>", "http://x"),
        ("<https://x/?a=1&amp;b=2|x/?a=1&amp;b=2>", "x/?a=1&b=2"),
        ("<mailto:a@b|a@b>", "a@b"),
        ("<mailto:a@b>", "a@b"),
        ("<tel:5551234|555-1234>", "555-1234"),
        ("&lt;@U1&gt;", "<@U1>"),
        ("<nothing known>", "<nothing known>"),
        ("a < b > c", "a < b > c"),
        ("<>", "<>"),
    ],
)
def test_markup_and_entities_become_what_was_typed(sent: str, typed: str) -> None:
    """Ids for mentions, labels for links, each entity decoded exactly once."""
    assert clean(sent) == typed


@pytest.mark.parametrize("space", ["\u00a0", "\u2003", "\u202f", "\u3000", "\u2028", "\t", "\n", "\r"])
def test_every_space_is_a_plain_one(space: str) -> None:
    """NBSP comes with pasted code, the wide space with Chinese input, line breaks with pasted lists."""
    assert clean(f"run{space}mem") == "run mem"


@pytest.mark.parametrize("unseen", ["\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u202e", "\u2066"])
def test_invisible_characters_are_gone(unseen: str) -> None:
    """An approver would read another text than the one that is sent."""
    assert clean(f"ngi{unseen}nx") == "nginx"


@pytest.mark.parametrize("line", ["`run mem`", "```run mem```", "```\nrun mem\n```", " `run mem` "])
def test_a_line_pasted_as_code_loses_its_backticks(line: str) -> None:
    """Slack keeps them in what it sends."""
    assert clean(line) == "run mem"


def test_backticks_around_two_words_are_left_to_the_words() -> None:
    """They don't enclose the whole line."""
    assert clean("`run` `mem`") == "`run` `mem`"


@pytest.mark.parametrize(
    ("raw", "shown", "value"),
    [
        ("run m\x07em", "run m␇em", "U+0007"),
        ("run m\x00em", "run m␀em", "U+0000"),
        ("run m\x7fem", "run m\ufffdem", "U+007F"),
        ("run m\ud800em", "run m\ufffdem", "U+D800"),
    ],
)
def test_a_control_character_is_pointed_at_by_its_picture(raw: str, shown: str, value: str) -> None:
    """The refusal's text can be shown: it has no control character itself."""
    assert clean(raw) == Refusal(Why.CONTROL_CHARACTER, text=shown, at=5, value=value)


def test_length_is_limited() -> None:
    """4,000 characters are read, one more is refused."""
    assert clean("x" * LENGTH_LIMIT) == "x" * LENGTH_LIMIT
    assert clean("x" * 4_001) == Refusal(Why.TOO_LONG, limit=4_000, size=4_001)


def test_tidy_leaves_markup_and_ends_alone() -> None:
    """Fields of forms come without Slack's escaping."""
    assert tidy(" a\u00a0&amp;\n<@U1>\u200b ") == " a &amp; <@U1> "
