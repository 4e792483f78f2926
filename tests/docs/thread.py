"""The thread in the README: what its command prints. `python -m tests.docs.thread` writes it there anew."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
_BLOCK = re.compile(r"<!-- thread: python (?P<command>.+?) -->\n```text\n(?P<text>.*?)```\n<!-- /thread -->", re.DOTALL)


def shown() -> tuple[list[str], str]:
    """The command, as words after `python`, and what the README says that it prints."""
    found = _BLOCK.search(README.read_text())
    assert found is not None, "the README has no thread"
    return shlex.split(found["command"]), found["text"]


def printed(command: list[str]) -> str:
    """What it prints now."""
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=True)
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())


def masked(text: str) -> str:
    """*text* without what is different every time: the time of day, ids, digests, durations."""
    for pattern, word in (
        (r"\b\d\d:\d\d\b", "hh:mm"),
        (r"\b(id|id is|plan) [0-9a-z]{7,8}\b", r"\1 …"),
        (r"\b\d+(\.\d+)? s\b", "… s"),
    ):
        text = re.sub(pattern, word, text)
    return text


def main() -> None:
    """Write it anew."""
    command, _ = shown()
    text = README.read_text()
    found = _BLOCK.search(text)
    assert found is not None
    README.write_text(text[: found.start("text")] + printed(command) + text[found.end("text") :])


if __name__ == "__main__":
    main()
