"""Several replicas on one database: no two do the same work, and what a dead one held is taken over."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.change import Change
from bot.domain.invocation import BatchState, State
from bot.domain.message import MessageKind, Place
from bot.domain.pacing import Draw
from bot.store import SqlStore, open_store
from bot.store.leases import LEASE
from tests.store.given import CARD, NOW, SECOND, added, batch, changed, invocation, message, raw

PLANNING = (State.PLANNING,)
RUNNING = (BatchState.RUNNING,)
DRAW = Draw("update", 8.0, 1.0)
SENDING = MessageKind.CARD.longest

replicas = pytest.mark.parametrize("engine", ["postgresql"])


@pytest.fixture
async def other(ready: str, store: SqlStore) -> AsyncIterator[SqlStore]:
    """Another replica on the database of *store*."""
    async with await open_store(ready) as opened:
        yield opened


async def planned(store: SqlStore, number: int = 1) -> None:
    """So many that wait for the planner."""
    for n in range(number):
        await added(store, invocation(f"i{n}", next_at=NOW))


async def claimed(store: SqlStore, after: timedelta = timedelta(0)) -> list[str]:
    """What a planner finds there."""
    return [inv.id for inv in await store.claim_due(PLANNING, NOW + after, 100)]


async def test_its_own_are_found_again(store: SqlStore) -> None:
    """A replica does not keep itself from its work, alone or not."""
    await planned(store)
    assert await claimed(store) == await claimed(store) == ["i0"]
    assert await store.next_due(PLANNING) == NOW


@replicas
async def test_what_one_has_the_other_does_not_get(store: SqlStore, other: SqlStore) -> None:
    """Until the lease ends; then it is the other's."""
    await planned(store)
    assert await claimed(store) == ["i0"]
    assert await claimed(other) == []
    assert await other.next_due(PLANNING) == NOW + LEASE
    assert await claimed(other, LEASE) == ["i0"]
    assert await claimed(store, LEASE) == []


@replicas
async def test_a_lease_is_renewed_by_looking(store: SqlStore, other: SqlStore) -> None:
    """For as long as its owner is alive."""
    await planned(store)
    for n in range(5):
        assert await claimed(store, n * LEASE / 2 + n * SECOND) == ["i0"]
        assert await claimed(other, n * LEASE / 2 + n * SECOND) == []


@replicas
async def test_two_that_look_at_once_share(store: SqlStore, other: SqlStore) -> None:
    """Nothing is found by both, nothing by neither."""
    await planned(store, 40)
    looks = [inv for one in (store, other) for inv in [one.claim_due(PLANNING, NOW, 30)]]
    first, second = [{inv.id for inv in found} for found in await asyncio.gather(*looks)]
    assert first & second == set()
    rest = set(await claimed(store)) | set(await claimed(other))
    assert len(first | second | rest) == 40
    assert set(await claimed(store)) & set(await claimed(other)) == set()


@replicas
async def test_batches_are_leased_with_their_invocation(store: SqlStore, other: SqlStore) -> None:
    """One replica follows a run, with all its batches."""
    both = tuple(batch(n, state=BatchState.RUNNING, next_at=NOW + n * SECOND) for n in range(2))
    await added(store, invocation(state=State.RUNNING, batches=both))
    assert [inv.id for inv in await store.claim_due_batches(RUNNING, NOW, 9)] == ["i1"]
    assert await other.claim_due_batches(RUNNING, NOW + 2 * SECOND, 9) == ()
    assert await other.next_due_batch(RUNNING) == NOW + LEASE
    assert [inv.id for inv in await other.claim_due_batches(RUNNING, NOW + LEASE, 9)] == ["i1"]


@replicas
async def test_who_changes_it_goes_on_with_it(store: SqlStore, other: SqlStore) -> None:
    """Somebody presses stop, and another replica hears it: it need not wait for the lease."""
    await planned(store)
    (inv,) = await store.claim_due(PLANNING, NOW, 9)
    assert await other.apply(Change(inv, replace(inv, note="heard"), ()), NOW)
    assert await claimed(other) == ["i0"]
    assert await claimed(store) == []
    assert await other.apply(Change(replace(inv, version=2, note="heard"), replace(inv, note="mine"), ()), NOW)
    assert await claimed(store) == []


@replicas
async def test_what_a_stopped_one_had_is_free_at_once(store: SqlStore, other: SqlStore, ready: str) -> None:
    """SIGTERM: nobody waits for its leases."""
    await planned(store)
    await added(store, invocation("m"), CARD)
    async with await open_store(ready) as stopping:
        assert await claimed(stopping) == ["i0"]
        assert await stopping.claim_owed(await message(stopping), [DRAW], NOW) == timedelta(0)
    assert await claimed(other) == ["i0"]
    assert [row.invocation for row in await other.owed(NOW, 9)] == ["m"]


# ── Messages ───────────────────────────────────────────────────────────────────


async def test_a_message_is_claimed_to_be_sent(store: SqlStore) -> None:
    """Alone, always."""
    await added(store, invocation(), CARD)
    row = await message(store)
    assert await store.claim_owed(row, [DRAW], NOW) == timedelta(0)
    await store.delivered(row, Place("C1", "1.1"))
    assert await store.place("i1", MessageKind.CARD) == Place("C1", "1.1")


