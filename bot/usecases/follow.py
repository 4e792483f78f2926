"""What ECS says of a run is written down: that it is over, with its results taken home once; that it goes on, or that
nobody can tell any more. And stopped where asked."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.domain import events as ev
from bot.domain import stops
from bot.domain.decide import Ignored
from bot.domain.invocation import Batch, Invocation
from bot.domain.one_line import within_a_line
from bot.domain.output import clean
from bot.domain.pacing import FIRST_LOOK, HOLD, OVERDUE_GRACE, OVERDUE_LOOKS
from bot.domain.result import Result
from bot.domain.seams import whole_lines
from bot.errors import CloudError, CloudTryAgain
from bot.ports import Cloud, Report
from bot.usecases.desk import Desk, move
from bot.usecases.plan import words

log = structlog.get_logger(__name__)

GLIMPSE = 600
"""Characters of what a run printed so far that are shown while it goes on."""

_NOTED = 2
"""So many looks in a row have to fail before people are told: one bad moment is no news."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A batch that runs, and what is needed of its invocation to follow it; *misses* looks in a row told nothing."""

    invocation: str
    snippet: str
    target: str
    account: str
    region: str
    timeout: timedelta
    redact: tuple[str, ...]
    batch: Batch
    misses: int = 0

    def overdue(self, now: datetime) -> bool:
        """Is it long past its timeout?"""
        began = self.batch.started_at
        return began is not None and now - began > OVERDUE_GRACE + self.timeout

    @property
    def hopeless(self) -> bool:
        """Have so many looks told nothing that one bad moment can't be the reason?"""
        return self.misses >= OVERDUE_LOOKS


def followed(inv: Invocation, batch: Batch) -> Followed:
    """*batch* of *inv*, to be followed."""
    assert inv.plan is not None
    plan = inv.plan
    timeout = timedelta(seconds=plan.timeout)
    return Followed(inv.id, inv.snippet, inv.target, plan.account, plan.region, timeout, plan.redact, batch)


async def reported(desk: Desk, one: Followed, report: Report | None, *, watched: bool) -> Followed | None:
    """After ECS was asked for its results; None: it is over. *watched*: somebody may read what it prints meanwhile."""
    if report is None:
        return await missed(desk, one, "ECS does not show it yet")
    results = tuple(_hidden(desk, result, one.redact) for result in report.results)
    absent = set(one.batch.instances) - {result.instance for result in results}
    if not absent:
        await move(desk, one.invocation, ev.Finished(one.batch.no, results))
        return None
    if not report.going:
        note = f"it is over, and ECS has no result yet for {len(absent)} of {len(one.batch.instances)}"
        return await missed(desk, one, note, results)
    glimpse = _glimpse(desk, one, report) if watched else ""
    return await alive(desk, one, ended_of(results), glimpse, results)


async def alive(
    desk: Desk, one: Followed, ended: frozenset[str], glimpse: str = "", results: tuple[Result, ...] = ()
) -> Followed | None:
    """It goes on, and does not on the instances *ended*; None: it is given up, and what is known are the *results*."""
    now = desk.clock.now()
    if one.overdue(now):
        lost = ev.Lost(one.batch.no, "overdue: still running long after its timeout", results)
        await move(desk, one.invocation, lost)
        return None
    one = replace(one, misses=0) if one.misses else one
    news = _news(one.batch, ended) or bool(glimpse and glimpse != one.batch.glimpse)
    return await _goes_on(desk, one, ended, "", glimpse) if news else one


def quiet(one: Followed, ended: frozenset[str], now: datetime) -> bool:
    """It goes on, and `alive` would have nothing to write down: so it is with nearly all, at nearly every look."""
    return not (one.misses or one.overdue(now) or _news(one.batch, ended))


def _news(batch: Batch, ended: frozenset[str]) -> bool:
    return len(ended) > batch.finished or bool(batch.note) or not ended.isdisjoint(batch.halting)


async def missed(desk: Desk, one: Followed, note: str, results: tuple[Result, ...] = ()) -> Followed | None:
    """A look told nothing of it, or only of some instances; None: it is given up, what is not known stays unknown."""
    one = replace(one, misses=one.misses + 1)
    if one.overdue(desk.clock.now()) and one.hopeless:
        lost = ev.Finished(one.batch.no, results) if results else ev.Lost(one.batch.no, f"overdue: {note}")
        await move(desk, one.invocation, lost)
        return None
    if one.misses < _NOTED or note == one.batch.note:
        return one
    return await _goes_on(desk, one, ended_of(results), note)


async def failed(desk: Desk, one: Followed, error: CloudError) -> Followed | None:
    """A look at it came to nothing."""
    return await missed(desk, one, words(error))


async def _goes_on(desk: Desk, one: Followed, ended: frozenset[str], note: str, glimpse: str = "") -> Followed | None:
    """News of what goes on is written down; None where it is over in the meantime."""
    number = max(len(ended), one.batch.finished)
    seen = ev.Seen(one.batch.no, number, desk.clock.now() + desk.store.longest(HOLD), note, glimpse, ended)
    decision = await move(desk, one.invocation, seen)
    if isinstance(decision, Ignored):
        return None
    batch = decision.after.batch(one.batch.no)
    return replace(one, batch=batch) if batch is not None else None


def ended_of(results: Iterable[Result]) -> frozenset[str]:
    """The instances that have one."""
    return frozenset(result.instance for result in results)


def _hidden(desk: Desk, result: Result, patterns: tuple[str, ...]) -> Result:
    """Redacted before anybody stores or shows it."""
    output = whole_lines(result.output) if patterns and result.dropped else result.output
    return replace(
        result, output=_redacted(desk, output, patterns), error_info=_redacted(desk, result.error_info, patterns)
    )


def _redacted(desk: Desk, text: str, patterns: tuple[str, ...]) -> str:
    # cleaned first: an escape code in the middle of a word would hide it from the pattern, and be taken out later
    return desk.redact(clean(text), patterns)


def _glimpse(desk: Desk, one: Followed, report: Report) -> str:
    """The end of what the one machine that says something printed so far, cut after it was redacted.

    Half a secret fits no pattern: the last line is left out while it is being written, and nothing is shown where a
    pattern may want lines that are still to come.
    """
    if not all(within_a_line(pattern) for pattern in one.redact):
        return ""
    said = [text for _, text in report.going if text]
    whole = said[0].rpartition("\n")[0] if len(said) == 1 else ""
    return _redacted(desk, whole, one.redact)[-GLIMPSE:]


async def send_stop(desk: Desk, cloud: Cloud, one: Followed) -> Followed | None:
    """Ask ECS to stop it; as it stands then, None: it is over. What that did is only known from looking: the docs and
    the agent disagree."""
    batch = one.batch
    try:
        await cloud.stop(one.account, one.region, batch.invoke_id, stops.wanted(batch))
    except CloudError as error:
        log.warning(
            "stop_not_taken", invocation=one.invocation, batch=batch.no, code=error.code, fault=type(error).__name__
        )
        asked = error.after if isinstance(error, CloudTryAgain) else None
        decision = await move(desk, one.invocation, ev.StopNotTaken(batch.no, words(error), asked))
    else:
        decision = await move(desk, one.invocation, ev.StopSent(batch.no, desk.clock.now() + FIRST_LOOK))
    # ignored: a look saw meanwhile that there is nothing left to stop
    known = await desk.store.load(one.invocation) if isinstance(decision, Ignored) else decision.after
    after = known.batch(batch.no) if known is not None else None
    return replace(one, batch=after) if after is not None and not after.state.final else None
