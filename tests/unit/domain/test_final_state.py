"""What an invocation comes to, by how its instances ended."""

from dataclasses import replace
from itertools import chain, combinations

import pytest

from bot.domain.invocation import Batch, BatchState, State
from bot.domain.result import Outcome
from bot.domain.settle import final_state
from tests.unit.domain.given import a_plan, asked

TABLE = [
    ({Outcome.SUCCEEDED}, State.SUCCEEDED),
    ({Outcome.FAILED}, State.FAILED),
    ({Outcome.TIMED_OUT}, State.TIMED_OUT),
    ({Outcome.CANCELLED}, State.CANCELLED),
    ({Outcome.NOT_RUN}, State.FAILED),
    ({Outcome.UNREACHABLE}, State.FAILED),
    ({Outcome.UNKNOWN}, State.UNKNOWN),
    ({Outcome.SUCCEEDED, Outcome.FAILED}, State.PARTLY_FAILED),
    ({Outcome.SUCCEEDED, Outcome.TIMED_OUT}, State.PARTLY_FAILED),
    ({Outcome.SUCCEEDED, Outcome.UNREACHABLE}, State.PARTLY_FAILED),
    ({Outcome.SUCCEEDED, Outcome.NOT_RUN}, State.PARTLY_FAILED),
    ({Outcome.SUCCEEDED, Outcome.CANCELLED}, State.PARTLY_FAILED),
    ({Outcome.SUCCEEDED, Outcome.UNKNOWN}, State.UNKNOWN),
    ({Outcome.FAILED, Outcome.TIMED_OUT}, State.FAILED),
    ({Outcome.TIMED_OUT, Outcome.CANCELLED}, State.FAILED),
    ({Outcome.FAILED, Outcome.UNKNOWN}, State.UNKNOWN),
]
SETS = [set(s) for s in chain.from_iterable(combinations(Outcome, size) for size in range(1, len(Outcome) + 1))]


def final(outcomes: set[Outcome], stop_by: str = "", unreachable: int = 0) -> State | None:
    """Of an invocation with a batch for each of *outcomes*."""
    over = tuple(
        Batch(n, 0, (f"i-{n}",), state=BatchState.DONE, tally=((outcome, 1),)) for n, outcome in enumerate(outcomes)
    )
    return final_state(asked(plan=a_plan(1, unreachable=unreachable), batches=over, stop_by=stop_by))


@pytest.mark.parametrize(
    ("outcomes", "state"), TABLE, ids=lambda v: str(v) if isinstance(v, State) else "+".join(sorted(v))
)
def test_truth_table(outcomes: set[Outcome], state: State) -> None:
    """As a person would call it."""
    assert final(outcomes) is state


@pytest.mark.parametrize("stop_by", ["", "U1"])
def test_every_combination(stop_by: str) -> None:
    """One that may have run anywhere unseen is unknown; succeeded is said of nothing but successes."""
    for outcomes in SETS:
        state = final(outcomes, stop_by)
        assert state is not None
        assert state.final
        assert (state is State.UNKNOWN) == (Outcome.UNKNOWN in outcomes)
        assert (state is State.SUCCEEDED) == (outcomes == {Outcome.SUCCEEDED})


def test_stopped_by_a_person() -> None:
    """It is cancelled if that took effect anywhere; what had ended before has ended."""
    assert final({Outcome.SUCCEEDED, Outcome.CANCELLED}, "U1") is State.CANCELLED
    assert final({Outcome.FAILED, Outcome.CANCELLED}, "U1") is State.CANCELLED
    assert final({Outcome.SUCCEEDED}, "U1") is State.SUCCEEDED
    assert final({Outcome.CANCELLED, Outcome.UNKNOWN}, "U1") is State.UNKNOWN


def test_those_left_out_count() -> None:
    """A run on two of three machines did not succeed."""
    assert final({Outcome.SUCCEEDED}, unreachable=1) is State.PARTLY_FAILED
    assert final({Outcome.FAILED}, unreachable=1) is State.FAILED


@pytest.mark.parametrize("state", [state for state in BatchState if not state.final])
def test_not_before_all_are_over(state: BatchState) -> None:
    """None while one batch is not; None without batches."""
    over = Batch(1, 0, ("i-1",), state=BatchState.DONE, tally=((Outcome.FAILED, 1),))
    inv = asked(plan=a_plan(1), batches=(over, Batch(2, 0, ("i-2",), state=state)))
    assert final_state(inv) is None
    assert final_state(replace(inv, batches=())) is None
