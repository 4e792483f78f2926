"""What should not be in ECS, given what the database has."""

import pytest

from bot.domain.invocation import BatchState
from bot.domain.strays import Astray, Listed, Sent, astray

RUN = Listed("t-1", "ecs-i1-1", "i1", "U1", "Running")
STATES = list(BatchState)
UNSENT = {BatchState.WAITING, BatchState.REFUSED, BatchState.DONE}


@pytest.mark.parametrize("state", STATES)
def test_one_that_the_database_knows(state: BatchState) -> None:
    """By its name and its InvokeId, in whatever state."""
    assert astray(RUN, [Sent("ecs-i1-0", "", state), Sent("ecs-i1-1", "t-1", state)]) is None


@pytest.mark.parametrize("state", STATES)
def test_one_whose_invoke_id_is_not_known_yet(state: BatchState) -> None:
    """It may be on its way, or unknown, which has an alert of its own; what was never sent can't be there."""
    assert astray(RUN, [Sent("ecs-i1-1", "", state)]) is (Astray.SAID_UNSENT if state in UNSENT else None)


def test_one_of_a_batch_that_nobody_knows() -> None:
    """No such invocation, or no such batch of it."""
    assert astray(RUN, []) is Astray.UNHEARD_OF
    assert astray(RUN, [Sent("ecs-i1-2", "t-1", BatchState.DONE)]) is Astray.UNHEARD_OF


def test_a_batch_that_runs_twice() -> None:
    """What must never happen is said where it does."""
    assert astray(RUN, [Sent("ecs-i1-1", "t-0", BatchState.DONE)]) is Astray.SECOND
