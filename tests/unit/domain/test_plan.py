"""A plan: its digest, its differences from another, how it is cut, what it is made of."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.catalog import OsType, Param, ParamType, Risk, Script, Shell, Snippet, Target
from bot.domain.plan import BATCH_SIZE, Instance, Part, Plan, Unreachable, cut, seconds
from bot.domain.planning import make_plan, without
from bot.domain.refusal import Refusal, Why
from tests.unit.domain.given import a_plan

PLAN = a_plan(2, 1)
FIRST = PLAN.parts[0]
DECIDING = {
    "snippet": "cpu",
    "target": "db",
    "account": "other",
    "region": "cn-beijing",
    "user": "root",
    "timeout": 61,
    "params": (("lines", "21"),),
}


@pytest.mark.parametrize("field", DECIDING)
def test_what_decides_changes_the_digest(field: str) -> None:
    """Anything that would make something else happen, or elsewhere."""
    changed: dict[str, object] = {field: DECIDING[field]}
    assert replace(PLAN, **changed).digest != PLAN.digest  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "part",
    [
        replace(FIRST, shell=Shell.POWERSHELL),
        replace(FIRST, content="script 0 "),
        replace(FIRST, instances=FIRST.instances[:1]),
        replace(FIRST, instances=(*FIRST.instances, ("i-9", "web-9"))),
    ],
)
def test_another_script_or_machine_changes_it(part: Part) -> None:
    """A shell, a character, one machine more or less."""
    assert replace(PLAN, parts=(part, *PLAN.parts[1:])).digest != PLAN.digest


def test_which_script_goes_where_changes_it() -> None:
    """The same scripts and the same machines, crossed."""
    one, two = PLAN.parts
    crossed = (replace(one, instances=two.instances), replace(two, instances=one.instances))
    assert replace(PLAN, parts=crossed).digest != PLAN.digest


def test_what_decides_nothing() -> None:
    """Order, names, who can't be reached, what is redacted, the name of the environment."""
    renamed = tuple(replace(p, instances=tuple((i, "other") for i, _ in reversed(p.instances))) for p in PLAN.parts)
    same = replace(PLAN, parts=renamed[::-1], env="x", unreachable=(Unreachable("i-8", "", "Stopped"),), redact=("x",))
    assert same.digest == PLAN.digest
    assert PLAN.differences(same) == ()


def test_differences() -> None:
    """In words for a person who approved the one and is told of the other."""
    other = replace(
        PLAN, parts=(replace(FIRST, content="x", instances=(("i-9", "web-9"), FIRST.instances[0])),), timeout=61
    )
    off = replace(other, unreachable=(Unreachable("i-1-0", "web-1-0", "AgentOffline"),))
    said = ("web-9 is new", "web-0-1 is gone", "web-1-0 is gone", "the script", "timeout")
    assert PLAN.differences(other) == said
    assert PLAN.differences(off) == (*said[:2], "web-1-0: AgentOffline", *said[3:])


@pytest.mark.parametrize("field", ["region", "account", "user", "timeout", "params"])
def test_each_difference_has_its_word(field: str) -> None:
    """Where the digest differs in what can differ between plan and dispatch, a word says in what."""
    changed: dict[str, object] = {field: DECIDING[field]}
    assert len(PLAN.differences(replace(PLAN, **changed))) == 1  # type: ignore[arg-type]


def test_scripts_crossed_is_a_difference() -> None:
    """Which machine gets which script: the refusal must not end in nothing."""
    one, two = PLAN.parts
    crossed = (replace(one, instances=two.instances), replace(two, instances=one.instances))
    assert PLAN.differences(replace(PLAN, parts=crossed)) != ()


