"""The walk leaves nothing out: who adds a builder, or words that a builder uses, adds them to the walk."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from bot.slack import messages
from tests.limits import asked, told

FOLDER = Path(messages.__file__).parent
BOT = FOLDER.parents[1]
WALKS = {**told.WALKS, **asked.WALKS}

PRODUCTS = frozenset({"Rendered", "View", "OutputFile", "list[OutputFile]", "list[dict[str, Any]]"})
"""What a builder returns whose work leaves the bot as it is."""

READERS = frozenset(
    {"actions.read", "builder.beside", "builder.uncarried", "more.chosen", "strays.until"}
    | {"refusals.plain", "refusals.unmarked"}
)
"""They read what came back from Slack, or are said beside a field (`test_fields`)."""


@cache
def defined() -> dict[str, ast.stmt]:
    """Whatever has a name in the modules of messages, by `module.NAME`."""
    return {
        f"{path.stem}.{name}": node
        for path in sorted(FOLDER.glob("*.py"))
        for node in ast.parse(path.read_text()).body
        for name in _names(node)
    }


def _names(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.FunctionDef() | ast.ClassDef():
            yield node.name
        case ast.Assign(targets=targets):
            yield from (name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name


def products() -> set[str]:
    """Public functions whose answer is sent, and messages that are always the same."""
    found = set()
    for name, node in defined().items():
        match node:
            case ast.FunctionDef(name=called, returns=ast.expr() as returns):
                sent = not called.startswith("_") and ast.unparse(returns) in PRODUCTS
            case ast.Assign(value=ast.Call(func=ast.Name(id="Rendered"))):
                sent = True
            case _:
                sent = False
        found |= {name} if sent else set()
    return found


def uses(name: str) -> Iterator[str]:
    """What of the messages stands in the definition of *name*."""
    module = name.partition(".")[0]
    known = {one.partition(".")[2]: one for one in defined() if one.startswith(f"{module}.")} | _imported(module)
    for node in ast.walk(defined()[name]):
        if isinstance(node, ast.Name) and node.id in known:
            yield known[node.id]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{known.get(node.value.id, '')}.{node.attr}"


@cache
def _imported(module: str) -> dict[str, str]:
    """Names in *module* of what is defined in others; of modules themselves, `kit`: `kit`."""
    found: dict[str, str] = {}
    for node in ast.parse((FOLDER / f"{module}.py").read_text()).body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(messages.__name__):
            home = node.module.removeprefix(messages.__name__).lstrip(".")
            found |= {one.asname or one.name: f"{home}.{one.name}".lstrip(".") for one in node.names}
    return found


def test_every_builder_is_walked() -> None:
    """And there is none in the walk that is not there any more."""
    assert set(WALKS) == products()


def test_every_part_of_a_message_is_walked() -> None:
    """Whatever is defined beside the builders is a part of what they build, or reads what comes back."""
    reached, ahead = set[str](), {*WALKS, *READERS}
    while ahead:
        reached |= ahead
        ahead = {part for name in ahead for part in uses(name) if part in defined()} - reached
    functions = {name for name, node in defined().items() if isinstance(node, ast.FunctionDef)}
    assert functions - reached == set()
    assert functions >= READERS


def test_nobody_else_makes_messages() -> None:
    """Every word that the bot says is in one place; listeners and workers pass on what they were given."""
    others = (path for path in BOT.rglob("*.py") if path.parent != FOLDER)
    assert [path for path in others if re.search(r"\bRendered\(", path.read_text())] == []
