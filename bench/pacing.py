"""The rows about how late ends are seen, how many calls that takes, and what it costs."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench import lateness, rivals
from bench.calls import Calls
from bench.fleet import Fleet
from bench.lateness import Region
from bench.rows import Row
from bench.stats import percentile

ALONE, MANY = 1, (20, 50)
RUNS = {1: 600, 20: 3_000, 50: 3_000}
SEED = 7


@dataclass(frozen=True)
class Pacing:
    """The bot alone and among many, and the others on the same mix."""

    regions: dict[int, Region]
    unlearnt: Region
    rivals: dict[str, rivals.Waited]


def measure() -> Pacing:
    """On a simulated clock; about a minute."""
    regions = {number: lateness.simulate(number, runs, seed=SEED) for number, runs in RUNS.items()}
    unlearnt = lateness.simulate(20, RUNS[20], learns=False, seed=SEED)
    return Pacing(regions, unlearnt, rivals.measure(20_000, SEED))


def rows(found: Pacing, calls: tuple[Calls, Calls], fleets: Sequence[Fleet]) -> list[Row]:
    """All of them."""
    return [*_alone(found), *_many(found), *_rivals(found), *_calls(*calls), *_fleets(fleets)]


def _alone(found: Pacing) -> list[Row]:
    region = found.regions[ALONE]
    short = [one.late for one in region.found if one.took < 60]
    past = max(one.late - 0.05 * one.took for one in region.found)
    mean = sum(short) / len(short)
    return [
        Row(
            "one at a time: end → seen, mean of runs under a minute",
            _s(mean),
            "≤ 0.35 s",
            mean <= 0.35,
            _beside(found, region),
            key=True,
        ),
        Row(
            "one at a time: the latest, past a twentieth of the run's length",
            _s(past),
            "≤ 0.35 s",
            past <= 0.35,
            f"p95 of all {_s(percentile([one.late for one in region.found], 0.95))}",
        ),
    ]


def _many(found: Pacing) -> list[Row]:
    shown = []
    for number in MANY:
        region = found.regions[number]
        late = [one.late for one in region.found]
        mean, worst, calls = sum(late) / len(late), percentile(late, 0.95), _each(region)
        met = mean <= 0.35 and worst <= 0.8 and calls <= 2
        what = f"{number} in flight: end → seen, mean · p95 · describe calls a run"
        aim = "≤ 0.35 s · ≤ 0.8 s · ≤ 2"
        shown.append(
            Row(what, f"{_s(mean)} · {_s(worst)} · {calls:.2f}", aim, met, _beside(found, region), key=number == 20)
        )
    late = [one.late for one in found.unlearnt.found]
    mean, worst = sum(late) / len(late), percentile(late, 0.95)
    what = "20 in flight, where nothing was learnt yet: the same"
    return [*shown, Row(what, f"{_s(mean)} · {_s(worst)} · {_each(found.unlearnt):.2f}")]


def _rivals(found: Pacing) -> list[Row]:
    return [
        Row(
            f"{name}: end → seen, mean · p50 · p95 · calls a run",
            f"{_s(sum(one.late) / len(one.late))} · {_s(percentile(one.late, 0.5))} · {_s(percentile(one.late, 0.95))}"
            f" · {one.calls:.1f}",
        )
        for name, one in found.rivals.items()
    ]


def _beside(found: Pacing, region: Region) -> str:
    mine = sum(one.late for one in region.found) / len(region.found)
    java, python = list(found.rivals.values())[:2]
    parts = [
        f"{name} {sum(one.late) / len(one.late) / mine:.1f}× as late, {one.calls / _each(region):.1f}× the calls"
        for name, one in (("Java's loop", java), ("Python's", python))
    ]
    return " · ".join(parts)


def _calls(mine: Calls, theirs: Calls) -> list[Row]:
    return [
        Row(
            "calls of ECS a second over TLS, 50 at once",
            f"{mine.rate:.0f}/s",
            "≥ 10 times the SDK's async methods",
            mine.rate >= 10 * theirs.rate,
            f"the SDK's async methods {theirs.rate:.0f}/s: {mine.rate / theirs.rate:.0f} times as many",
            key=True,
        ),
        Row(
            "the longest that the event loop stood still meanwhile",
            f"{mine.stall * 1000:.0f} ms",
            "≤ 50 ms",
            mine.stall <= 0.05,
            f"the SDK's async methods {theirs.stall * 1000:.0f} ms",
        ),
    ]


def _fleets(fleets: Sequence[Fleet]) -> list[Row]:
    shown = []
    for fleet in fleets:
        what = f"{fleet.size:,} in flight in ten regions: one core's share · memory"
        aim, met = ("< 1 · < 400 MB", fleet.cores < 1 and fleet.megabytes < 400) if fleet.size == 10_000 else ("", None)
        shown.append(Row(what, f"{fleet.cores:.2f} · {fleet.megabytes:.0f} MB", aim, met, key=fleet.size == 10_000))
    most = fleets[-1]
    late = sum(most.late) / len(most.late)
    return [
        *shown,
        Row(
            f"{most.size:,} in flight: end → seen, mean",
            _s(late),
            "≤ 1.5 times the bound",
            late <= 1.5 * most.bound,
            f"the bound for {lateness.PER_MINUTE} calls of each API {_s(most.bound)}: {late / most.bound:.1f} times"
            f" · {most.calls:.0f} calls a minute and region",
            key=True,
        ),
    ]


def _each(region: Region) -> float:
    return sum(region.calls.values()) / len(region.found)


def _s(seconds: float) -> str:
    return f"{seconds:.2f} s"
