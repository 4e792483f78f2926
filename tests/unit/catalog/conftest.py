"""A small catalogue that is right, to be spoiled file by file."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.catalog import read_catalog
from bot.errors import CatalogError

GOOD = {
    "targets.toml": """
        [web-prod]
        env = "prod"
        region = "cn-hangzhou"
        tags = { app = "web" }
        [db-prod]
        env = "prod"
        region = "cn-hangzhou"
        instances = ["i-bp1a"]
    """,
    "policy.toml": """
        [roles.oncall]
        run = [{ snippets = ["*"], targets = ["web-*"] }]
        [roles.approver]
        approve = [{ snippets = ["*"], targets = ["*"] }]
        [roles.admin]
        manage_roles = true
        [[approvals]]
        risk = ["high"]
        roles = ["approver"]
        expires = "30m"
        reason = true
    """,
    "mem.toml": """
        summary = "Memory"
        risk = "low"
        [linux]
        script = "cat /proc/meminfo"
    """,
}

Write = Callable[[str, str], None]
FaultsOf = Callable[[], list[str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A catalogue without a fault."""
    place = tmp_path / "commands"
    place.mkdir()
    for name, text in GOOD.items():
        (place / name).write_text(text)
    return place


@pytest.fixture
def write(folder: Path) -> Write:
    """Add or replace one file."""

    def act(name: str, text: str) -> None:
        (folder / name).write_text(text)

    return act


@pytest.fixture
def faults(folder: Path) -> FaultsOf:
    """Every fault of the catalogue as it is now; none where it can be read."""

    def act() -> list[str]:
        try:
            read_catalog(folder)
        except CatalogError as error:
            return list(error.faults)
        return []

    return act
