"""The trail's beginning is given up by age, and the rest proves as much as before."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.change import Change, Event
from bot.domain.invocation import Review, State
from bot.domain.result import Outcome, Result
from bot.domain.strays import Astray, Listed, Stray
from bot.errors import StoreError
from bot.store import SqlStore, proof
from bot.store.chain import GENESIS
from bot.store.proof import Head
from tests.store.given import CARD, NOW, added, batch, event, grant, invocation, raw, tamper

DAY = timedelta(days=1)
PRINTED = (Result("i-1", Outcome.SUCCEEDED, output="fine"),)
TABLES = ("invocations", "batches", "results", "approvals", "outbox")


async def ended(store: SqlStore, id: str, day: float, **fields: Any) -> None:  # noqa: A002 - the field's own name
    """One that was asked for and ended on that day: two events."""
    at = NOW + day * DAY
    made = await store.add(invocation(id, created_at=at, batches=(batch(1),)), [event("asked", id)], [CARD])
    over = invocation(id, created_at=at, state=State.SUCCEEDED, finished_at=at, batches=(batch(1),), **fields)
    assert await store.apply(Change(made, over, (event("ended", id),), results=PRINTED), at)


async def report(store: SqlStore, *witnesses: Head) -> proof.Report:
    """What a walk finds."""
    return await store._db.read(lambda conn: proof.examine(conn, witnesses))


async def said(store: SqlStore, *witnesses: Head) -> list[str]:
    """The faults, in words."""
    return [fault.what for fault in (await report(store, *witnesses)).faults]


async def head(store: SqlStore) -> Head:
    """Of the trail, as it is now."""
    found = await store._db.read(proof.head)
    assert found is not None
    return found


async def counts(store: SqlStore) -> list[int]:
    """How many rows there are of all that an invocation has."""
    return [(await raw(store, f"SELECT count(*) FROM {table}"))[0][0] for table in TABLES]


@pytest.fixture
async def year(store: SqlStore) -> SqlStore:
    """Ten invocations, one a day: events 1 to 20."""
    for n in range(10):
        await ended(store, f"i{n}", n)
    return store


async def test_old_events_go_with_their_invocations(year: SqlStore) -> None:
    """All that there is of them; the younger ones have everything."""
    gone = await year.forget(NOW + 4 * DAY, NOW + 99 * DAY, 100)
    assert (gone.events, gone.invocations, gone.held) == (8, 4, "")
    assert await counts(year) == [6, 6, 6, 0, 6]
    assert (await year.load("i3"), await year.events("i3"), await year.results("i3")) == (None, (), ())
    assert (await year.load("i4")) is not None
    assert [stored.id for stored in await year.events("i4")] == [9, 10]


async def test_the_trail_says_where_it_begins_and_is_proved_from_there_on(year: SqlStore) -> None:
    """The event that says so holds the last hash of what is gone."""
    before = await report(year)
    (_, last) = await year.events("i3")
    await year.forget(NOW + 4 * DAY, NOW + 99 * DAY, 100)
    after = await report(year)
    assert (before.cut, before.told) == (Head(0, GENESIS), None)
    assert (after.faults, after.cut, after.told) == ((), Head(8, last.hash), 21)
    assert (after.head.count, after.first) == (21, NOW + 4 * DAY)
    (cut,) = await year.events("")
    assert cut.event == Event(
        "trail_cut",
        data={
            "first": 1,
            "last": 8,
            "hash": last.hash,
            "invocations": 4,
            "before": (NOW + 4 * DAY).isoformat(),
        },
    )


async def test_it_goes_on_in_portions(year: SqlStore) -> None:
    """Each with an event of its own; an invocation goes with its last event."""
    before, now = NOW + 9 * DAY, NOW + 99 * DAY
    portions = [await year.forget(before, now, 7) for _ in range(4)]
    assert [(gone.events, gone.invocations) for gone in portions] == [(7, 3), (7, 4), (4, 2), (0, 0)]
    assert (await said(year), (await report(year)).cut.count) == ([], 18)
    await ended(year, "later", 100)
    assert await said(year) == []


async def test_a_day_at_least_goes_at_once(year: SqlStore) -> None:
    """However often it is asked for: no cut an hour."""
    assert (await year.forget(NOW + 0.9 * DAY, NOW, 100)).events == 0
    assert (await year.forget(NOW + 1.5 * DAY, NOW, 100)).events == 4
    assert (await year.forget(NOW + 2.5 * DAY, NOW, 100)).events == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"state": State.RUNNING},
        {"state": State.UNKNOWN, "finished_at": NOW},
        {"state": State.SUCCEEDED, "finished_at": NOW, "break_glass": True, "started_at": NOW},
    ],
)
async def test_what_is_not_over_keeps_its_events(store: SqlStore, fields: dict[str, Any]) -> None:
    """Open, unknown, to be reviewed: and all that came later stays with them, until somebody has seen to it."""
    await ended(store, "i0", 0)
    made = await added(store, invocation("i1", created_at=NOW))
    open_ = invocation("i1", created_at=NOW, **fields)
    await store.apply(Change(made, open_, (event("moved", "i1"),)), NOW)
    await ended(store, "i2", 1)
    first = await store.forget(NOW + 9 * DAY, NOW + 9 * DAY, 100)
    assert (first.events, first.invocations, first.held) == (2, 1, "i1")
    again = await store.forget(NOW + 9 * DAY, NOW + 9 * DAY, 100)
    assert (again.events, again.held) == (0, "i1")
    assert len(await store.events("i1")) == 2
    loaded = await store.load("i1")
    assert loaded is not None
    settled = replace(loaded, state=State.FAILED, finished_at=NOW, review=Review("U2", NOW))
    assert await store.apply(Change(loaded, settled, (event("settled", "i1"),)), NOW + DAY)
    assert (await store.forget(NOW + 9 * DAY, NOW + 9 * DAY, 100)).held == ""
    assert (await store.load("i1"), await said(store)) == (None, [])


async def test_what_still_happens_to_an_old_one_keeps_it(year: SqlStore) -> None:
    """It goes with its last event; of its timeline the younger part is left."""
    await year.record(event("taken", "i2"), NOW + 9.5 * DAY)
    assert (await year.forget(NOW + 5 * DAY, NOW + 99 * DAY, 100)).invocations == 4
    assert await year.load("i2") is not None
    assert [stored.event.kind for stored in await year.events("i2")] == ["taken"]


async def test_nothing_is_given_up_of_what_is_not_as_it_was_written(year: SqlStore) -> None:
    """It is evidence; verify goes on to name it."""
    await tamper(year, "UPDATE events SET actor = 'U7' WHERE id = 5")
    gone = await year.forget(NOW + 9 * DAY, NOW + 99 * DAY, 100)
    assert (gone.damaged, gone.events) == (True, 0)
    assert await said(year) == ["event 5 was altered"]
    assert (await year.forget(NOW + 9 * DAY, NOW + 99 * DAY, 4)).events == 4
    assert await said(year) == ["event 5 was altered"]
    assert (await year.forget(NOW + 9 * DAY, NOW + 99 * DAY, 4)).damaged


async def test_one_that_is_missing_is_evidence_too(year: SqlStore) -> None:
    """Whatever is before it may go."""
    await tamper(year, "DELETE FROM events WHERE id = 5")
    assert (await year.forget(NOW + 9 * DAY, NOW + 99 * DAY, 100)).damaged
    assert await said(year) == ["event 5 is missing"]


async def test_the_database_lets_nothing_go_that_is_after_the_cut(year: SqlStore) -> None:
    """A slip at a console is refused as before."""
    await year.forget(NOW + 4 * DAY, NOW + 99 * DAY, 100)
    for slip in ("DELETE FROM events WHERE id = 9", "DELETE FROM events", "UPDATE events SET actor = 'U7'"):
        with pytest.raises(StoreError, match="kept as they were"):
            await raw(year, slip)


@pytest.mark.parametrize(
    ("harm", "found"),
    [
        ("UPDATE trail SET cut = 10", "event 9 was inserted"),
        ("UPDATE trail SET cut = 0", "events 1 to 8 are missing"),
        ("UPDATE trail SET cut_hash = 'x'", "event 9 was altered"),
        ("DELETE FROM events WHERE id = 9", "event 9 is missing"),
        ("DELETE FROM events WHERE id = 21", "the trail begins with event 9, and no event in it says why"),
        ("UPDATE events SET data = '7' WHERE id = 21", "the trail begins with event 9, and no event in it says why"),
        ("UPDATE events SET id = 3 WHERE id = 21", "event 3 was inserted"),
    ],
)
async def test_a_cut_that_the_bot_did_not_make_is_found(year: SqlStore, harm: str, found: str) -> None:
    """By the event that is missing, or says something else."""
    await year.forget(NOW + 4 * DAY, NOW + 99 * DAY, 100)
    await tamper(year, harm)
    assert found in await said(year)


async def test_cut_by_hand(year: SqlStore) -> None:
    """The chain would fit, and the head too; only nobody says so."""
    await tamper(
        year,
        "UPDATE trail SET (cut, cut_hash) = (SELECT id, hash FROM events WHERE id = 6)",
        "DELETE FROM events WHERE id <= 6",
    )
    assert await said(year) == ["the trail begins with event 7, and no event in it says why"]


async def test_heads_that_were_kept_elsewhere(year: SqlStore) -> None:
    """One of after the cut, or of it, proves; older ones prove nothing any more, and alone are no proof."""
    rows = await raw(year, "SELECT id, hash FROM events ORDER BY id")
    heads = {count: Head(count, hash_) for count, hash_ in rows}
    await year.forget(NOW + 4 * DAY, NOW + 99 * DAY, 100)
    assert await said(year, heads[3], heads[8]) == await said(year, heads[3], heads[12], await head(year)) == []
    assert await said(year, heads[3], heads[5]) == [
        "no head that was given is of event 8 or later: of what is still there they prove nothing"
    ]
    assert await said(year, Head(8, "x" * 64)) == ["event 8 is not the one of a head that was given"]
    assert await said(year, Head(0, GENESIS), heads[12]) == []


async def test_what_is_over_and_settled_goes_as_well(year: SqlStore) -> None:
    """Grants that ran out, strays that somebody looked at; those that count stay."""
    at = NOW + 2 * DAY
    for given in (grant("U1", until=at), grant("U2"), grant("U3", until=NOW + 50 * DAY)):
        await year.grant(given, event("role_granted", ""), NOW)
    run = Listed("t-1", "ecs-x-1", "x", "U1", "Success", NOW)
    await year.strays.add([(Stray("default", "cn-hangzhou", run, Astray.UNHEARD_OF, NOW), event("stray", ""))], NOW)
    await year.strays.settle(NOW, event("strays_settled", ""), at)
    await year.forget(NOW + 4 * DAY, NOW + 99 * DAY, 100)
    assert [row for (row,) in await raw(year, 'SELECT "user" FROM role_grants ORDER BY id')] == ["U2", "U3"]
    assert await raw(year, "SELECT * FROM strays") == []


async def test_nothing_is_old_enough(store: SqlStore) -> None:
    """An empty trail, and a young one."""
    assert (await store.forget(NOW, NOW, 100)).events == 0
    await ended(store, "i0", 0)
    assert (await store.forget(NOW, NOW, 100)).events == 0
    assert (await report(store)).head.count == 2
