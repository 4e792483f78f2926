"""What is asked, and when: in time where little runs, and what tells of most where much does."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cohorts import COHORT, Cohorts, lanes
from bot.domain.field import Field
from bot.domain.looks import FEW, Look, View, choose, missing, price, when
from bot.domain.pages import Sweep, horizon
from bot.domain.purse import APIS, Ask, Purse
from bot.domain.runs import PAGE, Run
from bot.domain.spans import NEW, REMEMBERED, Span, learnt

PURSE = Purse(120)
VIEW = View(PURSE)
USELESS = replace(VIEW, trust=dict.fromkeys((Ask.NEWEST, Ask.RUNNING, Ask.ROWS), 0.01))
EMPTY = View(PURSE.spent(Ask.ONE, 1_000, 0.0).spent(Ask.RUNNING, 1_000, 0.0))

spans = st.builds(Span, st.floats(-3, 9), st.floats(0.2, 2), st.sampled_from((0.0, 0.5, 0.9)))
ages = st.floats(0, 100_000)


@st.composite
def runs(draw: st.DrawFn, most: int = 120) -> list[Run]:
    """Some that began within two hours, each seen since, the newest first."""
    begins = sorted(draw(st.lists(st.floats(0, 7_000), min_size=1, max_size=most)), reverse=True)
    return [
        Run(n, at, at + draw(st.floats(0, 7_200 - at)), draw(st.integers(1, 100)), draw(st.sampled_from((NEW, SLOW))))
        for n, at in enumerate(begins)
    ]


SLOW = learnt([15.0] * 20)


# ── how long it takes ──────────────────────────────────────────────────────────


@given(spans, ages, ages)
def test_nothing_lives_longer_by_getting_older(span: Span, one: float, other: float) -> None:
    """A probability that falls with age, and is never gone."""
    young, old = sorted((one, other))
    assert 1.0 >= span.alive(young) >= span.alive(old) > 0.0


@given(st.lists(st.floats(0, 1e6), max_size=40))
def test_what_is_learnt_is_near_what_was(seconds: list[float]) -> None:
    """Half of what it knows lies on each side of the middle; nothing known, nothing believed."""
    span = learnt(seconds)
    assert (span.trust > 0) == bool(seconds)
    last = seconds[-REMEMBERED:]
    if last:
        assert min(max(one, 0.01) for one in last) * 0.99 <= 2.718281828459045**span.middle <= max(0.01, *last) * 1.01


def test_few_that_took_the_same_time_prove_little() -> None:
    """That five took an hour does not say that the next takes most of one; of twenty it is rather believed."""
    few, many = (learnt([3_600.0] * number) for number in (5, 20))
    assert few.spread > many.spread
    assert few.alive(2_400.0) / few.alive(1_200.0) < many.alive(2_400.0) / many.alive(1_200.0)


def test_lanes() -> None:
    """Those that take about as long share one; of those that are sent one after the other each half, quarter and eighth
    has its own. What is unknown has none."""
    cohorts, quick, slow = Cohorts(), learnt([1.5] * 10), learnt([20.0] * 10)
    assert cohorts.lane(NEW, "here", "x") == ""
    assert lanes("") == ()
    its = [cohorts.lane(quick, "here", f"run-{number}") for number in range(COHORT)]
    assert lanes(its[0]) == ("0", "0.run-0", "0.run-0.0", "0.run-0.0.0", "0.run-0.0.0.0")
    assert (its[39], its[40]) == ("0.run-0.0.0.0", "0.run-0.0.0.1")
    assert (its[80], its[160], its[-1]) == ("0.run-0.0.1.0", "0.run-0.1.0.0", "0.run-0.1.1.1")
    assert len(set(its)) == 8
    assert cohorts.lane(quick, "here", "next") == "0.next.0.0.0"
    assert cohorts.lane(slow, "here", "late") == "2.late.0.0.0"
    assert cohorts.lane(quick, "there", "far") == "0.far.0.0.0"


def test_lanes_of_an_older_program() -> None:
    """Their tags were others, but for the first."""
    assert lanes("2.6.1") == lanes("2.6") == ("2",)


# ── few ────────────────────────────────────────────────────────────────────────


@given(st.floats(0, 600), st.integers(1, FEW), spans)
def test_few_are_seen_in_time(age: float, number: int, span: Span) -> None:
    """However sure one can be that it goes on: late by a twentieth of its age and a quarter second at most."""
    begun = [Run(n, 1_000.0, 1_000.0 + age, span=span) for n in range(number)]
    late = when(Field(begun), 1_000.0 + age, VIEW) - (1_000.0 + age)
    assert 0 < late <= 0.25 + 0.05 * age + 0.1


def test_a_likely_end_is_looked_for_sooner() -> None:
    """It always took fifteen seconds: at fifteen, somebody looks twice as often."""
    known, strange = (Run(1, 0.0, 15.0, span=span) for span in (SLOW, NEW))
    assert when(Field([known]), 15.0, VIEW) < when(Field([strange]), 15.0, VIEW)


def test_what_is_being_stopped_is_waited_for() -> None:
    """Half a second, however old it is."""
    old = Run(1, 0.0, 3_600.0, stopping=True)
    assert when(Field([old]), 3_600.0, VIEW) <= 3_600.51


def test_one_alone_is_asked_for_by_its_id() -> None:
    """With its results in the same answer."""
    assert choose(Field([Run(1, 0.0, 0.0)]), 1.0, VIEW) == Look(Ask.ONE, (1,))
    assert choose(Field([Run(1, 0.0, 0.0, rows=100)]), 1.0, VIEW) == Look(Ask.ONE, (1,), calls=2)


# ── many ───────────────────────────────────────────────────────────────────────


def test_many_new_ones_are_told_of_by_one_call() -> None:
    """The newest page of results."""
    begun = [Run(n, 100.0 - 0.1 * n, 100.5) for n in range(20)]
    look = choose(Field(begun), 101.5, VIEW)
    assert look is not None
    assert (look.ask, len(look.runs)) == (Ask.NEWEST, 20)


def test_old_ones_are_looked_for_among_those_that_run() -> None:
    """Newer runs that are over have pushed them off the page of results."""
    begun = [Run(n, -10.0 * n, 100.0) for n in range(10, 40)]
    look = choose(Field(begun), 110.0, replace(VIEW, horizon={"": -50.0}))
    assert look is not None
    assert (look.ask, len(look.runs), look.fresh) == (Ask.RUNNING, 30, True)


def test_what_runs_is_listed_by_the_other_api_as_well() -> None:
    """Where the calls of the first are spent. Of runs on many machines each its page shows fewer: not those then."""
    spent = replace(VIEW, purse=PURSE.spent(Ask.RUNNING, 1_000, 110.0), horizon={"": -50.0})
    begun = Field(Run(n, -10.0 * n, 100.0) for n in range(10, 40))
    look = choose(begun, 110.0, spent)
    assert look is not None
    assert (look.ask, len(look.runs), look.fresh) == (Ask.ROWS, 30, True)
    wide = Field(Run(n, -10.0 * n, 100.0, rows=50) for n in range(10, 40))
    look = choose(wide, 110.0, spent)
    assert look is not None
    assert look.ask is Ask.ONE


def test_each_list_goes_on_where_it_was_itself() -> None:
    """A sweep under way in the one is none of the other."""
    begun = [Run(n, -10.0 * n, 110.0 if n < PAGE else 10.0) for n in range(120)]
    sweeps = {(Ask.RUNNING, ""): Sweep("onward", begun[PAGE - 1].since, 100.0)}
    spent = replace(VIEW, purse=PURSE.spent(Ask.RUNNING, 1_000, 110.2), horizon={"": 1.0}, sweeps=sweeps)
    look = choose(Field(begun), 110.2, spent)
    assert look is not None
    assert (look.ask, look.fresh) == (Ask.ROWS, True)


@pytest.mark.parametrize(
    ("trust", "number", "prompt"), [(1.0, 8, True), (0.4, 8, False), (1.0, 400, False)], ids=["right", "wrong", "many"]
)
def test_who_is_missing_in_a_list_is_asked_for_at_once(trust: float, number: int, *, prompt: bool) -> None:
    """However dear calls are: it takes one anyhow. Not if the list was wrong before, nor if so much ends that pages of
    results, which bring several home, are better."""
    begun = [Run(n, 100.0 - 0.01 * n, 100.5, span=SLOW) for n in range(number)]
    begun[-1].suspect = 100.9
    left = PURSE.spent(Ask.ONE, 28, 101.0).spent(Ask.RUNNING, 28, 101.0)
    look = choose(Field(begun), 101.0, View(left, trust={Ask.ROWS: trust}))
    assert (look == Look(Ask.ONE, (number - 1,))) is prompt


def test_who_is_stopped_comes_before_who_is_missing() -> None:
    """Somebody waits for that look; the others have been told of."""
    begun = [Run(n, 100.0 - 0.01 * n, 100.2, span=SLOW) for n in range(8)]
    begun[0].suspect, begun[1].stopping = 100.3, True
    left = PURSE.spent(Ask.ONE, 28, 101.0).spent(Ask.RUNNING, 28, 101.0)
    assert choose(Field(begun), 101.0, View(left)) == Look(Ask.ONE, (1,))


def test_what_is_being_asked_after_is_not_asked_for_again() -> None:
    """The first page tells of those alone: further ones do not make up for it."""
    begun = Field(Run(n, 1_000.0 - n, 1_000.0) for n in range(200))
    begun.ask(begun.lanes[""][:PAGE], asking=True)
    look = choose(begun, 1_060.0, replace(VIEW, horizon={"": 990.0}))
    assert look is not None
    assert look.ask is Ask.ONE


def test_a_sweep_goes_on_where_it_was() -> None:
    """The second page, once the first was read."""
    begun = [Run(n, -10.0 * n, 110.0 if n < PAGE else 10.0) for n in range(120)]
    sweeps = {(Ask.RUNNING, ""): Sweep("onward", begun[PAGE - 1].since, 100.0)}
    look = choose(Field(begun), 110.2, replace(VIEW, horizon={"": 1.0}, sweeps=sweeps))
    assert look is not None
    assert (look.ask, look.fresh, look.runs) == (Ask.RUNNING, False, tuple(range(PAGE, 2 * PAGE)))


def test_a_lane_is_listed_alone() -> None:
    """Ten that are about to end, among a hundred that are not."""
    sure, late = replace(SLOW, trust=0.99), learnt([5_000.0] * 20)
    others = [Run(n, 120.0 - n, 61.0, span=late) for n in range(60, 160)]
    about = [Run(n, 50.0 - 0.05 * n, 60.0, span=sure, lanes=("1",)) for n in range(10)]
    begun = sorted([*about, *others], key=lambda run: -run.since)
    look = choose(Field(begun), 61.5, replace(VIEW, horizon={"": 101.0, "1": 101.0}))
    assert look is not None
    assert (look.ask, look.lane, len(look.runs)) == (Ask.RUNNING, "1", 10)


def test_a_listing_that_does_not_keep_its_word_is_asked_less() -> None:
    """What it never shows is asked for by id."""
    begun = [Run(n, 100.0 - 0.1 * n, 100.5) for n in range(20)]
    look = choose(Field(begun), 102.0, USELESS)
    assert look is not None
    assert look.ask is Ask.ONE


def test_a_page_is_no_fuller_for_those_that_begin_at_once() -> None:
    """The newest page shows fifty of two hundred, and one that never shows any is not asked for ever."""
    begun = Field(Run(n, 1_000.0, 1_000.0) for n in range(200))
    first = choose(begun, 1_010.0, VIEW)
    assert first is not None
    assert len(first.runs) <= PAGE
    assert choose(begun, 1_010.0, USELESS) == Look(Ask.ONE, (0,))


def test_who_is_suspected_comes_first() -> None:
    """Its end is known but for its results."""
    begun = [Run(n, -100.0, 99.9) for n in range(4)]
    look = choose(Field([*begun[:3], replace(begun[3], suspect=99.95)]), 100.0, VIEW)
    assert look is not None
    assert (look.ask, look.runs) == (Ask.ONE, (3,))


@given(runs(), st.floats(0, 100))
def test_nothing_is_asked_without_a_call_to_spare(begun: list[Run], later: float) -> None:
    """And what is asked tells of somebody who is there."""
    at = 7_200.0 + later
    assert choose(Field(begun), at, View(Purse(120).spent(Ask.ONE, 10**6, at).spent(Ask.RUNNING, 10**6, at))) is None
    look = choose(Field(begun), at, VIEW)
    assert look is None or set(look.runs) <= {run.key for run in begun}


@given(runs(20), st.floats(0, 30))
def test_when_is_when_it_is_worth_it(begun: list[Run], later: float) -> None:
    """Not before now, not after a quarter minute; then there is something to ask, or that was the longest wait."""
    at = 7_200.0 + later
    then = when(Field(begun), at, VIEW)
    assert at <= then <= at + 15.0
    assert then == at + 15.0 or choose(Field(begun), then, VIEW) is not None


# ── who is missing ─────────────────────────────────────────────────────────────


@given(runs(), st.data())
def test_who_is_missing(begun: list[Run], data: st.DataObject) -> None:
    """Nobody who was shown, nobody who has just begun or is being stopped, nobody beyond the page."""
    shown = set(data.draw(st.lists(st.sampled_from([run.key for run in begun]), unique=True)))
    whole = data.draw(st.booleans())
    upper = data.draw(st.none() | st.floats(0, 7_000))
    gone = missing(begun, shown, 7_200.0, upper=upper, whole=whole)
    assert not {run.key for run in gone} & shown
    assert all(upper is None or run.since < upper for run in gone)
    oldest = min((run.since for run in begun if run.key in shown), default=None)
    assert whole or all(oldest is not None and run.since >= oldest for run in gone)
    assert missing([replace(run, stopping=True) for run in begun], shown, 7_200.0, upper=upper, whole=whole) == []
    assert missing(begun, shown, 1.0, upper=upper, whole=whole) == []


def test_the_horizon() -> None:
    """Fifty rows: twenty-five runs on two machines each."""
    begun = [(100.0 - n, 2) for n in range(40)]
    assert horizon(begun) == 76.0
    assert horizon(begun[:25]) == 0.0


# ── the budget ─────────────────────────────────────────────────────────────────


@given(st.integers(1, 2_000), st.floats(0, 1), st.floats(0, 1))
def test_the_fewer_calls_are_left_the_dearer_they_are(number: int, one: float, other: float) -> None:
    """Never free, and with all of them there the dearest where each run has about two."""
    few, many = sorted((one, other))
    assert price(number, few) >= price(number, many) >= price(number, 1.0) > 0
    assert price(number, 1.0) <= price(20, 1.0)


def test_little_waits_while_few_calls_are_left() -> None:
    """What is spent on it would be missed for more; but it is not put off for ever."""
    drained = View(PURSE.spent(Ask.ONE, 27, 1_060.0).spent(Ask.RUNNING, 27, 1_060.0))
    begun = Field(Run(n, 1_000.0, 1_060.0, span=SLOW) for n in range(20))
    soon, later = (when(begun, 1_060.0, view) - 1_060.0 for view in (VIEW, drained))
    assert 0 < soon < later < 10


@given(st.floats(0, 600), st.integers(1, FEW), st.integers(1, 29))
def test_a_promise_is_kept_while_there_is_a_call(age: float, number: int, spent: int) -> None:
    """However dear it is: few are seen in time, and so is what somebody stops among many."""
    at = 1_000.0 + age
    drained = View(PURSE.spent(Ask.ONE, spent, at).spent(Ask.RUNNING, 1_000, at))
    begun = [Run(n, 1_000.0, at) for n in range(number)]
    assert when(Field(begun), at, drained) - at <= 0.25 + 0.05 * age + 0.1
    crowd = Field([*(Run(n, 1_000.0, at, span=SLOW) for n in range(50)), Run("stopped", 1_000.0, at, stopping=True)])
    asked = set[object]()
    while look := choose(crowd, at + 0.6, drained):  # who is asked after already is not asked after again
        asked |= set(look.runs)
        crowd.ask((run for run in crowd.lanes[""] if run.key in look.runs), asking=True)
    assert "stopped" in asked


@given(st.lists(st.tuples(st.floats(0, 5), st.sampled_from(tuple(Ask))), max_size=300), st.integers(10, 600))
def test_no_more_than_it_may(asks: list[tuple[float, Ask]], per_minute: int) -> None:
    """Whatever is asked when: a minute's calls, and the burst before them."""
    purse, at, made = Purse(per_minute), 0.0, list[tuple[float, Ask]]()
    for pause, ask in asks:
        at += pause
        if purse.can(ask, at):
            purse = purse.spent(ask, 1, at)
            made.append((at, ask))
    for api in set(APIS.values()):
        for begin, _ in made:
            within = [one for one, ask in made if APIS[ask] == api and begin <= one < begin + 60]
            assert len(within) <= per_minute * 1.25 + 1


@pytest.mark.parametrize("after", [0.0, 7.5])
def test_throttled(after: float) -> None:
    """Nothing for as long as ECS says, then half as many; within minutes all of it again."""
    purse = Purse(120).throttled(Ask.ONE, 100.0, after)
    assert not purse.can(Ask.ONE, 100.0 + after)
    assert purse.can(Ask.ONE, 100.0 + after + 1.1)
    assert purse.can(Ask.RUNNING, 100.0)
    assert purse.full(400.0)
    for _ in range(20):
        purse = purse.throttled(Ask.ONE, 100.0)
    assert purse.can(Ask.ONE, 110.0)


def test_a_day_without_a_call() -> None:
    """All of it is there again, however long that was."""
    for later in (86_400.0, 1e9):
        assert EMPTY.purse.full(later)
        assert PURSE.throttled(Ask.ONE, 0.0).can(Ask.ONE, later)


def test_it_opens_when_it_says() -> None:
    """The earliest call of any kind."""
    assert PURSE.opens(0.0) == 0.0
    wait = EMPTY.purse.opens(0.0)
    assert not EMPTY.purse.can(Ask.ONE, wait - 0.01)
    assert EMPTY.purse.can(Ask.ONE, wait + 0.01)
