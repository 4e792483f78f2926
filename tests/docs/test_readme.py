"""What the README and its pages say is so."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from bot.catalog import read_catalog
from bot.cli import cli
from bot.domain.invocation import BatchState, State
from bot.domain.refusal import Refusal
from bot.domain.verb import Run
from bot.domain.verbs import VERBS, parse
from bot.settings import VARIABLES, Settings
from bot.slack import manifest
from tests.docs import machine, thread

ROOT = thread.ROOT
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
README = (ROOT / "README.md").read_text()
RUNNING = (ROOT / "docs/running.md").read_text()


def section(text: str, title: str) -> str:
    """What stands under *title*, up to the next title of its rank."""
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    assert found is not None, f"there is no section {title}"
    return found[1]


def first_column(text: str) -> list[str]:
    """The first cells of the tables in *text*, where they are code."""
    return re.findall(r"^\| `([^`]+)`", text, re.MULTILINE)


def code(text: str) -> Iterator[str]:
    """Every line of code: those of blocks, and what stands between backticks."""
    for block in re.findall(r"^ *```(?:sh|text)\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE):
        yield from (line.strip() for line in block.splitlines())
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def test_the_two_commands_come_first() -> None:
    """Before anything else there is to know, with what they need."""
    block = re.search(r"```sh\n(.*?)```", README, re.DOTALL)
    assert block is not None
    assert [line.split("#")[0].strip() for line in block[1].splitlines()] == ["make demo", "make test"]
    assert "Python 3.11, make and git" in README[: block.start()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_are_there(page: Path) -> None:
    """Every `make …` is in the Makefile, and every `python -m bot …` in the command line."""
    lines = list(code(page.read_text()))
    makefile = (ROOT / "Makefile").read_text()
    for goal in (word for line in lines for word in re.findall(r"^make (\w+)", line)):
        assert re.search(rf"^{goal}:", makefile, re.MULTILINE), goal
    group = get_command(cli)
    known = set(getattr(group, "commands"))  # noqa: B009 - typer's Command does not say that it is a group
    for line in lines:
        if call := re.search(r"python -m bot(?: ([a-z-]+))?", line):
            assert call[1] is None or call[1] in known or call[1].startswith("--"), line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_verbs_are_understood(page: Path) -> None:
    """Every `/ecs …` that is complete is one, and what it runs is in the catalogue."""
    catalog = read_catalog(ROOT / "commands")
    given = [line for line in code(page.read_text()) if line.startswith("/ecs ") and "…" not in line]
    bare = {"/ecs run", "/ecs stop", "/ecs role grant", "/ecs role revoke"}
    for line in given:
        if line in bare:
            continue
        verb = parse(line.removeprefix("/ecs ").replace("@olga", "<@U0ONCALL>"))
        assert not isinstance(verb, Refusal), line
        if isinstance(verb, Run):
            assert verb.snippet in catalog.snippets, line
            assert verb.target in catalog.targets, line
            assert {name for name, _ in verb.params} <= {p.name for p in catalog.snippets[verb.snippet].params}, line


def test_every_verb_is_told() -> None:
    """In the order in which help has them."""
    assert tuple(first_column(section(README, "Verbs"))) == VERBS


def test_every_setting_is_told() -> None:
    """The table and .env.example have what is read, in one order."""
    assert tuple(first_column(section(README, "Settings"))) == VARIABLES
    example = (ROOT / ".env.example").read_text()
    assert tuple(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)) == VARIABLES


def test_defaults_are_as_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bot that is started with what is required alone has them."""
    monkeypatch.chdir(ROOT)
    settings = Settings.from_env({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "5ecret"})
    told = dict(re.findall(r"^\| `([A-Z_]+)` \| `([^`]+)` \|", section(README, "Settings"), re.MULTILINE))
    assert told == {
        "SLACK_API_URL": settings.slack_api_url,
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "COMMANDS_DIR": str(settings.commands_dir),
        "PORT": str(settings.port),
        "LOG_LEVEL": settings.log_level,
        "RETAIN_OUTPUTS_DAYS": str(settings.retain_outputs.days if settings.retain_outputs else 0),
        "RETAIN_EVENTS_DAYS": str(settings.retain_events.days if settings.retain_events else 0),
        "RECONCILE_MINUTES": str(settings.reconcile.seconds // 60 if settings.reconcile else 0),
        "ECS_CALLS_PER_MINUTE": str(settings.ecs_calls_per_minute),
    }


def test_the_diagrams_are_what_is_decided() -> None:
    """Every state is there, and an arrow for every way that `decide` takes, and none that it doesn't."""
    diagrams = re.findall(r"```mermaid\n(.*?)```", section(README, "States"), re.DOTALL)
    drawn = [set(re.findall(r"^ +(\S+) --> (\w+)", diagram, re.MULTILINE)) for diagram in diagrams]
    assert machine.kinds() == machine.all_kinds()
    assert drawn == list(machine.ways())
    assert {state for arrow in drawn[0] for state in arrow} == {"[*]", *State}
    assert {state for arrow in drawn[1] for state in arrow} == {"[*]", *BatchState}
    open_states = [*(s for s in State if not s.final), *(s for s in BatchState if not s.final)]
    assert {before for arrows in drawn for before, _ in arrows} == {"[*]", *open_states, State.UNKNOWN}


def test_every_scope_is_justified() -> None:
    """The table has the manifest's scopes and reasons, no more and no less."""
    told = re.findall(r"^\| `([\w:]+)` \| (.+) \|$", section(RUNNING, "The Slack app"), re.MULTILINE)
    assert dict(told) == dict(manifest.WHY)


def test_every_metric_is_told() -> None:
    """And none that is no more."""
    source = ast.parse((ROOT / "bot/metrics.py").read_text())
    names = {str(node.value) for node in ast.walk(source) if isinstance(node, ast.Constant)}
    told = re.findall(r"`(ecs_bot_\w+)`", section(RUNNING, "Health and metrics"))
    assert set(told) == {name for name in names if name.startswith("ecs_bot_")}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every file that is linked is there, and every title in it."""
    for link in re.findall(r"\]\(([^)]+)\)", page.read_text()):
        if link.startswith("https://"):
            continue
        path, _, title = link.partition("#")
        linked = page.parent / path if path else page
        assert linked.exists(), link
        titles = re.findall(r"^#+ (.+)$", linked.read_text(), re.MULTILINE) if title else []
        assert not title or title in {re.sub(r"[^\w -]", "", t.lower()).replace(" ", "-") for t in titles}, link


def test_rooms_are_there() -> None:
    """Every folder that is named, and every folder of the bot."""
    told = first_column(section(README, "How it is built"))
    there = {f"bot/{path.name}" for path in (ROOT / "bot").iterdir() if (path / "__init__.py").exists()}
    assert set(told) == there | {"commands"}


def test_procfile() -> None:
    """The one process there is, started as the README starts it."""
    assert (ROOT / "Procfile").read_text() == "web: python -m bot\n"


def test_changelog() -> None:
    """One line for each visible effect, under a title that Keep a Changelog knows."""
    text = (ROOT / "CHANGELOG.md").read_text()
    assert re.findall(r"^## (.+)$", text, re.MULTILINE)[0] == "Unreleased"
    assert set(re.findall(r"^### (.+)$", text, re.MULTILINE)) <= {"Added", "Changed", "Fixed", "Removed", "Security"}
    entries = section(text, "Unreleased").splitlines()
    assert all(line.startswith(("- ", "### ")) or not line for line in entries)


def test_the_thread_is_what_is_printed() -> None:
    """`python -m tests.docs.thread` writes it anew."""
    command, text = thread.shown()
    assert command[:2] == ["-m", "bot"]
    assert thread.masked(thread.printed(command)) == thread.masked(text)