@given(st.lists(st.integers(0, 350), min_size=1, max_size=3))
def test_cut(sizes: list[int]) -> None:
    """Each machine in one batch, in order, no batch too large or empty or of two scripts."""
    plan = a_plan(*sizes)
    batches = list(cut(plan))
    assert all(0 < len(ids) <= BATCH_SIZE for _, ids in batches)
    for n, part in enumerate(plan.parts):
        assert [i for index, ids in batches if index == n for i in ids] == [i for i, _ in part.instances]
    assert len(batches) == sum(-(-size // BATCH_SIZE) for size in sizes)


@given(st.timedeltas(timedelta(milliseconds=1), timedelta(days=1)))
def test_a_timeout_is_never_cut_short(span: timedelta) -> None:
    """Whole seconds, up to one more."""
    whole = timedelta(milliseconds=int(span.total_seconds() * 1000))
    assert whole <= timedelta(seconds=seconds(span)) < whole + timedelta(seconds=1)


# ── made of a snippet, a target and machines ───────────────────────────────────

SNIPPET = Snippet(
    "mem",
    "Memory",
    Risk.LOW,
    timedelta(seconds=60),
    params=(Param("lines", ParamType.INTEGER, default="5"),),
    scripts={OsType.LINUX: Script(Shell.BASH, 'tail -n "$lines"')},
)
TARGET = Target("web", "prod", "cn-hangzhou", tags=(("app", "web"),), max_instances=3)


def machine(n: int, **fields: object) -> Instance:
    """Ready, unless told otherwise."""
    return replace(Instance(f"i-{n}", f"web-{n}", OsType.LINUX), **fields)  # type: ignore[arg-type]


def test_made() -> None:
    """Those that can run it; the others are named with their reasons."""
    there = (
        machine(1),
        machine(2, status="Stopped"),
        machine(3, agent_online=False),
        machine(4, os=OsType.WINDOWS),
        machine(5, status="NotFound"),
    )
    plan = make_plan(SNIPPET, TARGET, (("LINES", "007"),), there)
    assert isinstance(plan, Plan)
    assert (plan.size, plan.params, plan.timeout) == (1, (("lines", "7"),), 60)
    whys = {u.instance: u.why for u in plan.unreachable}
    assert whys == {"i-2": "Stopped", "i-3": "AgentOffline", "i-4": "NoScript", "i-5": "NotFound"}
    assert plan.names.keys() == {m.id for m in there}


@pytest.mark.parametrize(
    ("params", "there", "why"),
    [
        ((("lines", "x"),), (machine(1),), Why.BAD_VALUE),
        ((), (), Why.NO_MACHINES),
        ((), (machine(1, status="Stopped"),), Why.NO_MACHINES),
        ((), tuple(machine(n) for n in range(4)), Why.TOO_MANY_MACHINES),
    ],
)
def test_not_made(params: tuple[tuple[str, str], ...], there: tuple[Instance, ...], why: Why) -> None:
    """A bad parameter, nobody there, nobody ready, too many."""
    made = make_plan(SNIPPET, TARGET, params, there)
    assert isinstance(made, Refusal)
    assert made.why is why


def test_those_who_cannot_run_it_do_not_count_as_too_many() -> None:
    """The limit is on what would run."""
    there = tuple(machine(n, status="Running" if n < 3 else "Stopped") for n in range(9))
    assert isinstance(make_plan(SNIPPET, TARGET, (), there), Plan)


@given(st.sets(st.sampled_from(["i-0-0", "i-0-1", "i-1-0", "stranger"])))
def test_without(unfit: set[str]) -> None:
    """They are named instead of run on; nobody is named who was not in it; all of them: nothing is left."""
    left = without(PLAN, dict.fromkeys(unfit, "why"))
    if unfit >= {"i-0-0", "i-0-1", "i-1-0"}:
        assert isinstance(left, Refusal)
        assert left.why is Why.NO_MACHINES
        return
    assert isinstance(left, Plan)
    assert left.names == PLAN.names
    assert {u.instance for u in left.unreachable} == unfit - {"stranger"}
    assert all(part.instances for part in left.parts)
    assert (left.digest == PLAN.digest) == (unfit <= {"stranger"})
