"""Invocations: added once, changed by whoever is first, found when they are due."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.domain.change import Change
from bot.domain.invocation import Approval, BatchState, Invocation, State
from bot.domain.result import Outcome, Result
from bot.ports import Store
from bot.store import SqlStore
from tests.store.given import CARD, LATER, NOW, OPEN, SECOND, added, batch, changed, event, invocation


def test_sql_store_keeps_the_contract() -> None:
    """Mypy checks this line; running it checks that the names are there."""
    kept: type[Store] = SqlStore
    assert {name for name in vars(Store) if not name.startswith("_")} <= set(dir(kept))


async def test_a_redelivered_request_gets_the_invocation_that_is_there(store: SqlStore) -> None:
    """Slack delivers twice; one is recorded, and the second changes nothing."""
    first = await added(store, invocation("i1", request_key="k"), CARD)
    assert await added(store, invocation("i2", request_key="k", snippet="cpu"), CARD) == first
    assert await store.load("i2") is None
    assert await store.events("i2") == ()
    assert [row.wanted for row in await store.owed(LATER, 10)] == [1]


async def test_twenty_redeliveries_at_once_record_one(store: SqlStore) -> None:
    """All of them get the same."""
    made = [invocation(f"i{n}", request_key="k") for n in range(20)]
    got = await asyncio.gather(*(added(store, one) for one in made))
    assert len({one.id for one in got}) == 1
    assert await store.recent(50) == (got[0],)


async def test_of_two_changes_of_one_version_the_first_wins(store: SqlStore) -> None:
    """The second changes nothing: no event, no message, no result, no batch."""
    before = await added(store, invocation())
    after = await changed(store, before, state=State.QUEUED)
    result = Result("i-1", Outcome.SUCCEEDED)
    late = Change(before, replace(before, batches=(batch(0),)), (event("late"),), (CARD,), (result,))
    assert not await store.apply(late, NOW)
    assert await store.load("i1") == after
    assert [e.event.kind for e in await store.events("i1")] == ["asked", "moved"]
    assert await store.results("i1") == ()
    assert await store.owed(LATER, 10) == ()


async def test_of_twenty_changes_at_once_one_wins(store: SqlStore) -> None:
    """Exactly one says so, and the row is its row."""
    before = await added(store, invocation())
    changes = [Change(before, replace(before, note=str(n)), (event(n=n),), (CARD,)) for n in range(20)]
    won = await asyncio.gather(*(store.apply(change, NOW) for change in changes))
    assert won.count(True) == 1
    assert await store.load("i1") == replace(before, note=str(won.index(True)), version=2)
    assert [e.event.data for e in await store.events("i1")] == [{}, {"n": won.index(True)}]
    assert [row.wanted for row in await store.owed(LATER, 10)] == [1]


async def test_a_change_of_an_unknown_invocation_is_refused(store: SqlStore) -> None:
    """There is no version of it to change."""
    made = invocation("gone")
    assert not await store.apply(Change(made, made, ()), NOW)


async def test_batches_and_approvals_come_back_in_order(store: SqlStore) -> None:
    """Changed batches are written, new approvals added, the rest stays."""
    before = await added(store, invocation(batches=tuple(batch(n) for n in range(12))))
    no = Approval("U3", NOW, "d", yes=False, reason="not now")
    one = await changed(store, before, approvals=(Approval("U9", NOW, "d"), no))
    two = await changed(store, one.with_batch(batch(3, state=BatchState.RUNNING, invoke_id="t-1")), note="x")
    stored = await store.load("i1")
    assert stored is not None
    assert stored.approvals == two.approvals
    assert [b.no for b in stored.batches] == list(range(12))
    three = await changed(store, stored, batches=(batch(3, state=BatchState.DONE, tally=((Outcome.FAILED, 1),)),))
    assert await store.load("i1") == three


async def test_a_result_is_replaced_by_a_newer_one(store: SqlStore) -> None:
    """One per instance, by name and id; outputs are whole."""
    before = await added(store, invocation())
    b = Result("i-b", Outcome.SUCCEEDED, "web-2", output="ok\n", exit_code=0, finished_at=NOW)
    a = Result("i-a", Outcome.FAILED, "web-2", output="é" * 20_000, exit_code=3221225477, dropped=2**33)
    before = await changed(store, before, results=(b, Result("i-a", Outcome.UNKNOWN, "web-2")))
    await changed(store, before, results=(a, Result("i-c", Outcome.CANCELLED, "web-1")))
    assert await store.results("i1") == (Result("i-c", Outcome.CANCELLED, "web-1"), a, b)


async def test_text_that_no_database_takes_does_not_stop_a_result(store: SqlStore) -> None:
    """Machines print what they like: U+0000 and halves of surrogate pairs are shown, not tried for ever."""
    before = await added(store, invocation())
    await changed(store, before, results=(Result("i-1", Outcome.FAILED, output="a\x00b\ud800c\U0001f600"),))
    assert [r.output for r in await store.results("i1")] == ["a␀b\ufffdc\U0001f600"]


async def test_due_are_those_whose_time_has_come_oldest_first(store: SqlStore) -> None:
    """Of the states asked for, with all their parts."""
    for n, (state, after) in enumerate([(State.QUEUED, 3), (State.RUNNING, 1), (State.QUEUED, 2), (State.PLANNING, 0)]):
        parts = (batch(0), batch(1))
        await added(store, invocation(f"i{n}", state=state, next_at=NOW + after * SECOND, batches=parts))
    await added(store, invocation("never", state=State.QUEUED))
    states = (State.QUEUED, State.RUNNING)
    due = await store.claim_due(states, NOW + 2 * SECOND, 10)
    assert [i.id for i in due] == ["i1", "i2"]
    assert [len(i.batches) for i in due] == [2, 2]
    assert [i.id for i in await store.claim_due(states, LATER, 1)] == ["i1"]
    assert await store.next_due(states) == NOW + SECOND
    assert await store.next_due((State.CANCELLING,)) is None
    assert await store.claim_due((), LATER, 10) == ()


async def test_due_batches_find_their_invocations_once(store: SqlStore) -> None:
    """The oldest batch decides the order."""
    dispatching, running = BatchState.DISPATCHING, BatchState.RUNNING
    times = {"a": (5, 9), "b": (7, 1), "c": (99, 98)}
    for name, (one, two) in times.items():
        parts = (
            batch(0, state=dispatching, next_at=NOW + one * SECOND),
            batch(1, state=running, next_at=NOW + two * SECOND),
        )
        await added(store, invocation(name, batches=parts))
    both = (dispatching, running)
    assert [i.id for i in await store.claim_due_batches(both, NOW + 10 * SECOND, 9)] == ["b", "a"]
    assert [i.id for i in await store.claim_due_batches((dispatching,), NOW + 10 * SECOND, 9)] == ["a", "b"]
    assert [len(i.batches) for i in await store.claim_due_batches(both, LATER, 1)] == [2]
    assert await store.next_due_batch(both) == NOW + SECOND
    assert await store.next_due_batch((BatchState.DONE,)) is None


async def test_recent_are_the_newest_first(store: SqlStore) -> None:
    """Of everybody, of one requester, of those not over."""

    def made(n: int) -> Invocation:
        state = State.RUNNING if n % 3 else State.FAILED
        return invocation(f"i{n}", created_at=NOW + n * SECOND, requester=f"U{n % 2}", state=state)

    for n in range(6):
        await added(store, made(n))
    assert [i.id for i in await store.recent(3)] == ["i5", "i4", "i3"]
    assert [i.id for i in await store.recent(9, user="U0")] == ["i4", "i2", "i0"]
    assert [i.id for i in await store.recent(9, open_only=True)] == ["i5", "i4", "i2", "i1"]
    assert [i.id for i in await store.recent(9, user="U0", open_only=True)] == ["i4", "i2"]
    await changed(store, made(5), state=State.SUCCEEDED)
    assert [i.id for i in await store.recent(1, open_only=True)] == ["i4"]


async def test_times_keep_their_microseconds_and_their_zone(store: SqlStore) -> None:
    """An hour east of UTC, and just before the next second."""
    at = (NOW + timedelta(microseconds=1)).astimezone()
    await added(store, invocation(created_at=at, next_at=at))
    stored = await store.load("i1")
    assert stored is not None
    assert (stored.created_at, stored.created_at.utcoffset()) == (at, timedelta(0))
    assert await store.claim_due(OPEN, at - timedelta(microseconds=1), 1) == ()
    assert await store.claim_due(OPEN, at, 1) == (stored,)


async def test_ping_answers(store: SqlStore) -> None:
    """It returns."""
    await store.ping()
