"""What was measured, as rows to show: the figure, its aim, and what it stands beside."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.acks import REQUESTS, Answers
from bench.budgets import NOISY, RUNS, Compared
from bench.job import MOMENTS, Jobs
from bench.stage import CHANNELS
from bench.start import Starts
from bench.stats import median, percentile


@dataclass(frozen=True)
class Row:
    """One line of the table; *met* None: there is no aim. *beside* is what it is compared with, and the ratio."""

    what: str
    found: str
    aim: str = ""
    met: bool | None = None
    beside: str = ""
    key: bool = False  # one of the few that the README shows


@dataclass(frozen=True)
class Measured:
    """All samples, in seconds and megabytes."""

    socket: Jobs
    http: Jobs
    java: Sequence[float]
    python: Sequence[float]
    first_start: float
    starts: Starts
    worked: float
    sdk: Starts
    bolt: Starts
    budgets: Sequence[Compared]
    acks: Sequence[tuple[int, Answers, Answers]]
    """How many at once; the bot's answers, and bare Bolt's."""


def rows(measured: Measured) -> list[Row]:
    """The whole table."""
    jobs = [*_job("Socket Mode", measured.socket, measured), *_job("HTTP", measured.http, measured)]
    ends = [row for each in measured.budgets for row in _ends(each)]
    return [*jobs, *_start(measured), *ends, *(row for each in measured.acks for row in _ack(*each))]


def moments(measured: Measured) -> list[tuple[str, float, float]]:
    """What the time of one command in Socket Mode is made of: until when (p50, seconds), and how long since before."""
    at = [median(samples) for samples in zip(*measured.socket.moments, strict=True)]
    return [(name, here, here - before) for name, here, before in zip(MOMENTS, at, [0.0, *at], strict=False)]


def _job(mode: str, jobs: Jobs, measured: Measured) -> list[Row]:
    half, most = median(jobs.totals), percentile(jobs.totals, 0.95)
    loops = " · ".join(
        f"{name}'s loop {_s(median(loop))}: {median(loop) / half:.1f} times as long"
        for name, loop in (("Java", measured.java), ("Python", measured.python))
    )
    what = f"command → result readable, {mode}"
    return [
        Row(f"{what}, p50 of {len(jobs.totals)}", _s(half), "< 1 s, better ≤ 0.6 s", half < 1, loops, key=True),
        Row(f"{what}, p95", _s(most), "< 1 s", most < 1),
    ]


def _start(measured: Measured) -> list[Row]:
    starts, sdk, bolt = measured.starts, measured.sdk, measured.bolt
    ready, rest = median(starts.seconds), median(starts.megabytes)
    least, weight = median(sdk.seconds), median(sdk.megabytes)
    plain, light = median(bolt.seconds), median(bolt.megabytes)
    return [
        Row(
            f"process start → serving, p50 of {len(starts.seconds)}",
            _s(ready),
            "< 2 s",
            ready < 2,
            f"importing the ECS SDK {_s(least)} ({ready / least:.1f}×) · bare Bolt {_s(plain)} ({ready / plain:.1f}×)",
            key=True,
        ),
        Row(
            "the first start, which builds the database",
            _s(measured.first_start),
            "< 2 s",
            measured.first_start < 2,
        ),
        Row(
            "memory at rest (RSS)",
            f"{rest:.0f} MB",
            "< 150 MB",
            rest < 150,
            f"ECS SDK alone {weight:.0f} MB ({rest / weight:.1f}×) · bare Bolt {light:.0f} MB ({rest / light:.1f}×)",
            key=True,
        ),
        Row("after 22 commands", f"{measured.worked:.0f} MB", "< 150 MB", measured.worked < 150),
    ]


_HOW = {
    "spread": f"{RUNS} runs end over a minute in {CHANNELS} channels",
    "at once": f"{RUNS} runs end at once in {CHANNELS} channels",
    "noisy": f"{RUNS} runs end at once, {NOISY} of them in one channel",
}
NEAR = 1.1
"""The last result may take a tenth longer than Slack allows at best: the bot does not use up all that Slack allows at
once, as how Slack counts is not published."""


def _ends(found: Compared) -> list[Row]:
    """End → result readable: the last one against the floor, and against one queue that updates at each change."""
    mine, theirs, best = found.bot, found.rival, max(found.floor)
    what = f"{_HOW[found.plan.name]}: end → result readable"
    waits, queued, last = mine.waits(), theirs.waits(), max(mine.waits())
    rows = [
        Row(
            f"{what}, the last",
            _s(last),
            f"Slack's floor {_s(best)}, a tenth more at most",
            last <= best * NEAR + 0.01,
            f"one queue that updates at each change {_s(max(queued))}, 429 {theirs.refused} times",
            key=found.plan.name == "at once",
        ),
        Row(
            f"{what}, mean · p95",
            f"{_s(_mean(waits))} · {_s(percentile(waits, 0.95))}",
            beside=f"the floor's mean {_s(_mean(found.floor))} · the queue's {_s(_mean(queued))}",
        ),
        Row(
            "… 429 of Slack · messages out of order",
            f"{mine.refused} · {mine.disordered}",
            "0 · 0",
            mine.refused == mine.disordered == 0,
            f"changes that were said with a later one: {mine.folded}; the last card {_s(max(mine.cards))}",
        ),
    ]
    if found.plan.name == "noisy":
        others, there = mine.waits(noisy=False), max(theirs.waits(noisy=False))
        aim, met = "≤ 5 s, whatever the noisy one does", max(others) <= 5
        rows.append(Row("… in the other channels, the last", _s(max(others)), aim, met, f"the queue's {_s(there)}"))
    return rows


def _mean(samples: Sequence[float]) -> float:
    return sum(samples) / len(samples)


def _ack(concurrency: int, bot: Answers, plain: Answers) -> list[Row]:
    many = "one at a time" if concurrency == 1 else f"{concurrency} at once"
    found = []
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        mine, theirs = percentile(bot.seconds, share), percentile(plain.seconds, share)
        found.append(
            Row(
                f"Slack waits for the answer, {many}, {name} of {REQUESTS}",
                _ms(mine),
                "< 3 s, Slack's limit",
                mine < 3,
                f"Bolt with one durable commit {_ms(theirs)}: {mine / theirs:.1f}×",
                key=name == "p99",
            )
        )
    what = f"refused, because not recorded within 2 s, {many}"
    return [*found, Row(what, f"{bot.refused} of {REQUESTS}", "0", bot.refused == 0, key=concurrency > 1)]


def _s(seconds: float) -> str:
    return f"{seconds:.2f} s"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"
