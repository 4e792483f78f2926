"""`read_catalog`: every file, then what they say of each other."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from bot.catalog.faults import Faults
from bot.catalog.files import read_files
from bot.catalog.models import PolicyModel, SnippetModel, TargetsModel
from bot.catalog.policy import Known, read_policy
from bot.catalog.snippets import read_snippet
from bot.catalog.targets import read_target
from bot.domain.catalog import Catalog, Policy, Snippet, Target
from bot.errors import CatalogError

M = TypeVar("M", bound=BaseModel)

_TARGETS, _POLICY = "targets", "policy"


def read_catalog(folder: Path) -> Catalog:
    """Read all of *folder*. Raises CatalogError with every fault of every file: file, key, what to mend."""
    faults = Faults(folder.name or str(folder))
    tables = read_files(folder, faults)
    if folder.is_dir():
        _check_there(folder, faults)
    targets = _targets(tables.pop(_TARGETS, None), faults.of(f"{faults.file}/{_TARGETS}.toml"))
    policy = tables.pop(_POLICY, None)
    names = None if targets is None else targets.keys()
    snippets = {name: _snippet(name, table, names, faults) for name, table in tables.items()}
    known = Known(
        snippets={path.stem for path in folder.glob("*.toml")} - {_TARGETS, _POLICY},
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


def _check_there(folder: Path, faults: Faults) -> None:
    """The two files that every catalogue has, and one snippet."""
    stems = {path.stem for path in folder.glob("*.toml")}
    for stem, what in ((_TARGETS, "names for machines"), (_POLICY, "roles and approvals")):
        if stem not in stems:
            faults.of(f"{faults.file}/{stem}.toml").add("", f"is missing: it holds the {what}")
    if not stems - {_TARGETS, _POLICY}:
        faults.add("", "holds no snippet: add one, such as mem.toml")


def _model(model: type[M], table: object, faults: Faults, skip: int = 0) -> M | None:
    try:
        return model.model_validate(table)
    except ValidationError as error:
        faults.add_model(error, model, skip)
        return None


def _targets(table: Mapping[str, Any] | None, faults: Faults) -> dict[str, Target | None] | None:
    """Every name that targets.toml has, with None where its target is faulty; None: the file could not be read."""
    if table is None:
        return None
    if not table:
        faults.add("", "holds no target: add one, such as [web-prod]")
    found: dict[str, Target | None] = {}
    for name, one in table.items():
        model = _model(TargetsModel, {"targets": {name: one}}, faults, skip=1)
        found[name] = read_target(name, model.targets[name], faults) if model else None
    return found


def _snippet(name: str, table: object, targets: Any, faults: Faults) -> Snippet | None:
    mine = faults.of(f"{faults.file}/{name}.toml")
    model = _model(SnippetModel, table, mine)
    return read_snippet(name, model, targets, mine) if model else None


def _policy(table: object, known: Known, faults: Faults) -> Policy | None:
    model = None if table is None else _model(PolicyModel, table, faults)
    return read_policy(model, known, faults) if model else None
