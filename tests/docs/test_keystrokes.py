"""What is compared is counted, not guessed."""

from pathlib import Path

from bot.domain.verb import Run
from bot.domain.verbs import parse

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/keystrokes.md").read_text()


def typed(first: str) -> list[str]:
    """The lines in code that begin with *first*."""
    return [line for line in PAGE.splitlines() if line.startswith(first)]


def test_characters_are_counted() -> None:
    """Of each way, with an Enter for each line; the page and the README tell the same."""
    readme = (ROOT / "README.md").read_text()
    (line,) = typed("/ecs run ")
    assert isinstance(parse(line.removeprefix("/ecs ")), Run)
    calls = typed("aliyun ecs ")
    for number in (len(line) + 1, sum(len(call) + 1 for call in calls)):
        assert f"{number} characters" in PAGE
        assert f"{number} characters" in readme
    script = "journalctl -u nginx -n 200 --no-pager"
    assert script in PAGE
    assert f"{len(script)} characters" in readme
    assert len(calls) == 3
