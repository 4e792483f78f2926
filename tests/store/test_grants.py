"""The role table: what counts now, and what once did."""

from dataclasses import replace

from bot.store import SqlStore
from tests.store.given import NOW, SECOND, event, grant, raw


async def test_a_grant_counts_until_its_end(store: SqlStore) -> None:
    """Not at its end, and not after it."""
    first = await store.grant(grant(until=NOW + SECOND, why="cover"), event("granted", ""), NOW)
    assert first == grant(until=NOW + SECOND, why="cover", id=first.id)
    assert first.id > 0
    assert await store.grants(NOW) == (first,)
    assert await store.grants(NOW + SECOND) == ()


async def test_a_grant_takes_the_place_of_one_with_the_same_targets(store: SqlStore) -> None:
    """Same user, role and targets, in whatever order; others stand beside it."""
    everywhere = await store.grant(grant(), event("granted", ""), NOW)
    await store.grant(grant(targets=("a", "b")), event("granted", ""), NOW)
    newer = await store.grant(grant(targets=("b", "a"), until=NOW + SECOND), event("granted", ""), NOW)
    other = await store.grant(grant("U2"), event("granted", ""), NOW)
    assert await store.grants(NOW) == (everywhere, newer, other)
    again = await store.grant(grant(why="again"), event("granted", ""), NOW)
    assert set(await store.grants(NOW)) == {again, newer, other}


async def test_revoking_ends_all_grants_of_the_role_and_keeps_the_rows(store: SqlStore) -> None:
    """It says how many there were; history stays, with when it ended."""
    for one in (grant(), grant(targets=("a",)), grant(role="admin"), grant(targets=("old",), until=NOW)):
        await store.grant(one, event("granted", ""), NOW)
    assert await store.revoke("U1", "oncall", event("revoked", ""), NOW + SECOND) == 2
    assert [g.role for g in await store.grants(NOW + SECOND)] == ["admin"]
    assert await store.revoke("U1", "oncall", event("revoked", ""), NOW + SECOND) == 0
    kinds = [e.event.kind for e in await store.events("")]
    assert kinds == ["granted"] * 4 + ["revoked"]
    assert await raw(store, "SELECT count(*), count(ended_at) FROM role_grants") == [(4, 2)]


async def test_a_role_can_be_granted_again_after_its_end(store: SqlStore) -> None:
    """The new grant is another one."""
    one = await store.grant(grant(), event("granted", ""), NOW)
    await store.revoke("U1", "oncall", event("revoked", ""), NOW)
    two = await store.grant(grant(), event("granted", ""), NOW)
    assert two == replace(one, id=two.id)
    assert two.id != one.id