@replicas
async def test_a_message_that_one_sends_the_other_does_not(store: SqlStore, other: SqlStore) -> None:
    """Nor what was read before the lease; when it can't be under way any more, it may be sent again."""
    await added(store, invocation(), CARD)
    row, same = await message(store), await message(other)
    assert await store.claim_owed(row, [DRAW], NOW) == timedelta(0)
    assert await other.claim_owed(same, [DRAW], NOW) is None
    assert await other.owed(NOW, 9) == ()
    assert await other.next_owed() == NOW + SENDING
    assert await other.claim_owed(same, [DRAW], NOW + SENDING) == timedelta(0)


@replicas
async def test_a_message_that_was_sent_since_it_was_read(store: SqlStore, other: SqlStore) -> None:
    """It has a place now, and something newer to say there: as it was read it would be posted once more."""
    inv = await added(store, invocation(), CARD)
    row, same = await message(store), await message(other)
    await store.claim_owed(row, [DRAW], NOW)
    await changed(store, inv, CARD)
    await store.delivered(row, Place("C1", "1.1"))
    assert await other.claim_owed(same, [DRAW], NOW) is None
    newer = await message(other, at=NOW)
    assert newer.place == Place("C1", "1.1")
    assert await other.claim_owed(newer, [DRAW], NOW) == timedelta(0)


@replicas
async def test_who_tells_first_where_it_is_counts(store: SqlStore, other: SqlStore) -> None:
    """One that was cut off for longer than its lease tells late of a message that was posted again since."""
    await added(store, invocation(), CARD)
    row = await message(store)
    await store.claim_owed(row, [DRAW], NOW)
    await other.claim_owed(row, [DRAW], NOW + SENDING)
    await other.delivered(row, Place("C1", "2.2"))
    await store.delivered(row, Place("C1", "1.1"))
    assert await store.place("i1", MessageKind.CARD) == Place("C1", "2.2")


@replicas
async def test_after_a_failure_anybody_may_try(store: SqlStore, other: SqlStore) -> None:
    """When its time has come."""
    await added(store, invocation(), CARD)
    row = await message(store)
    await store.claim_owed(row, [DRAW], NOW)
    await store.postpone(row, NOW + SECOND)
    again = await message(other, at=NOW + SECOND)
    assert await other.claim_owed(again, [DRAW], NOW + SECOND) == timedelta(0)


# ── Slack's budgets ────────────────────────────────────────────────────────────


@replicas
async def test_what_slack_allows_it_allows_all_together(store: SqlStore, other: SqlStore) -> None:
    """Two at once never get more than there is; what was refused costs nothing."""
    for n in range(12):
        await added(store, invocation(f"i{n}"), CARD)
    rows = await store.owed(NOW, 20)
    asked = [one.claim_owed(row, [DRAW], NOW) for n, row in enumerate(rows) for one in [(store, other)[n % 2]]]
    waits = await asyncio.gather(*asked)
    assert waits.count(timedelta(0)) == 8
    assert {wait for wait in waits if wait} == {SECOND}
    assert len(await store.owed(NOW, 20)) + len(await other.owed(NOW, 20)) >= 12


@replicas
async def test_progress_leaves_something_for_the_end(store: SqlStore, other: SqlStore) -> None:
    """Whoever uses it up."""
    for n in range(9):
        await added(store, invocation(f"i{n}"), CARD)
    rows, scarce = await store.owed(NOW, 20), replace(DRAW, reserve=3.0)
    waits = [await store.claim_owed(row, [scarce], NOW) for row in rows[:6]]
    assert waits.count(timedelta(0)) == 5
    assert [await other.claim_owed(row, [DRAW], NOW) for row in rows[6:]] == [timedelta(0)] * 3


@replicas
async def test_a_message_that_takes_of_several_budgets(store: SqlStore, other: SqlStore) -> None:
    """One of them has nothing: the others are left as they were. Whoever asks at once, in whatever order, none waits
    for ever."""
    for n in range(12):
        await added(store, invocation(f"i{n}"), CARD)
    rows, workspace, channel = await store.owed(NOW, 20), Draw("posting", 20.0, 1.0), Draw("post C1", 3.0, 1.0)
    pairs = [([workspace, channel], [channel, workspace])[n % 2] for n in range(12)]
    asked = [(store, other)[n % 2].claim_owed(row, pairs[n], NOW) for n, row in enumerate(rows)]
    waits = await asyncio.gather(*asked)
    assert waits.count(timedelta(0)) == 3
    assert {wait for wait in waits if wait} == {SECOND}
    assert dict(await raw(store, "SELECT name, level FROM budgets")) == {"posting": 17.0, "post C1": 0.0}


