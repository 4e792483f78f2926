"""Many ask at the same time: what is new is recorded in one go, and one look at roles and locks answers all."""

import asyncio
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from bot.store import SqlStore, open_store
from bot.store.together import Together
from tests.store.given import CARD, LATER, NOW, SECOND, added, batch, event, grant, invocation
from tests.store.test_interruptions import integrity


async def test_each_is_recorded_with_all_that_goes_with_it(store: SqlStore) -> None:
    """Event and message, and the trail holds."""
    made = [invocation(f"i{n}", created_at=NOW + n * SECOND) for n in range(150)]
    assert await asyncio.gather(*(added(store, one, CARD) for one in made)) == made
    for one in made:
        assert await store.load(one.id) == one
        assert [(e.at, e.event) for e in await store.events(one.id)] == [(one.created_at, event("asked", one.id))]
    assert {row.invocation for row in await store.owed(LATER, 500)} == {one.id for one in made}
    assert await store.verify() == []


async def test_a_command_that_is_delivered_often_at_once_is_recorded_once(store: SqlStore) -> None:
    """Everybody is told of the same one."""
    made = [invocation(f"i{n}", request_key=f"key-{n % 7}") for n in range(70)]
    told = await asyncio.gather(*(added(store, one, CARD) for one in made))
    ids = {one.id for one in told}
    assert len(ids) == 7
    assert [one.request_key for one in told] == [one.request_key for one in made]
    assert len(await store.owed(LATER, 500)) == 7
    assert sum([len(await store.events(one.id)) for one in made]) == 7


async def test_what_is_brought_again_is_recorded_once(store: SqlStore) -> None:
    """The answer to its commit was lost: it is there, with its event and its message, and no more is written."""
    one, other = invocation("i1", batches=(batch(1),)), invocation("i2")
    await added(store, one, CARD)
    assert await asyncio.gather(*(added(store, made, CARD) for made in (one, other, one))) == [one, other, one]
    for made in (one, other):
        assert [e.event for e in await store.events(made.id)] == [event("asked", made.id)]
    assert len(await store.owed(LATER, 500)) == 2
    assert await store.verify() == []


async def test_one_that_can_not_be_recorded_takes_nothing_from_the_others(store: SqlStore) -> None:
    """It alone is told why."""
    made = [invocation(f"i{n}") for n in range(20)]
    made[3] = replace(made[3], created_at=datetime(2026, 3, 1))  # noqa: DTZ001 - that is what is wrong with it
    told = await asyncio.gather(*(added(store, one) for one in made), return_exceptions=True)
    assert isinstance(told[3], ValueError)
    assert told[:3] + told[4:] == made[:3] + made[4:]
    assert await store.verify() == []


async def test_cancelled_callers_tear_nothing(store: SqlStore) -> None:
    """Each is there whole, or not at all; who was not cancelled, is."""
    made = [invocation(f"i{n}") for n in range(300)]
    callers = [asyncio.create_task(added(store, one, CARD)) for one in made]
    for n, caller in enumerate(callers):
        if n % 3:
            asyncio.get_running_loop().call_later(n / 3000, caller.cancel)
    ended = await asyncio.gather(*callers, return_exceptions=True)
    await added(store, invocation("last"))
    owed = {row.invocation for row in await store.owed(LATER, 500)}
    for one, end in zip(made, ended, strict=True):
        there = await store.load(one.id) is not None
        assert there or isinstance(end, asyncio.CancelledError)
        assert (one.id in owed, len(await store.events(one.id))) == (there, int(there))
    assert await store.verify() == []


ASKERS = """
import asyncio, sys
from tests.store.given import CARD, added, invocation
from bot.store import open_store

async def ask(store, who):
    for n in range(10_000):
        made = await added(store, invocation(f"{who}-{n}"), CARD)
        print(f"[{made.id}]", flush=True)

async def main():
    store = await open_store(sys.argv[1])
    await asyncio.gather(*(ask(store, f"w{who}") for who in range(50)))

asyncio.run(main())
"""


def killed_while_many_asked(url: str, root: Path) -> list[str]:
    """The ids that a process had told of when it was killed."""
    told: list[str] = []
    with subprocess.Popen([sys.executable, "-c", ASKERS, url], cwd=root, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.endswith("]\n"):
                told.append(line[1:-2])
            if len(told) == 400:
                process.kill()
    assert process.returncode == -9
    return told


async def test_a_killed_process_has_recorded_all_that_it_told_of(url: str, tmp_path: Path, root: Path) -> None:
    """SIGKILL while fifty wait: whoever was answered finds it there, with its event and its message."""
    told = killed_while_many_asked(url, root)
    assert integrity(tmp_path / "bot.db") == [("ok",)]
    async with await open_store(url) as store:
        owed = {row.invocation for row in await store.owed(LATER, 5000)}
        for one in told:
            assert await store.load(one) is not None
            assert [e.event.kind for e in await store.events(one)] == ["asked"]
        assert set(told) <= owed
        assert await store.verify() == []


async def test_whoever_asks_after_a_look_began_gets_the_next() -> None:
    """Nobody is told what was over before they asked; who asks meanwhile shares one look."""
    looks: list[int] = []
    begins, ends = ([asyncio.Event() for _ in range(3)] for _ in range(2))

    async def look() -> int:
        number = len(looks)
        looks.append(number)
        begins[number].set()
        await ends[number].wait()
        return number

    together: Together[int] = Together(asyncio.create_task)
    first = [asyncio.create_task(together.ask(look)) for _ in range(3)]
    await begins[0].wait()
    second = [asyncio.create_task(together.ask(look)) for _ in range(3)]
    await asyncio.sleep(0)
    ends[0].set()
    assert await asyncio.gather(*first) == [0, 0, 0]
    second[0].cancel()
    ends[1].set()
    assert await asyncio.gather(*second[1:]) == [1, 1]
    with suppress(asyncio.CancelledError):
        await second[0]
    assert second[0].cancelled()
    assert looks == [0, 1]


async def test_a_look_that_failed_is_not_held_against_the_next() -> None:
    """All who shared it are told."""

    async def bad() -> int:
        raise OSError("away")

    async def good() -> int:
        return 1

    together: Together[int] = Together(asyncio.create_task)
    told = await asyncio.gather(together.ask(bad), together.ask(good), return_exceptions=True)
    assert [type(one) for one in told] == [OSError, OSError]
    assert await together.ask(good) == 1


async def test_a_revoke_is_seen_by_whoever_asks_after_it(store: SqlStore) -> None:
    """However many ask all the time, of another replica too."""
    stale: list[int] = []
    revoked = 0

    async def ask() -> None:
        while revoked < 20:
            before = revoked
            given = {one.role for one in await store.grants(NOW)}
            if any(f"r{n}" in given for n in range(before)):
                stale.append(before)

    for n in range(20):
        await store.grant(grant(role=f"r{n}"), event("granted"), NOW)
    asking = [asyncio.create_task(ask()) for _ in range(20)]
    for n in range(20):
        assert await store.revoke("U1", f"r{n}", event("revoked"), NOW) == 1
        revoked += 1
    await asyncio.gather(*asking)
    assert stale == []
    assert await store.grants(NOW) == ()


async def test_whoever_shares_a_look_has_their_own_time(store: SqlStore) -> None:
    """What ended between two who ask counts for the first alone."""
    await store.grant(grant(until=NOW + SECOND), event("granted"), NOW)
    first, second = await asyncio.gather(store.grants(NOW), store.grants(NOW + SECOND))
    assert ([one.role for one in first], second) == (["oncall"], ())
