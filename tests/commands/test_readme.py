"""commands/README.md says what is true."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from bot.catalog import models, read_catalog
from bot.domain.snippet import bind
from bot.errors import CatalogError
from tests.commands.conftest import ROOT

README = (ROOT / "commands" / "README.md").read_text()
MODELS = [
    model
    for model in vars(models).values()
    if isinstance(model, type) and issubclass(model, models.Strict) and model is not models.Strict
]


@pytest.mark.parametrize("model", MODELS)
def test_every_key_is_in_a_table_and_in_an_example(model: type[BaseModel]) -> None:
    """Whoever adds a key to the models adds its line, and shows it."""
    examples = "\n".join(re.findall(r"```toml\n(.*?)```", README, re.DOTALL))
    for key in models.keys_of(model):
        row = rf"^\|[^\n]*`\[{{0,2}}{key}[`\]]" if key != "script" else r"`script`"
        assert re.search(row, README, re.MULTILINE) or f"[[{key}]]" in README or f"[{key}." in README, key
        assert re.search(rf"(?:^|[{{,\[] ?){key}(?: =|\.|\]|\b)", examples, re.MULTILINE), key


def test_its_examples_are_a_catalogue(tmp_path: Path) -> None:
    """They load together, and the snippet's parameters can be given as its tables say."""
    folder = tmp_path / "commands"
    folder.mkdir()
    for name, text in re.findall(r"```toml\n# commands/([a-z-]+\.toml)\n(.*?)```", README, re.DOTALL):
        (folder / name).write_text(text)
    assert README.count("```toml") == len(list(folder.iterdir())) == 3
    catalog = read_catalog(folder)
    assert bind(
        catalog.snippets["journal"], [("unit", "nginx"), ("since", "1h30m"), ("utc", "yes"), ("lines", "007")]
    ) == (
        ("unit", "nginx"),
        ("lines", "7"),
        ("since", "5400"),
        ("level", "info"),
        ("utc", "true"),
    )


def test_the_faults_that_it_quotes_are_said_so(tmp_path: Path) -> None:
    """Word for word, up to the dots."""
    folder = tmp_path / "commands"
    folder.mkdir()
    for name in ("targets.toml", "policy.toml"):
        text = re.search(rf"```toml\n# commands/{name}\n(.*?)```", README, re.DOTALL)
        assert text
        (folder / name).write_text(text[1].replace('"journal"', '"logs"'))
    (folder / "logs.toml").write_text(
        'summary = "x"\nrisk = "low"\n[params.lines]\ntype = "integer"\nmin = "1"\n[linux]\nscript = "$lines"'
    )
    (folder / "disk.toml").write_text('summary = "x"\nrisk = "low"\ntimout = "9s"\n[linux]\nscript = "df"')
    with pytest.raises(CatalogError) as caught:
        read_catalog(folder)
    for line in re.findall(r"^    (commands/.*)$", README, re.MULTILINE):
        assert line.split("…")[0].rstrip() in str(caught.value)
