"""What goes in comes back equal, whatever it is made of; what has another shape is refused."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.access import Grant
from bot.domain.invocation import Approval, Ask, Batch, Invocation, Review, Verdict
from bot.domain.message import MessageKind, Owed
from bot.domain.plan import Part, Plan, Unreachable
from bot.domain.refusal import Refusal, Why
from bot.domain.result import Result
from bot.store import SqlStore, codec
from tests.store.given import LATER, NOW, added, changed, event, invocation

ZONES = st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(-timedelta(hours=3, minutes=30))])
TIMES = st.datetimes(datetime(1990, 1, 2), datetime(2150, 1, 1), timezones=ZONES)  # noqa: DTZ001 - the bounds are naive
MAYBE_TIMES = st.none() | TIMES
st.register_type_strategy(datetime, TIMES)  # in what a field is made of, too: the store takes no others
NUMBERS = st.integers(0, 2**31 - 1)
STORABLE = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=30)
ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=6,
)
PAYLOADS = st.dictionaries(ANY_TEXT, JSON, max_size=3)

ROUND_TRIPS = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=60)
STORED = settings(ROUND_TRIPS, max_examples=25)


def anything(kind: Any, text: st.SearchStrategy[str], **known: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Any value of the dataclass *kind*, no field left at its default."""
    with_all = {field.name: known.get(field.name, ...) for field in fields(kind)}
    for field in fields(kind):
        if field.name not in known and field.type in {str, "UserId"}:
            with_all[field.name] = text
        if field.name not in known and field.type is int:
            with_all[field.name] = NUMBERS
    return st.builds(kind, **with_all)