@replicas
async def test_told_to_come_back_later_nobody_comes_before(store: SqlStore, other: SqlStore) -> None:
    """A 429 to one is one to all."""
    await added(store, invocation(), CARD)
    await store.drain(DRAW, NOW + 30 * SECOND)
    row = await message(other)
    assert await other.claim_owed(row, [DRAW], NOW) == 30 * SECOND
    assert await other.claim_owed(row, [DRAW], NOW + 30 * SECOND) == timedelta(0)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_alone_nothing_is_leased(store: SqlStore) -> None:
    """What it would cost is not paid."""
    await planned(store)
    await added(store, invocation("m"), CARD)
    await claimed(store)
    await store.claim_owed(await message(store), [DRAW], NOW)
    await store.drain(DRAW, NOW)
    assert await raw(store, "SELECT count(*) FROM budgets") == [(0,)]
    assert await raw(store, "SELECT count(leased_by) FROM invocations") == [(0,)]
    assert await raw(store, "SELECT count(leased_by) FROM outbox") == [(0,)]


@replicas
async def test_a_budget_that_nobody_draws_on_is_forgotten(store: SqlStore) -> None:
    """After a day it is full, as a new one is: a channel that was closed leaves nothing behind."""
    inv = await added(store, invocation(), CARD)
    for name, at in (("post C1", NOW), ("post C2", NOW + timedelta(days=1))):
        row = await message(store)
        assert await store.claim_owed(row, [Draw(name, 3.0, 1.0)], at) == timedelta(0)
        await store.delivered(row, Place("C1", "1.1"))
        inv = await changed(store, inv, CARD, note=name)
    await store.tidy(NOW + timedelta(days=1, seconds=1))
    assert await raw(store, "SELECT name FROM budgets") == [("post C2",)]


async def followed(store: SqlStore) -> dict[tuple[str, int], datetime]:
    """Three runs that this replica follows; until when it holds which batch."""
    for n in range(3):
        await added(
            store, invocation(f"i{n}", state=State.RUNNING, batches=(batch(1, state=BatchState.RUNNING, next_at=NOW),))
        )
    found = await store.claim_due_batches(RUNNING, NOW, 9, hold=60 * SECOND)
    return {(inv.id, b.no): b.next_at for inv in found for b in inv.batches if b.next_at is not None}


async def test_what_nobody_changed_is_held_for_longer(store: SqlStore) -> None:
    """It is named no more meanwhile, and again after that."""
    held = await followed(store)
    assert len(held) == 3
    now = min(held.values()) - SECOND
    renewed = await store.renew_batches(RUNNING, held, now, 60 * SECOND)
    assert sorted(renewed.batches) == sorted(held)
    assert await store.claim_due_batches(RUNNING, renewed.until - SECOND, 9, hold=60 * SECOND) == ()
    assert len(await store.claim_due_batches(RUNNING, renewed.until, 9, hold=60 * SECOND)) == 3


async def test_what_was_changed_is_named(store: SqlStore) -> None:
    """Somebody stopped one, another is over: neither is held on, and nothing of them changes."""
    held = await followed(store)
    now = min(held.values()) - SECOND
    stopped, over = await store.load("i0"), await store.load("i1")
    assert stopped is not None
    assert over is not None
    await changed(store, stopped, batches=(replace(stopped.batches[0], next_at=now),))
    await changed(store, over, batches=(replace(over.batches[0], state=BatchState.DONE),))
    renewed = await store.renew_batches(RUNNING, held, now, 60 * SECOND)
    assert renewed.batches == (("i2", 1),)
    assert [inv.id for inv in await store.claim_due_batches(RUNNING, now, 9, hold=60 * SECOND)] == ["i0"]


@replicas
async def test_what_another_took_over_is_not_held(store: SqlStore, other: SqlStore) -> None:
    """Its lease ended; and what is held on is leased on."""
    held = await followed(store)
    later = NOW + LEASE + SECOND
    assert len(await other.claim_due_batches(RUNNING, later, 9, hold=60 * SECOND)) == 3
    assert (await store.renew_batches(RUNNING, held, later, 60 * SECOND)).batches == ()


@replicas
async def test_what_is_held_on_is_leased_on(store: SqlStore, other: SqlStore) -> None:
    """Nobody else gets it, however long that goes on."""
    held, now = await followed(store), NOW
    for _ in range(5):
        now += LEASE / 2 - SECOND
        renewed = await store.renew_batches(RUNNING, held, now, 60 * SECOND)
        assert len(renewed.batches) == 3
        held = dict.fromkeys(held, renewed.until)
        assert await other.claim_due_batches(RUNNING, now + SECOND, 9) == ()


@replicas
async def test_what_one_followed_is_due_at_once_when_it_stops(ready: str, store: SqlStore) -> None:
    """It was held for longer; nobody waits for that."""
    async with await open_store(ready) as other:
        await followed(other)
        assert await store.claim_due_batches(RUNNING, NOW + SECOND, 9, hold=60 * SECOND) == ()
    assert len(await store.claim_due_batches(RUNNING, NOW + SECOND, 9, hold=60 * SECOND)) == 3


async def test_no_replica_holds_for_longer_than_its_lease(store: SqlStore, engine: str) -> None:
    """Whoever is alone may; where there are others, they must find what a dead one left."""
    assert store.longest(timedelta(hours=1)) == (timedelta(hours=1) if engine == "sqlite" else LEASE / 2)
