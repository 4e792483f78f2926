"""What was measured, as rows to show: the figure, its aim, and what it stands beside."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench import pacing
from bench.acks import Acks, Answers
from bench.budgets import NOISY, RUNS, Compared
from bench.calls import Calls
from bench.fleet import Fleet
from bench.history import LIMIT, TIMES, Waits
from bench.job import MOMENTS, Jobs
from bench.pacing import Pacing
from bench.replicas import RUNS as RUNS_CARRIED
from bench.replicas import Work
from bench.rows import Row
from bench.stage import CHANNELS
from bench.start import Starts
from bench.stats import median, percentile


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
    acks: Sequence[Acks]
    waits: Sequence[Waits]
    replicas: tuple[Work, Work]
    pacing: Pacing
    calls: tuple[Calls, Calls]
    fleets: Sequence[Fleet]


def rows(measured: Measured) -> list[Row]:
    """The whole table."""
    jobs = [*_job("Socket Mode", measured.socket, measured), *_job("HTTP", measured.http, measured)]
    ends = [row for each in measured.budgets for row in _ends(each)]
    answers = [row for each in measured.acks for row in _acks(each)]
    waits = [row for each in measured.waits for row in _wait(each)]
    paced = pacing.rows(measured.pacing, measured.calls, measured.fleets)
    return [*jobs, *paced, *_start(measured), *ends, *answers, *waits, *_replicas(*measured.replicas)]


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


def _acks(acks: Acks) -> list[Row]:
    many = "one at a time" if acks.at_once == 1 else f"{acks.at_once} at once"
    bot, plain = sum(acks.bot, Answers()), sum(acks.plain, Answers())
    number, limit = len(bot.seconds), 3.0 if acks.at_once == 1 else 0.3
    rows = []
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        mine, theirs = percentile(bot.seconds, share), percentile(plain.seconds, share)
        beside = f"Bolt with one durable commit {_ms(theirs)}: {mine / theirs:.1f}×"
        what = f"Slack waits for the answer, {many}, {name} of {number}"
        if name == "p50":
            rows.append(Row(what, _ms(mine), "", None, beside))
        else:
            aim = "< 3 s, Slack's limit" if acks.at_once == 1 else "< 300 ms"
            rows.append(Row(what, _ms(mine), aim, mine < limit, beside, key=True))
    if acks.at_once > 1:
        rows += _throughput(acks, bot, plain)
    what = f"refused, because not recorded within 2 s, {many}"
    return [*rows, Row(what, f"{bot.refused} of {number}", "0", bot.refused == 0, key=acks.at_once > 1)]


def _throughput(acks: Acks, bot: Answers, plain: Answers) -> list[Row]:
    number, shares = len(bot.seconds), acks.shares
    share = median(shares)
    rounds = ", ".join(f"{one:.0%}" for one in shares)
    rates = f"Bolt with one durable commit {plain.rate:.0f}/s: {share:.0%} of it (each round: {rounds})"
    each = 1000 * bot.answering / number, 1000 * plain.answering / len(plain.seconds)
    work = f"Bolt {each[1]:.2f} ms · who asks takes {bot.asking / bot.whole:.0%} of one core, of Bolt "
    work += f"{plain.asking / plain.whole:.0%}"
    ran = f"{acks.ended} of {acks.asked}, {acks.after:.0f} s after the last answer"
    meanwhile = f"{acks.begun} were sent to ECS while they were asked for"
    at_once = f"{acks.at_once} at once"
    return [
        Row(f"answers a second, {at_once}", f"{bot.rate:.0f}/s", "≥ 60 % of Bolt's", share >= 0.6, rates, key=True),
        Row(
            f"the processor's time for one answer, {at_once}, with all that is run meanwhile",
            _work(each[0]),
            "",
            None,
            work,
        ),
        Row(
            f"of those asked for {at_once} in the last round, run to their end",
            ran,
            "all",
            acks.ended == acks.asked,
            meanwhile,
        ),
    ]


def _work(milliseconds: float) -> str:
    return f"{milliseconds:.2f} ms"


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
