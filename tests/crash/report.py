"""docs/reliability.md, written from what the suites measured and from what tests there are."""

import ast
import json
import statistics
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "reliability.md"
SUITES = (
    ("tests/crash", "Killed, starved, refused"),
    ("tests/fuzz", "Anything at all"),
    ("tests/scenarios/test_restart.py", "Restarts"),
    ("tests/workers/test_reconciler.py", "Runs in ECS that the database does not know"),
    ("tests/scenarios/test_strays.py", "A database from a backup"),
    ("tests/scenarios/test_ecs_faults.py", "Faults of ECS"),
    ("tests/scenarios/test_slack_faults.py", "Faults of Slack"),
    ("tests/scenarios/test_forged_requests.py", "Forged requests"),
    ("tests/scenarios/test_forged_presses.py", "Forged presses"),
    ("tests/cloud/test_faults.py", "What the wire to ECS does wrong"),
    ("tests/workers/test_looper.py", "Workers that break"),
    ("tests/workers/test_turnstile.py", "Messages that a death may double"),
    ("tests/machine/test_approvals_hold.py", "Anybody presses anything, and the process dies"),
    ("tests/replicas/test_three_replicas.py", "Several replicas"),
    ("tests/store/test_away.py", "A database that is away"),
    ("tests/store/test_opening.py", "A database that is corrupt, older, newer, or not ours"),
    ("tests/store/test_backup.py", "Backup"),
    ("tests/store/test_retention.py", "Old outputs"),
)
PER_LIFE = 25
BEGIN, END = "<!-- figures: python -m tests.crash --report -->", "<!-- end -->"


def cases_of(path: Path) -> list[tuple[str, str]]:
    """Every test of a file, with the first line of what it says of itself."""
    tree = ast.parse(path.read_text())
    found = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [(n.name, (ast.get_docstring(n) or "").split("\n")[0]) for n in found if n.name.startswith("test_")]


def listed() -> list[str]:
    """Lines that name every test of the suites."""
    lines: list[str] = []
    for where, title in SUITES:
        place = ROOT / where
        files = sorted(place.glob("test_*.py")) if place.is_dir() else [place]
        lines += ["", f"### {title}", ""]
        for file in files:
            for name, says in cases_of(file):
                words = name.removeprefix("test_").replace("_", " ")
                lines.append(f"- `{file.relative_to(ROOT)}`: {words}{f' — {says}' if says else ''}")
    return lines


def figures() -> list[str]:
    """The table, from what was measured last."""
    crash, fuzz, memory = _read("crash/figures.json"), _read("fuzz/figures.json"), _read("crash/memory.json")
    guided = _read("fuzz/guided.json")
    rows = [
        ("Machine", f"{crash.get('machine', 'not measured')}, shared with other work"),
        *_totals(crash, fuzz, guided),
    ]
    for story, one in crash.get("matrix", {}).items():
        whole = "to the end of the story" if one["whole"] else "as far as the time allowed"
        often = "at every step" if one["every"] == 1 else f"at one step in {one['every']}"
        rows += [
            (f"Deaths in {story}", f"{one['deaths']}, {often}, {whole}"),
            ("… until all was over", _span(one["median"], one["worst"])),
            ("… broken invariants; messages doubled", f"{len(one['failed'])}; {_words(one['doubled'])}"),
        ]
    for name, what in (("kills", "Kills over mixed work"), ("replicas", "Kills among three replicas on PostgreSQL")):
        if not (kills := crash.get(name, {})):
            continue
        lives = kills["kills"] // PER_LIFE + len(kills["failed"])
        rows += [
            (what, f"{kills['kills']} in {lives} lives"),
            ("… invocations; of them promised", f"{kills['invocations']}; {kills['promised']}"),
            ("… doings that Slack called failed", f"{kills['unacknowledged']}"),
            ("… until it served again", _span(kills["serving_median"], kills["serving_worst"])),
            ("… until what moved had ended, over further kills", _span(kills["ended_median"], kills["ended_worst"])),
            ("… lives with anything lost, run twice, or untrue", f"{len(kills['failed'])}"),
            ("… messages doubled", _words(kills["doubled"])),
        ]
    if fuzz:
        rows += [
            ("Examples fuzzed", f"{fuzz['examples']:,} in {fuzz['minutes']} minutes"),
            ("… fuzzers that failed", f"{len(fuzz['failed'])}"),
        ]
    if guided:
        rows += [
            (
                f"Inputs to {len(guided['by'])} parsers, searched by coverage",
                f"{guided['executions']:,} in {guided['minutes']} minutes",
            ),
            ("… parsers that broke", f"{len(guided['failed'])}"),
        ]
    if memory:
        rows += [
            (
                "Runs in flight, with 24 KB of output each",
                f"{memory['invocations']:,}, all read in {memory['seconds']} s",
            ),
            ("… memory", f"{memory['before']} MB before, {memory['peak']} MB at most, {memory['after']} MB after"),
        ]
    return ["", "| What | How much |", "|---|---|", *(f"| {what} | {much} |" for what, much in rows)]


def _totals(crash: dict[str, Any], fuzz: dict[str, Any], guided: dict[str, Any]) -> list[tuple[str, str]]:
    """All of it in a few lines."""
    stories = list(crash.get("matrix", {}).values())
    lives = [part for name in ("kills", "replicas") if (part := crash.get(name, {}))]
    died = sum(one["deaths"] for one in stories) + sum(one["kills"] for one in lives)
    wrong = sum(len(one["failed"]) for one in [*stories, *lives])
    medians, worst = [one["median"] for one in stories], max([one["worst"] for one in stories], default=0)
    return [
        ("Faults injected", f"{len([line for line in listed() if line.startswith('- ')])} kinds, each a test below"),
        ("Kills, over all", f"{died}; worlds in which something was lost, run twice or untrue: {wrong}"),
        ("Time to recover from a death, with all that it left done", _span(statistics.median(medians or [0]), worst)),
        ("Requests and inputs fuzzed", f"{fuzz.get('examples', 0) + guided.get('executions', 0):,}"),
    ]


def written(document: str) -> str:
    """*document* with its figures and its list as they are now."""
    head, _, rest = document.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return "\n".join([head + BEGIN, *figures(), *listed(), "", END]) + tail


def write() -> None:
    """Bring the document up to date."""
    DOCUMENT.write_text(written(DOCUMENT.read_text()))


def _read(name: str) -> dict[str, Any]:
    path = ROOT / "tests" / name
    return dict(json.loads(path.read_text())) if path.exists() else {}


def _span(median: float, worst: float) -> str:
    return f"{median:.1f} s (median), {worst:.1f} s (worst)"


def _words(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())) or "none"
