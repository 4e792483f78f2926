"""Whatever the files hold: a catalogue or faults, never a traceback."""

import json
from datetime import UTC, date, time, timedelta, timezone
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.catalog import models, read_catalog
from bot.errors import CatalogError
from tests.unit.catalog.conftest import GOOD

MODELS = [model for model in vars(models).values() if hasattr(model, "model_fields")]
KEYS = sorted({key for model in MODELS for key in models.keys_of(model)} | {"x", "web-prod"})
TIMES = ("Mon", "09:00", "Fri 18:00 - Mon 08:00", "Asia/Shanghai", "UTC", "dm", "C024BE91L", "#ops")
LEAVES = st.one_of(
    st.sampled_from(
        [
            "",
            "*",
            "low",
            "60s",
            "prod",
            "cn-hangzhou",
            "integer",
            "choice",
            "string",
            "^a$",
            "(",
            "web-prod",
            "é",
            *TIMES,
        ]
    ),
    st.datetimes(timezones=st.sampled_from([None, UTC, timezone(timedelta(hours=8))])),
    st.dates(),
    st.times(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
)
VALUES = st.recursive(
    LEAVES, lambda more: st.one_of(st.lists(more, max_size=3), st.dictionaries(st.sampled_from(KEYS), more, max_size=5))
)
TABLES = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6)


def toml(value: Any) -> str:
    """*value* as TOML's inline form."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, (date, time)):
        return value.isoformat()
    return repr(value) if isinstance(value, float) else json.dumps(value)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted(GOOD)), table=TABLES, added=st.booleans())
def test_any_table(folder: Path, name: str, table: dict[str, Any], added: bool) -> None:
    """Known keys with any values, alone or in front of a good file."""
    text = "".join(f"{json.dumps(key)} = {toml(value)}\n" for key, value in table.items())
    for good, content in GOOD.items():
        (folder / good).write_text(content)
    (folder / name).write_text(text + (GOOD[name] if added else ""))
    said: tuple[str, ...] = ("commands: none",)
    try:
        read_catalog(folder)
    except CatalogError as error:
        said = error.faults
    assert said
    assert all(fault.startswith("commands") for fault in said)
