"""What was measured, as rows to show: the figure, its aim, and what it stands beside."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.acks import REQUESTS, Answers
from bench.endings import CHANNELS, RUNS, Endings
from bench.history import LIMIT, TIMES, Waits
from bench.job import MOMENTS, Jobs
from bench.replicas import RUNS as RUNS_CARRIED
from bench.replicas import Work
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
    endings: Endings
    acks: Sequence[tuple[int, Answers, Answers]]
    """How many at once; the bot's answers, and bare Bolt's."""
    waits: Sequence[Waits]
    replicas: tuple[Work, Work]


def rows(measured: Measured) -> list[Row]:
    """The whole table."""
    jobs = [*_job("Socket Mode", measured.socket, measured), *_job("HTTP", measured.http, measured)]
    acks = [row for each in measured.acks for row in _ack(*each)]
    waits = [row for each in measured.waits for row in _wait(each)]
    return [*jobs, *_start(measured), *_ends(measured.endings), *acks, *waits, *_replicas(*measured.replicas)]


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


def _ends(found: Endings) -> list[Row]:
    what = f"{RUNS} runs end within a minute in {CHANNELS} channels: end → result readable"
    most, card = max(found.waits), max(found.cards)
    updating = f"all of Slack's updates spent on results, at best: {_s(median(found.updating))} p50"
    worst = f"at best by updates: {_s(max(found.updating))} · Slack said 429 {found.refused} times"
    return [
        Row(f"{what}, p50", _s(median(found.waits)), "", None, updating),
        Row(f"{what}, the last", _s(most), "≤ 5 s", most <= 5 and not found.disordered, worst, key=True),
        Row(
            f"{what}, and its card in the channel says so, the last", _s(card), "", None, "50 updates a minute allow it"
        ),
    ]


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


def _wait(waits: Waits) -> list[Row]:
    """The slowest of all that people wait for, and a few that they wait for most."""
    after = f"after {waits.history:,} invocations, {waits.engine}"
    slowest = max(waits.large, key=lambda name: percentile(waits.large[name], 0.95))
    found = [
        Row(
            f"{after}: the slowest of {len(waits.large)} things that are looked up or recorded ({slowest}), p95",
            _ms(percentile(waits.large[slowest], 0.95)),
            "< 50 ms",
            percentile(waits.large[slowest], 0.95) < LIMIT,
            _young(waits, slowest, 0.95),
            key=True,
        )
    ]
    for name in ("/ecs run, permitted and recorded", "the Home tab", "/ecs history"):
        half = median(waits.large[name])
        found.append(
            Row(f"{after}: {name}, p50 of {TIMES}", _ms(half), "< 50 ms", half < LIMIT, _young(waits, name, 0.5))
        )
    return found


def _young(waits: Waits, name: str, share: float) -> str:
    large, small = percentile(waits.large[name], share), percentile(waits.small[name], share)
    return f"after a hundred {_ms(small)}: {large / small:.1f}×"


def _replicas(one: Work, many: Work) -> list[Row]:
    cost = [work.processor / RUNS_CARRIED for work in (one, many)]
    return [
        Row(
            f"{many.replicas} replicas on one PostgreSQL: runs carried out in a second",
            f"{many.rate:.0f}",
            "more than one does",
            many.rate > one.rate,
            f"one replica {one.rate:.0f} ({many.rate / one.rate:.1f}×)",
            key=True,
        ),
        Row(
            "what a run costs them of their processors",
            _ms(cost[1]),
            "",
            None,
            f"one replica {_ms(cost[0])} ({cost[1] / cost[0]:.1f}×)",
        ),
    ]


def _s(seconds: float) -> str:
    return f"{seconds:.2f} s"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"
