"""`read_catalog`: every file, then what they say of each other."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from bot.catalog.faults import Faults, key_of
from bot.catalog.files import read_files, toml_files
from bot.catalog.mend import without_faults
from bot.catalog.models import PolicyModel, SnippetModel, TargetModel
from bot.catalog.names import Known
from bot.catalog.policy import read_policy
from bot.catalog.snippets import read_snippet
from bot.catalog.targets import read_target
from bot.domain.catalog import Catalog, Policy, Snippet, Target
from bot.errors import CatalogError

M = TypeVar("M", bound=BaseModel)
R = TypeVar("R")

_TARGETS, _POLICY = "targets", "policy"


def read_catalog(folder: Path) -> Catalog:
    """Read all of *folder*. Raises CatalogError with every fault of every file: file, key, what to mend."""
    faults = Faults(folder.name or str(folder))
    paths = toml_files(folder)
    tables, stems = read_files(paths, faults), {path.stem for path in paths}
    _check_there(stems, faults)
    targets = _targets(tables.pop(_TARGETS, None), faults.of(f"{faults.file}/{_TARGETS}.toml"))
    policy = tables.pop(_POLICY, None)
    names = None if targets is None else targets.keys()
    snippets = {
        name: _snippet(name, table, names, faults.of(f"{faults.file}/{name}.toml")) for name, table in tables.items()
    }
    known = Known(
        snippets=stems - {_TARGETS, _POLICY},
        targets=names,
        envs=None if targets is None or None in targets.values() else {t.env for t in targets.values() if t},
    )
    read = _policy(policy, known, faults.of(f"{faults.file}/{_POLICY}.toml"))
    if faults.found:
        raise CatalogError(sorted(dict.fromkeys(faults.found)))
    return Catalog(
        snippets={name: snippet for name, snippet in snippets.items() if snippet},
        targets={name: target for name, target in (targets or {}).items() if target},
        policy=read or Policy(),
    )


def _check_there(stems: Collection[str], faults: Faults) -> None:
    """The two files that every catalogue has, and one snippet."""
    for stem, what in ((_TARGETS, "names for machines"), (_POLICY, "roles and approvals")):
        if stem not in stems:
            faults.of(f"{faults.file}/{stem}.toml").add("", f"is missing: it holds the {what}")
    if not set(stems) - {_TARGETS, _POLICY}:
        faults.add("", "holds no snippet: add one, such as mem.toml")


def _read(
    model: type[M], table: object, faults: Faults, convert: Callable[[M, Faults, bool], R], *prefix: str
) -> R | None:
    """*table* (at *prefix* of its file) as *convert* makes it of *model*. None: it has faults.

    Where the model finds some, what is left of the table is still converted, for the faults
    that this finds: all are to be said at once.
    """
    try:
        return convert(model.model_validate(table), faults, True)
    except ValidationError as error:
        faults.add_model(error, model, *prefix)
        rest = without_faults(model, table, error)
        if rest is not None:
            more = Faults(faults.file)
            convert(rest, more, False)
            blamed = [f"{faults.file}: {key_of((*prefix, *one['loc']))}" for one in error.errors()]
            faults.found.extend(fault for fault in more.found if not _said(fault, blamed))
        return None


def _said(fault: str, blamed: list[str]) -> bool:
    """Is *fault* about a key that is blamed already, a table that holds one, or what a wrong type led to?"""
    key = ": ".join(fault.split(": ")[:2])
    return any(
        one == key
        or one.startswith((f"{key}.", f"{key}["))
        or (one.endswith(".type") and key.startswith(one.removesuffix("type")))
        for one in blamed
    )


def _targets(table: Mapping[str, Any] | None, faults: Faults) -> dict[str, Target | None] | None:
    """Every name that targets.toml has, with None where its target is faulty; None: the file could not be read."""
    if table is None:
        return None
    if not table:
        faults.add("", "holds no target: add one, such as [web-prod]")
    return {name: _target(name, one, faults) for name, one in table.items()}


def _target(name: str, table: object, faults: Faults) -> Target | None:
    return _read(TargetModel, table, faults, lambda m, f, _: read_target(name, m, f), name)


def _snippet(name: str, table: object, targets: Collection[str] | None, faults: Faults) -> Snippet | None:
    return _read(SnippetModel, table, faults, lambda m, f, whole: read_snippet(name, m, targets, f, whole=whole))


def _policy(table: object, known: Known, faults: Faults) -> Policy | None:
    if table is None:
        return None
    return _read(PolicyModel, table, faults, lambda m, f, _: read_policy(m, known, f))
