"""The parsers take what they are meant for, and all that a guided search has broken them with.

`python -m tests.fuzz.guided` searches, by the branches that an input reaches.
"""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.shapes import TEXT, VALUES, examples, tried
from tests.fuzz.targets import TARGETS

ANY = st.binary(max_size=200) | TEXT.map(str.encode) | VALUES.map(lambda value: json.dumps(value).encode())


@pytest.mark.parametrize("name", TARGETS)
def test_a_parser_reads_what_it_is_meant_for(name: str) -> None:
    """Every example that a search begins with, whole and cut anywhere."""
    for seed in TARGETS[name].seeds:
        for end in {len(seed), *range(0, min(len(seed), 60), 7)}:
            TARGETS[name].read(seed[:end])


@examples(60)
@given(name=st.sampled_from([name for name in TARGETS if name != "catalogue"]), data=ANY)
def test_a_parser_reads_any_bytes(name: str, data: bytes) -> None:
    """What it can't read it says in words."""
    tried["bytes to a parser"] += 1
    TARGETS[name].read(data)
