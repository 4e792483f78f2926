"""A search guided by coverage through the parsers: `python -m tests.fuzz.guided --minutes 10`.

It needs atheris, which is no dependency of the project: `pip install atheris` into an environment of its own that has
the project's packages too. Each parser has its share of the time, in a process of its own; an input that breaks one
is kept, and named.
"""

import argparse
import json
import logging
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

FIGURES = Path(__file__).parent / "guided.json"
LONGEST = 4_096
"""Bytes of an input."""

_DONE = re.compile(r"stat::number_of_executed_units:\s+(\d+)")
_COVERED = re.compile(r"cov: (\d+)")


def say(*words: object) -> None:
    """One line, at once."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def searched(name: str, seconds: int, kept: Path) -> dict[str, Any]:
    """What a search of so many *seconds* through the parser *name* came to; what broke it is in *kept*."""
    with tempfile.TemporaryDirectory(prefix="ecs-fuzz-") as corpus:
        from tests.fuzz.targets import TARGETS

        for number, seed in enumerate(TARGETS[name].seeds):
            Path(corpus, str(number)).write_bytes(seed)
        options = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-print_final_stats=1", "-timeout=20"]
        options += ["-rss_limit_mb=2048", f"-artifact_prefix={kept}/{name.replace(' ', '-')}-", corpus]
        program = [sys.executable, "-m", "tests.fuzz.guided", "--search", name, *options]
        end = subprocess.run(program, capture_output=True, text=True, errors="replace", check=False)
    said = end.stdout + end.stderr
    done, covered = _DONE.findall(said), _COVERED.findall(said)
    found = {"executions": int(done[-1]) if done else 0, "covered": int(covered[-1]) if covered else 0}
    if end.returncode:
        say(f"FAILED: {name}\n{said[-3000:]}")
    return {**found, "seconds": seconds, "failed": end.returncode != 0}


def totals(by: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The last search through each parser, and all of them together."""
    return {
        "by": by,
        "executions": sum(one["executions"] for one in by.values()),
        "minutes": round(sum(one["seconds"] for one in by.values()) / 60, 1),
        "failed": [name for name, one in by.items() if one["failed"]],
    }


def search(name: str, options: list[str]) -> None:
    """One search, in this process; does not return."""
    import atheris  # type: ignore[import-untyped, import-not-found, unused-ignore]  # no dependency of the project's

    with atheris.instrument_imports(include=["bot", "tests.fuzz.targets"]):
        from tests.fuzz.targets import TARGETS

    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    atheris.Setup([sys.argv[0], *options], TARGETS[name].read)
    atheris.Fuzz()


def main() -> int:
    """Search through every parser, and say what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.guided", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--only", default="", help="one parser")
    parser.add_argument("--kept", type=Path, default=Path(tempfile.gettempdir(), "ecs-fuzz-found"))
    parser.add_argument("--report", action="store_true", help="write down how far it came")
    parser.add_argument("--search", default="", help=argparse.SUPPRESS)
    args, options = parser.parse_known_args()
    if args.search:
        search(args.search, options)
    from tests.fuzz.targets import TARGETS

    args.kept.mkdir(exist_ok=True)
    names = [args.only] if args.only else list(TARGETS)
    seconds = max(int(args.minutes * 60 / len(names)), 1)
    by = {}
    for name in names:
        by[name] = searched(name, seconds, args.kept)
        say(name, by[name])
    failed = [name for name, one in by.items() if one["failed"]]
    if args.report:
        known = json.loads(FIGURES.read_text())["by"] if FIGURES.exists() else {}
        figures = totals({name: one for name, one in (known | by).items() if name in TARGETS})
        FIGURES.write_text(json.dumps(figures, indent=2, sort_keys=True) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