def texts(text: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(text, max_size=3).map(tuple)


def pairs(text: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[tuple[str, str], ...]]:
    return st.lists(st.tuples(text, text), max_size=3).map(tuple)


def plans(text: st.SearchStrategy[str]) -> st.SearchStrategy[Plan]:
    parts = st.lists(anything(Part, text, instances=pairs(text)), max_size=2).map(tuple)
    lost = st.lists(anything(Unreachable, text), max_size=2).map(tuple)
    return anything(
        Plan, text, params=pairs(text), parts=parts, unreachable=lost, redact=texts(text), user=st.none() | text
    )


ASKS = anything(Ask, ANY_TEXT, until=TIMES, remind_at=MAYBE_TIMES, roles=texts(ANY_TEXT), told=texts(ANY_TEXT))
REFUSALS = anything(Refusal, ANY_TEXT, near=texts(ANY_TEXT), who=texts(ANY_TEXT))
BATCHES = st.lists(
    anything(Batch, STORABLE, sent_at=MAYBE_TIMES, started_at=MAYBE_TIMES, next_at=MAYBE_TIMES),
    max_size=3,
    unique_by=lambda b: b.no,
).map(lambda found: tuple(sorted(found, key=lambda b: b.no)))
APPROVALS = st.lists(anything(Approval, STORABLE, at=TIMES), max_size=3, unique_by=lambda a: a.by).map(tuple)
INVOCATIONS = anything(
    Invocation,
    STORABLE,
    params=pairs(ANY_TEXT),
    created_at=TIMES,
    started_at=MAYBE_TIMES,
    finished_at=MAYBE_TIMES,
    next_at=MAYBE_TIMES,
    plan=st.none() | plans(ANY_TEXT),
    review=st.none() | anything(Review, ANY_TEXT, at=TIMES),
    verdict=st.none() | anything(Verdict, ANY_TEXT, at=TIMES),
    claim=st.none(),
    ask=st.none() | ASKS,
    refusal=st.none() | REFUSALS,
    batches=BATCHES,
    approvals=APPROVALS,
)
RESULTS = st.lists(
    anything(Result, STORABLE, exit_code=st.none() | NUMBERS, started_at=MAYBE_TIMES, finished_at=MAYBE_TIMES),
    max_size=3,
    unique_by=lambda r: r.instance,
)

_numbers = count()


@ROUND_TRIPS
@given(plans(ANY_TEXT) | ASKS | REFUSALS)
def test_values_survive_json(value: Any) -> None:
    """Any text, halves of surrogate pairs among it; times as the same instant."""
    assert codec.loads(type(value), codec.dumps(value)) == value


@STORED
@given(made=INVOCATIONS)
async def test_an_invocation_comes_back_equal(store: SqlStore, made: Invocation) -> None:
    """With its plan, its batches and its approvals; and again when all of it is written by a change."""
    n = next(_numbers)
    made = replace(made, id=f"i{n}", request_key=f"k{n}")
    await store.add(made, [])
    assert await store.load(made.id) == made
    bare = await added(store, invocation(f"j{n}", created_at=made.created_at))
    whole = replace(made, id=bare.id, request_key=bare.request_key, version=1)
    known = {f.name: getattr(whole, f.name) for f in fields(Invocation) if f.name not in {"id", "version"}}
    stored = await changed(store, bare, **known)
    assert await store.load(bare.id) == stored


async def test_a_plan_is_read_once_for_all_who_load_it(store: SqlStore) -> None:
    """Every step of an invocation loads it, and its plan is the most of it: nobody can change one."""
    plan = Plan("mem", "web", "dev", "default", "cn-hangzhou", (), (), 60)
    await added(store, invocation(plan=plan))
    one, other = await store.load("i1"), await store.load("i1")
    assert one is not None
    assert other is not None
    assert one.plan == plan
    assert one.plan is other.plan


@STORED
@given(found=RESULTS, payload=PAYLOADS)
async def test_results_payloads_and_events_come_back_equal(
    store: SqlStore, found: list[Result], payload: dict[str, Any]
) -> None:
    """Floats, nesting and any text in what is JSON; no text is lost in what is text."""
    inv = await added(store, invocation(f"r{next(_numbers)}"))
    inv = await changed(store, inv, results=tuple(found))
    assert await store.results(inv.id) == tuple(sorted(found, key=lambda r: (r.name.encode(), r.instance.encode())))
    await store.record(event("any", inv.id, it=payload), NOW)
    assert (await store.events(inv.id))[-1].event.data == {"it": payload}
    await changed(store, inv, Owed(MessageKind.PRIVATE, "U1", payload=payload))
    (row,) = [row for row in await store.owed(LATER, 1000) if row.invocation == inv.id]
    assert row.payload == payload
    await store.delivered(row, None)


@STORED
@given(
    made=anything(
        Grant, STORABLE, through=st.just(""), granted_at=TIMES, until=st.none(), targets=st.none() | texts(ANY_TEXT)
    )
)
async def test_a_grant_comes_back_equal(store: SqlStore, made: Grant) -> None:
    """But for the id, which is the store's."""
    given = await store.grant(made, event("granted", ""), NOW)
    assert given == replace(made, id=given.id)
    assert given in await store.grants(NOW)


@pytest.mark.parametrize(
    ("spoiled", "said"),
    [
        ({"needed": "1"}, "int expected, not '1'"),
        ({"needed": True}, "int expected, not True"),
        ({"until": "2026-03-01T00:00:00"}, "a time with its zone expected"),
        ({"until": 5}, "a time with its zone expected"),
        ({"roles": "oncall"}, "a list expected"),
        ({"roles": [None]}, "str expected, not None"),
        ({"later": 1}, "Ask has no later"),
        ({"rule": ...}, "Ask lacks rule"),
    ],
)
def test_another_shape_is_refused(spoiled: dict[str, Any], said: str) -> None:
    """Nothing is guessed, nothing is dropped."""
    good = json.loads(codec.dumps(Ask(1, NOW, "rule 1", ("lead",))))
    text = json.dumps({key: item for key, item in (good | spoiled).items() if item is not ...})
    with pytest.raises(codec.CodecError, match=said):
        codec.loads(Ask, text)


def test_a_field_with_a_default_may_be_missing() -> None:
    """It is newer than the row."""
    assert codec.loads(Refusal, '{"why":"busy"}') == Refusal(Why.BUSY)


@pytest.mark.parametrize(("kind", "text"), [(Refusal, '{"why":"bored"}'), (Ask, "["), (tuple[str, int], '["a"]')])
def test_what_is_not_a_value_of_the_type_is_refused(kind: Any, text: str) -> None:
    """Unknown words, broken JSON, tuples of another length."""
    with pytest.raises(codec.CodecError):
        codec.loads(kind, text)


def test_a_naive_time_is_a_mistake_of_the_caller() -> None:
    """It is refused before it is stored."""
    with pytest.raises(ValueError, match="no time zone"):
        codec.dumps({"at": NOW.replace(tzinfo=None)})
