"""Machines that say the same are one group."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.output import GRAVITY, fold
from bot.domain.result import Outcome, Result

RESULTS = st.lists(
    st.builds(
        Result,
        instance=st.integers(0, 10_000).map(lambda n: f"i-{n}"),
        outcome=st.sampled_from(Outcome),
        name=st.sampled_from(["", "web-1", "web-2"]),
        exit_code=st.sampled_from([None, 0, 2]),
        output=st.sampled_from(["", "a", "a\n", "\x1b[1ma", "b"]),
        dropped=st.sampled_from([0, 9]),
        error_code=st.sampled_from(["", "ClientNotOnline"]),
        error_info=st.sampled_from(["", "offline"]),
    ),
    unique_by=lambda r: r.instance,
    max_size=40,
)


@given(RESULTS, st.randoms())
def test_every_instance_is_in_exactly_one_group(results: list[Result], random: object) -> None:
    """None is lost, none is counted twice, and the order does not depend on how they came."""
    groups = fold(results)
    assert sorted(i for g in groups for i, _ in g.instances) == sorted(r.instance for r in results)
    assert fold(results[::-1]) == groups
    gravity = [GRAVITY.index(g.outcome) for g in groups]
    assert gravity == sorted(gravity)


def test_every_outcome_has_its_gravity() -> None:
    """A new outcome can't be forgotten."""
    assert set(GRAVITY) == set(Outcome)


def test_failures_stand_first_and_the_odd_ones_before_the_many() -> None:
    """That is what one looks for."""
    many = [Result(f"i-{n}", Outcome.SUCCEEDED, f"web-{n}", output="ok") for n in range(5)]
    odd = Result("i-odd", Outcome.SUCCEEDED, "web-odd", output="not ok")
    bad = Result("i-bad", Outcome.FAILED, "web-bad", exit_code=2)
    assert [g.names for g in fold([*many, odd, bad])] == [
        ("web-bad",),
        ("web-odd",),
        ("web-0", "web-1", "web-2", "web-3", "web-4"),
    ]


def test_colours_and_final_newlines_set_nobody_apart() -> None:
    """Outputs are compared as they are read."""
    assert (
        len(
            fold(
                [Result("i-1", Outcome.SUCCEEDED, output="ok\n"), Result("i-2", Outcome.SUCCEEDED, output="\x1b[32mok")]
            )
        )
        == 1
    )


def test_an_error_that_names_its_own_machine_folds() -> None:
    """Fifty machines whose agent is silent are one line, not fifty."""
    results = [
        Result(f"i-{n}", Outcome.UNREACHABLE, error_code="ClientNotOnline", error_info=f"agent of i-{n} is offline")
        for n in range(50)
    ]
    (group,) = fold(results)
    assert group.error_info == "agent of this instance is offline"


def test_a_machine_without_a_name_goes_by_its_id() -> None:
    """It has to be called something."""
    (group,) = fold([Result("i-1", Outcome.SUCCEEDED)])
    assert group.names == ("i-1",)
