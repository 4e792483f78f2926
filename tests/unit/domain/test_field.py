"""Kept in order run by run, and weighed by what is remembered: the same is asked as if all were weighed anew."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cohorts import Cohorts, lanes
from bot.domain.field import Field
from bot.domain.looks import Look, View, choose
from bot.domain.pages import Pages, Sweep, horizon
from bot.domain.purse import Ask, Purse
from bot.domain.runs import Run
from bot.domain.spans import NEW, learnt

VIEW = View(Purse(120))
SPANS = (NEW, learnt([1.5] * 20), learnt([15.0, 25.0] * 10), learnt([900.0, 1_000.0, 1_300.0] * 6))

Step = tuple[str, int, float]
steps = st.lists(
    st.tuples(
        st.sampled_from(("put", "put", "drop", "ask", "answer", "see", "suspect")), st.integers(0, 99), st.floats(0, 9)
    ),
    max_size=80,
)


@dataclass
class Region:
    """Runs to which things happen."""

    runs: Field = field(default_factory=Field)
    there: list[Run] = field(default_factory=list)
    cohorts: Cohorts = field(default_factory=Cohorts)
    numbers: Iterator[int] = field(default_factory=count)
    at: float = 1_000.0

    def happens(self, step: Step) -> None:
        """One thing, a while after the one before."""
        what, number, later = step
        self.at += later
        if what == "put":
            span = SPANS[number % len(SPANS)]
            began = self.at - number * later
            names = (f"run-{next(self.numbers)}" for _ in range(number + 1))  # most of them run elsewhere
            *_, lane = (self.cohorts.lane(span, "here", name) for name in names)
            its = lanes(lane)
            run = Run(object(), began, max(began, self.at - later), 1 + number % 60, span, its)
            self.there.append(run)
            self.runs.put(run)
        elif self.there:
            self.befalls(what, self.there[number % len(self.there)])
        self.runs.weigh(self.at)  # so that something is remembered

    def befalls(self, what: str, run: Run) -> None:
        """The same of one run."""
        if what == "drop":
            self.there.remove(run)
            self.runs.drop(run)
        elif what in {"ask", "answer"}:
            self.runs.ask([run], asking=what == "ask")
        elif what == "see":
            run.seen(self.at)
        else:
            run.suspect = self.at

    def anew(self) -> Field:
        """The same runs, of which nothing is remembered."""
        return Field(
            Run(r.key, r.since, r.looked, r.rows, r.span, r.lanes, r.suspect, r.stopping, r.asking) for r in self.there
        )


def standing(runs: Field) -> dict[str, list[float]]:
    """Who stands where."""
    return {lane: [run.since for run in its] for lane, its in runs.lanes.items()}


@given(steps)
def test_as_if_put_in_order_anew(happening: list[Step]) -> None:
    """Each lane has the newest first, none is empty, and who is idle is counted."""
    region = Region()
    for step in happening:
        region.happens(step)
    assert standing(region.runs) == standing(region.anew())
    assert all(its == sorted(its, reverse=True) for its in standing(region.runs).values())
    assert region.runs.idle == sum(not run.asking for run in region.there)


@given(steps, st.floats(0, 20))
def test_what_is_remembered_of_a_weight_is_near_it(happening: list[Step], later: float) -> None:
    """By a few hundredths, however long ago it was worked out."""
    region = Region()
    for step in happening:
        region.happens(step)
    at = region.at + later
    anew = {run.key: run for run in region.anew().weigh(at)}
    for run in region.runs.weigh(at):
        assert run.ended == pytest.approx(anew[run.key].ended, rel=0.1, abs=0.02)
        assert run.waited == pytest.approx(anew[run.key].waited, rel=0.1, abs=0.02 * max(at - run.looked, 1.0))


def worth(look: Look | None, weights: dict[object, Run]) -> float:
    """The waiting that it ends for each of its calls."""
    return sum(weights[key].waited for key in look.runs) / look.calls if look is not None else 0.0


@given(steps, st.floats(0, 20))
def test_the_same_is_asked(happening: list[Step], later: float) -> None:
    """Or what is worth nearly as much."""
    region = Region()
    for step in happening:
        region.happens(step)
    at, anew = region.at + later, region.anew()
    mine, best = choose(region.runs, at, VIEW), choose(anew, at, VIEW)
    if mine is None or best is None or mine.ask is not best.ask:
        return  # both are near the price, or each other: which is asked is a matter of hundredths
    weights: dict[object, Run] = {run.key: run for run in anew.weigh(at)}
    assert worth(mine, weights) >= 0.8 * worth(best, weights) - 0.02


@given(st.lists(st.floats(0, 100), max_size=60), st.none() | st.floats(0, 100), st.none() | st.floats(0, 100))
def test_a_part_of_a_listing(begins: list[float], oldest: float | None, before: float | None) -> None:
    """Cut where a page begins and ends."""
    runs = Field(Run(n, at, at) for n, at in enumerate(begins))
    cut = [at for at in begins if (oldest is None or at >= oldest) and (before is None or at < before)]
    assert [run.since for run in runs.between("", oldest, before)] == sorted(cut, reverse=True)
    assert list(runs.between("nobody", oldest, before)) == []


@given(st.lists(st.tuples(st.floats(0, 1_000), st.integers(1, 30)), max_size=60))
def test_a_horizon_does_not_depend_on_who_is_heard_of_first(begun: list[tuple[float, int]]) -> None:
    """After a restart the database names them in any order."""
    pages = Pages()
    for n, (since, rows) in enumerate(begun):
        pages.began(Run(n, since, since, rows, lanes=("1",)))
    newest = sorted(begun, key=lambda one: -one[0])
    if len({since for since, _ in begun}) == len(begun):
        assert pages.horizon == ({"": horizon(newest), "1": horizon(newest)} if begun else {})


def test_a_lane_that_nothing_runs_in_is_forgotten() -> None:
    """There is another one all the time."""
    pages = Pages()
    pages.began(Run(1, 5.0, 5.0, lanes=("1.5",)))
    pages.turned(Ask.ROWS, "1.5", Sweep("token", 5.0, 6.0))
    pages.forget("1.5")
    assert (set(pages.horizon), pages.sweeps) == ({""}, {})


def test_one_run_that_fills_more_than_a_page() -> None:
    """On sixty machines: it is never whole on the page of results, and those that begin after it are."""
    pages = Pages()
    pages.began(Run(1, 5.0, 5.0, rows=60))
    assert 5.0 < pages.horizon[""] < 5.1
    pages.began(Run(2, 6.0, 6.0))
    assert pages.horizon[""] == 6.0
