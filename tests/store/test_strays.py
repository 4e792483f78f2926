"""Strays: found once, told once, kept until somebody has looked; on both databases."""

import asyncio
from datetime import timedelta

from bot.domain.change import Event
from bot.domain.invocation import BatchState
from bot.domain.strays import Astray, Listed, Stray
from bot.store import SqlStore
from tests.store.given import NOW, SECOND, added, batch, invocation

MINUTE = timedelta(minutes=1)


def stray(number: int = 1, region: str = "cn-hangzhou") -> Stray:
    """A run of an invocation that there is not."""
    run = Listed(f"t-{number}", f"ecs-gone-{number}", "gone", "U1", "Running", NOW - MINUTE)
    return Stray("default", region, run, Astray.UNHEARD_OF, NOW)


def found(*strays: Stray) -> list[tuple[Stray, Event]]:
    """Each with its event."""
    return [(one, Event("stray_found", "", "gone", {"invoke_id": one.run.invoke_id})) for one in strays]


async def test_found_once(store: SqlStore) -> None:
    """However often it is found, by however many at once; one event each."""
    both = await asyncio.gather(*(store.strays.add(found(stray(1), stray(2)), NOW) for _ in range(5)))
    assert sorted(map(len, both)) == [0, 0, 0, 0, 2]
    assert await store.strays.add(found(stray(1), stray(1, "cn-beijing")), NOW) == (stray(1, "cn-beijing"),)
    assert len(await store.strays.standing(10)) == 3
    assert [e.event.kind for e in await store.events("gone")] == ["stray_found"] * 3
    assert await store.verify() == []


async def test_told_once(store: SqlStore) -> None:
    """Whoever claims them first has them for a while; whom it reached is kept, for who goes on with it."""
    assert await store.strays.untold() is None
    await store.strays.add(found(stray()), NOW)
    assert await store.strays.untold() == NOW
    claims = await asyncio.gather(*(store.strays.claim_untold(NOW, NOW + MINUTE) for _ in range(5)))
    assert sorted(map(len, claims)) == [0, 0, 0, 0, 1]
    await store.strays.told([stray()], ["U1"], all_of_them=False)
    assert await store.strays.untold() == NOW + MINUTE
    (again,) = await store.strays.claim_untold(NOW + MINUTE, NOW + 2 * MINUTE)
    assert again.told == ("U1",)
    await store.strays.told([again], ["U1", "U2"], all_of_them=True)
    assert await store.strays.untold() is None
    assert len(await store.strays.standing(10)) == 1


async def test_kept_until_somebody_has_looked(store: SqlStore) -> None:
    """What was found after they looked stays; who looked is in the trail, once."""
    await store.strays.add(found(stray(1)), NOW)
    looked = Event("strays_settled", "UADMIN")
    assert await store.strays.settle(NOW - SECOND, looked, NOW) == 0
    assert await store.strays.settle(NOW, looked, NOW) == 1
    assert await store.strays.settle(NOW, looked, NOW) == 0
    assert await store.strays.standing(10) == ()
    assert await store.strays.untold() is None
    assert await store.strays.add(found(stray(1)), NOW) == ()
    assert [e.event.kind for e in await store.events("")] == ["strays_settled"]


async def test_what_the_database_knows(store: SqlStore) -> None:
    """The batches of those invocations that there are."""
    made = invocation("i1", batches=(batch(1, invoke_id="t-1", state=BatchState.RUNNING), batch(2)))
    await added(store, made)
    await added(store, invocation("i2", batches=(batch(1),)))
    assert await store.strays.batches([]) == ()
    assert sorted(await store.strays.batches(["i1", "gone", "i1"])) == [
        ("i1", 1, "t-1", BatchState.RUNNING),
        ("i1", 2, "", BatchState.WAITING),
    ]
