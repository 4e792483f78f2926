"""Shapes of what may arrive: close to the real thing, and far from it."""

import os
from collections import Counter
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from bot.domain.verbs import VERBS

tried: Counter[str] = Counter()
"""How many examples each fuzzer was given."""


def examples(few: int) -> settings:
    """*few* examples in CI, and many outside of it."""
    return settings(max_examples=int(os.environ.get("FUZZ_EXAMPLES", few)), deadline=None)


WORDS = (
    *VERBS,
    "mem",
    "logs",
    "restart",
    "web-prod",
    "web-staging",
    "nosuch",
    "--service",
    "--lines",
    "--reason",
    "--for",
    "nginx",
    "20",
    "-1",
    "1e99",
    "<@U0ONCALL>",
    "<@U0STRANGER|sam>",
    "<#C0OPS|>",
    "oncall",
    "8h",
    '"',
    "'",
    "“",
    "—",
    "\\",
    "$(reboot)",
    "`id`",
    "{{oos-secret:x}}",
    "<!channel>",
    "\x00",
    "\u202e",
    "🔥",
)
TEXT = st.one_of(st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join), st.text(max_size=120))

HALVES = st.text(st.characters(), max_size=30)
"""Any text, also with halves of surrogate pairs: JSON can bring them, a form can't."""

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30) | HALVES
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def mutated(draw: st.DrawFn, whole: Any) -> Any:
    """*whole*, of which up to three parts, at any depth, are gone, replaced, or doubled."""
    for _ in range(draw(st.integers(1, 3))):
        whole = _mutated(draw, whole)
    return whole


def _mutated(draw: st.DrawFn, value: Any) -> Any:
    if isinstance(value, dict) and value and draw(st.integers(0, 5)):
        key = draw(st.sampled_from(sorted(value)))
        if draw(st.integers(0, 4)) == 0:
            return {name: inner for name, inner in value.items() if name != key}
        return {**value, key: _mutated(draw, value[key])}
    if isinstance(value, list) and value and draw(st.integers(0, 5)):
        at = draw(st.integers(0, len(value) - 1))
        if draw(st.integers(0, 4)) == 0:
            return [*value, value[at]]
        return [*value[:at], _mutated(draw, value[at]), *value[at + 1 :]]
    return draw(VALUES)
