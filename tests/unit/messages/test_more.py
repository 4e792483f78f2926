"""The menu under what the machines said."""

import pytest

from bot.domain.invocation import State
from bot.domain.output import fold
from bot.slack.messages import more
from tests.unit.messages.samples import invocation, results


@pytest.mark.parametrize("state", State)
def test_no_more_than_slack_takes(state: State) -> None:
    """In whatever state, with one output, with several, and with none."""
    differing = (*results(2), *results(4, "something else")[2:])
    for found in ((), results(1), results(3), differing):
        groups = fold(found)
        assert sum(choice.fits(invocation(state), groups) for choice in more.CHOICES) <= more.MOST
    going = state in {State.RUNNING, State.CANCELLING}
    assert bool(more.more(invocation(state), ())) == going


def test_names_are_their_own() -> None:
    """A listener goes by them."""
    names = [choice.name for choice in more.CHOICES]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("carried", [None, 3, "", "[]", "{", '{"o": 1, "i": []}', "[" * 10_000])
def test_values_that_are_not_ours(carried: object) -> None:
    """They choose nothing."""
    assert more.chosen(carried) == ("", "")
