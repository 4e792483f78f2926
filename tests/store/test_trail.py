"""The audit trail: what is in it stays as it was written, or verify says where it doesn't."""

import asyncio

import pytest

from bot.domain.change import Event
from bot.errors import StoreError
from bot.store import SqlStore, open_store
from tests.store.given import CARD, NOW, SECOND, added, changed, event, invocation, raw, tamper

HOW_MANY = 12


@pytest.fixture
async def full(store: SqlStore) -> SqlStore:
    """One whose trail has HOW_MANY events."""
    inv = await added(store, invocation(), CARD)
    for n in range(HOW_MANY - 3):
        inv = await changed(store, inv, note=str(n))
    await store.record(Event("not_allowed", "U2", data={"rule": "none", "z": 1, "a": [1.5, None]}), NOW + SECOND)
    await store.record(event("asked", ""), NOW)
    return store


async def where(store: SqlStore) -> list[int]:
    """The ids at which verify finds faults."""
    return [fault.id for fault in await store.verify()]


async def test_the_timeline_is_what_was_recorded(store: SqlStore) -> None:
    """Oldest first, with its time, and each with a hash of its own."""
    data = {"b": [1, {"c": None}], "a": "é\x00"}
    await store.record(Event("asked", "U1", "i1", data), NOW)
    await store.record(Event("other", "U1", "i2"), NOW)
    await store.record(Event("moved", "", "i1"), NOW + SECOND)
    first, second = await store.events("i1")
    assert (first.at, first.event) == (NOW, Event("asked", "U1", "i1", data))
    assert (second.at, second.event) == (NOW + SECOND, Event("moved", "", "i1"))
    assert (first.id, second.id) == (1, 3)
    assert len({first.hash, second.hash}) == 2


async def test_a_whole_trail_has_no_faults(full: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """However small the portions in which it is read."""
    assert await full.verify() == []
    monkeypatch.setattr("bot.store.proof.PORTION", 5)
    assert await full.verify() == []


async def test_an_empty_trail_has_no_faults(store: SqlStore) -> None:
    """Nothing was written, nothing is missing."""
    assert await store.verify() == []


@pytest.mark.parametrize("verb", ["UPDATE events SET actor = 'U7'", "DELETE FROM events"])
async def test_the_database_refuses_to_change_events(full: SqlStore, verb: str) -> None:
    """By triggers: no slip of a hand at a console does it."""
    with pytest.raises(StoreError, match="kept as they were"):
        await raw(full, verb)


@pytest.mark.parametrize(
    "change",
    [
        "data = replace(data, 'none', 'nonf')",
        "actor = 'U3'",
        "kind = 'allowed'",
        "invocation = 'i1'",
        "at = '2026-03-01 03:10:01.123457+00:00'",
        "hash = replace(hash, substr(hash, 1, 1), 'x')",
    ],
)
async def test_one_byte_changed_is_found(full: SqlStore, change: str) -> None:
    """With the id where; a changed hash no longer fits the next event either."""
    await tamper(full, f"UPDATE events SET {change} WHERE id = {HOW_MANY - 1}")
    assert (await where(full))[0] == HOW_MANY - 1


async def test_a_deleted_row_is_found(full: SqlStore) -> None:
    """The first, one in the middle, several, the last."""
    await tamper(full, "DELETE FROM events WHERE id IN (1, 5, 7, 8)")
    assert await where(full) == [1, 5, 7]
    await tamper(full, f"DELETE FROM events WHERE id = {HOW_MANY}")
    assert await where(full) == [1, 5, 7, HOW_MANY]


async def test_a_cut_tail_is_found(full: SqlStore) -> None:
    """The chain alone would fit: the head knows how long it was. A trail cut whole is found too."""
    await tamper(full, "DELETE FROM events WHERE id > 9")
    (fault,) = await full.verify()
    assert (fault.id, fault.what) == (10, f"events 10 to {HOW_MANY} are missing: the trail's end was cut off")
    await tamper(full, "DELETE FROM events")
    assert await where(full) == [1]
    await tamper(full, "DELETE FROM trail")
    assert await where(full) == [0]


async def test_a_last_event_written_anew_is_found(full: SqlStore) -> None:
    """Though its hash was made to fit: the head knows another one."""
    ((was,),) = await raw(full, "SELECT hash FROM trail")
    await tamper(
        full,
        f"DELETE FROM events WHERE id = {HOW_MANY}",
        "UPDATE trail SET (length, hash) = (SELECT id, hash FROM events ORDER BY id DESC LIMIT 1)",
    )
    await full.record(event("forged"), NOW)
    assert await full.verify() == []
    await tamper(full, f"UPDATE trail SET hash = '{was}'")
    assert await where(full) == [HOW_MANY]


async def test_two_swapped_rows_are_found(full: SqlStore) -> None:
    """Both of them."""
    await tamper(
        full,
        "UPDATE events SET id = -1 WHERE id = 3",
        "UPDATE events SET id = 3 WHERE id = 4",
        "UPDATE events SET id = 4 WHERE id = -1",
    )
    assert {3, 4} <= set(await where(full))


COPY = (
    "INSERT INTO events (id, at, actor, kind, invocation, data, hash)"
    " SELECT {id}, at, actor, kind, invocation, data, hash FROM events WHERE id = 4"
)


@pytest.mark.parametrize("id", [-3, 0, HOW_MANY + 1, HOW_MANY + 9])
async def test_an_inserted_row_is_found(full: SqlStore, id: int) -> None:  # noqa: A002 - the column's name
    """Before the first and after the last; between two there is no room."""
    await tamper(full, COPY.format(id=id))
    assert min(id, HOW_MANY + 1) in await where(full)


async def test_a_row_pushed_in_between_is_found(full: SqlStore) -> None:
    """Though the others make room for it, and the head counts it."""
    await tamper(
        full,
        "UPDATE events SET id = -id WHERE id > 6",
        "UPDATE events SET id = 1 - id WHERE id < 0",
        COPY.format(id=7),
        "UPDATE trail SET length = length + 1",
    )
    assert 7 in await where(full)


@pytest.mark.parametrize("engine", ["postgresql"])
async def test_two_stores_on_one_database_write_one_trail(ready: str) -> None:
    """A second replica waits for its turn, and the chain does not fork."""
    async with await open_store(ready) as one, await open_store(ready) as other:
        await asyncio.gather(*(store.record(event(n=n), NOW) for n in range(20) for store in (one, other)))
        assert [e.id for e in await one.events("i1")] == list(range(1, 41))
        assert await other.verify() == []


async def test_the_trail_goes_on_over_restarts(url: str) -> None:
    """The next process binds its events to the last one's."""
    for n in range(3):
        async with await open_store(url) as store:
            await store.record(event(n=n), NOW)
            assert await store.verify() == []
    async with await open_store(url) as store:
        assert [e.id for e in await store.events("i1")] == [1, 2, 3]
