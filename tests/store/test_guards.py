"""What guards ask of the store: claims, locks, what was asked before, what has to be reviewed."""

import asyncio
from dataclasses import replace
from datetime import datetime

import pytest

from bot.domain.change import Change
from bot.domain.guards import Lock
from bot.domain.invocation import Review, State
from bot.domain.message import MessageKind, Place
from bot.errors import ClaimTaken
from bot.store import SqlStore
from tests.store.given import CARD, NOW, SECOND, added, changed, event, invocation, message


async def test_no_two_invocations_hold_one_claim(store: SqlStore) -> None:
    """The second is told who holds it, and nothing of its change is there; once it is free it can be had."""
    first, second = await added(store, invocation("i1")), await added(store, invocation("i2"))
    first = await changed(store, first, claim="web-prod")
    taking = Change(second, replace(second, claim="web-prod", note="mine"), (event("took", "i2"),), (CARD,))
    with pytest.raises(ClaimTaken) as caught:
        await store.apply(taking, NOW)
    assert caught.value.holder == "i1"
    assert await store.load("i2") == second
    assert [e.event.kind for e in await store.events("i2")] == ["asked"]
    assert await store.owed(NOW, 10) == ()
    assert await store.holder("web-prod") == "i1"
    first = await changed(store, first, note="still mine")
    await changed(store, first, claim=None)
    assert await store.holder("web-prod") is None
    assert await store.apply(taking, NOW)
    assert await store.holder("web-prod") == "i2"


async def test_of_twenty_that_claim_at_once_one_gets_it(store: SqlStore) -> None:
    """The others are told of that one."""
    made = [await added(store, invocation(f"i{n}")) for n in range(20)]
    changes = [Change(one, replace(one, claim="web-prod"), ()) for one in made]
    ended = await asyncio.gather(*(store.apply(change, NOW) for change in changes), return_exceptions=True)
    won = ended.index(True)
    assert {one.holder for one in ended if isinstance(one, ClaimTaken)} == {f"i{won}"}
    assert sum(isinstance(one, ClaimTaken) for one in ended) == 19


async def test_a_stale_change_is_stale_before_it_claims(store: SqlStore) -> None:
    """Two at once take the same step of one invocation: the second is late, and not its own rival."""
    before = await added(store, invocation())
    taking = Change(before, replace(before, claim="web-prod"), ())
    assert await store.apply(taking, NOW)
    assert not await store.apply(taking, NOW)


async def test_a_lock_is_its_owners_until_it_ends(store: SqlStore) -> None:
    """Somebody else gets to see it; the owner can change it; there is an event for what was done, and for no other."""
    mine = Lock("web-prod", "U1", NOW, "deploying", NOW + 9 * SECOND)
    assert await store.lock(mine, event("locked", ""), NOW) == mine
    assert await store.lock(replace(mine, by="U2", why="no"), event("locked", ""), NOW) == mine
    longer = replace(mine, why="still deploying", until=None)
    assert await store.lock(longer, event("locked", ""), NOW) == longer
    other = Lock("db-prod", "U2", NOW, "moving")
    assert await store.lock(other, event("locked", ""), NOW) == other
    assert await store.locks(NOW) == (other, longer)
    assert not await store.unlock(mine, event("unlocked", ""), NOW), "it is not as it was: somebody was faster"
    assert await store.unlock(longer, event("unlocked", ""), NOW)
    assert not await store.unlock(longer, event("unlocked", ""), NOW)
    assert await store.locks(NOW) == (other,)
    assert [e.event.kind for e in await store.events("")] == ["locked", "locked", "locked", "unlocked"]


async def test_an_expired_lock_keeps_nobody_out(store: SqlStore) -> None:
    """It isn't listed, and the next one takes its place."""
    old = Lock("web-prod", "U1", NOW, "deploying", NOW + SECOND)
    await store.lock(old, event("locked", ""), NOW)
    assert await store.locks(NOW + SECOND) == ()
    assert not await store.unlock(old, event("unlocked", ""), NOW + SECOND)
    await store.lock(old, event("locked", ""), NOW)
    new = Lock("web-prod", "U2", NOW + SECOND, "mine now")
    assert await store.lock(new, event("locked", ""), NOW + SECOND) == new
    assert await store.locks(NOW + SECOND) == (new,)


async def test_of_two_that_lock_at_once_one_gets_it(store: SqlStore) -> None:
    """Both are told of the same."""
    both = [Lock("web-prod", user, NOW, "mine") for user in ("U1", "U2")]
    one, other = await asyncio.gather(*(store.lock(lock, event("locked", ""), NOW) for lock in both))
    assert one == other
    assert await store.locks(NOW) == (one,)


async def test_what_somebody_asked_for_is_counted_from_a_moment_on(store: SqlStore) -> None:
    """Their own alone, whatever became of it."""
    for n, (user, state) in enumerate([("U1", State.FAILED), ("U1", State.PLANNING), ("U2", State.PLANNING)]):
        await added(store, invocation(f"i{n}", requester=user, state=state, created_at=NOW + n * SECOND))
    assert [await store.asked_since("U1", NOW + n * SECOND) for n in range(3)] == [2, 1, 0]
    assert await store.asked_since("U3", NOW) == 0


async def test_a_first_use_is_known(store: SqlStore) -> None:
    """Only success counts, of this snippet on this target."""
    inv = await added(store, invocation(state=State.FAILED))
    assert not await store.succeeded_before("mem", "web-prod")
    await changed(store, inv, state=State.SUCCEEDED)
    assert await store.succeeded_before("mem", "web-prod")
    assert not await store.succeeded_before("mem", "db-prod")
    assert not await store.succeeded_before("cpu", "web-prod")


async def test_break_glass_waits_for_its_review(store: SqlStore) -> None:
    """The oldest first; what never ran needs none."""

    async def glass(name: str, created: datetime, started: datetime | None) -> None:
        await added(store, invocation(name, break_glass=True, created_at=created, started_at=started))

    await glass("later", NOW + SECOND, NOW + SECOND)
    await glass("first", NOW, NOW + 9 * SECOND)
    await glass("never ran", NOW, None)
    await added(store, invocation("ordinary", started_at=NOW))
    first, later = await store.to_review(10)
    assert (first.id, later.id) == ("first", "later")
    assert await store.to_review(1) == (first,)
    await changed(store, first, review=Review("U9", NOW, "fine"))
    assert await store.to_review(10) == (later,)


async def test_a_message_is_known_by_where_it_was_posted(store: SqlStore) -> None:
    """Not one of another invocation, nor one that somebody else wrote."""
    await added(store, invocation(), CARD)
    await store.delivered(await message(store), Place("C1", "1.1"))
    assert await store.is_ours("i1", "C1", "1.1")
    assert not await store.is_ours("i1", "C1", "1.2")
    assert not await store.is_ours("i1", "C2", "1.1")
    assert not await store.is_ours("i2", "C1", "1.1")
    assert await store.place("i1", MessageKind.CARD) == Place("C1", "1.1")


async def test_what_is_unknown_is_found_however_much_came_after(store: SqlStore) -> None:
    """Until somebody has settled it."""
    first = await changed(store, await added(store, invocation("i1")), state=State.UNKNOWN)
    second = await changed(store, await added(store, invocation("i2", created_at=NOW + SECOND)), state=State.UNKNOWN)
    for number in range(3, 9):
        await added(store, invocation(f"i{number}", created_at=NOW + number * SECOND))
    assert await store.unsettled(10) == (second, first)
    assert await store.unsettled(1) == (second,)
    await changed(store, second, state=State.FAILED)
    assert await store.unsettled(10) == (first,)
