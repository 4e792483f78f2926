"""What a run is called in the cloud, and how a person would ask for it again."""

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.invocation import command_line
from bot.domain.verb import Run
from bot.domain.verbs import parse
from bot.usecases.dispatch import client_token, run_name
from bot.usecases.run import new_id
from tests.unit.domain.given import asked


@given(st.text(max_size=80), st.integers(1, 9999))
def test_tokens(request_key: str, no: int) -> None:
    """At most 64 ASCII characters; the same for the same batch, another for any other."""
    inv = replace(asked(), id=new_id(), request_key=request_key)
    token = client_token(inv, no)
    assert re.fullmatch(r"[!-~]{1,64}", token)
    assert token == client_token(replace(inv, version=9, note="later"), no)
    others = {client_token(inv, no + 1), client_token(replace(inv, request_key=request_key + "x"), no)}
    assert token not in others | {client_token(replace(inv, id=new_id()), no)}


def test_names_of_runs() -> None:
    """The agent makes a path of it."""
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,60}", run_name(new_id(), 123))


LINE = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=40)


@given(
    st.lists(st.tuples(st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True), LINE), max_size=3, unique_by=lambda p: p[0]),
    LINE,
)
def test_a_command_line_is_read_back(params: list[tuple[str, str]], reason: str) -> None:
    """As it was, whatever is in its values."""
    params = [(name, value) for name, value in params if name not in {"reason", "help", "break_glass"}]
    line = command_line("mem", "web-prod", params, reason)
    assert "\n" not in line
    read = parse(line)
    again = [parse(command_line("mem", "web-prod", read.params, read.reason))] if isinstance(read, Run) else []
    assert isinstance(read, Run), (line, read)
    assert again == [read]
    assert [name for name, _ in read.params] == [name for name, _ in params]
