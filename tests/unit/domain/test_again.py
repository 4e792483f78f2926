"""Where it is run again."""

import pytest

from bot.domain.again import fallen_short, narrowed
from bot.domain.catalog import OsType
from bot.domain.plan import Instance
from bot.domain.result import Outcome, Result

ONE, TWO = Instance("i-1", "web-1", OsType.LINUX), Instance("i-2", "web-2", OsType.LINUX)


@pytest.mark.parametrize("outcome", Outcome)
def test_where_it_is_known_that_it_did_not_succeed(outcome: Outcome) -> None:
    """Not where nobody knows: it may be running still."""
    found = fallen_short([Result("i-2", outcome), Result("i-1", Outcome.FAILED)])
    assert found == (("i-1",) if outcome in {Outcome.SUCCEEDED, Outcome.UNKNOWN} else ("i-1", "i-2"))


def test_only_what_the_target_still_names() -> None:
    """Others of the target stay out; what is gone is named."""
    assert narrowed([ONE, TWO], ()) == (ONE, TWO)
    kept, gone = narrowed([ONE, TWO], ("i-2", "i-9"))
    assert kept == TWO
    assert (gone.id, gone.obstacle) == ("i-9", "NotInTarget")
