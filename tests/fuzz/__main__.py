"""The fuzzers for longer: `python -m tests.fuzz --minutes 10`; `--report` writes down how far they came."""

import argparse
import json
import os
import sys
import time
from pathlib import Path

import pytest

FIGURES = Path(__file__).parent / "figures.json"


class Count:
    """Counts what was tried: the examples of every test that ended well, and the tests that did not."""

    def __init__(self) -> None:
        self.failed: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One test has ended, or broken off."""
        if report.failed:
            self.failed.append(report.nodeid)


def main() -> int:
    """Run the fuzzers with fresh examples until the time is over."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--report", action="store_true")
    args = parser.parse_args()
    began, count, rounds = time.monotonic(), Count(), 0
    os.environ["FUZZ_EXAMPLES"] = "500"
    while time.monotonic() - began < args.minutes * 60 and not count.failed:
        rounds += 1
        pytest.main(
            [
                "-q",
                "-p",
                "no:cacheprovider",
                "--timeout=3600",
                "--hypothesis-profile=search",
                f"--hypothesis-seed={rounds}",
                str(Path(__file__).parent),
            ],
            [count],
        )
    from tests.fuzz.shapes import tried

    seconds = time.monotonic() - began
    figures = {"examples": tried.total(), "by": dict(tried), "minutes": round(seconds / 60, 1), "failed": count.failed}
    sys.stdout.write(f"{figures}\n")
    if args.report:
        FIGURES.write_text(json.dumps(figures, indent=2, sort_keys=True) + "\n")
    return 1 if count.failed else 0


if __name__ == "__main__":
    sys.exit(main())
