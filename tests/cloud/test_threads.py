"""The threads that call ECS: what waits for one, and what becomes of it."""

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest

from bot.cloud.threads import Stopped, Threads


@pytest.fixture
async def one() -> AsyncIterator[Threads]:
    """One thread."""
    threads = Threads("test", 1)
    yield threads
    threads.stop()
    await threads.ended()


async def test_no_thread_begins_what_the_event_loop_has_not_given_to_it(one: Threads) -> None:
    """The first has ended, and the second waits until the loop comes to it, however long that is."""
    begun, let_go, second_began = threading.Event(), threading.Event(), threading.Event()

    def first() -> None:
        begun.set()
        let_go.wait()

    calls = [asyncio.create_task(one.run(first)), asyncio.create_task(one.run(second_began.set))]
    await asyncio.to_thread(begun.wait)
    let_go.set()
    assert not second_began.wait(0.2)  # the loop does something else
    await asyncio.gather(*calls)
    assert second_began.is_set()


async def test_what_waits_when_they_are_stopped_is_not_begun(one: Threads) -> None:
    """What was begun comes to its end."""
    begun, let_go = threading.Event(), threading.Event()

    def first() -> str:
        begun.set()
        let_go.wait()
        return "done"

    running = asyncio.create_task(one.run(first))
    waiting = asyncio.create_task(one.run(pytest.fail, "it was begun"))
    await asyncio.to_thread(begun.wait)
    one.stop()
    let_go.set()
    assert await running == "done"
    with pytest.raises(Stopped):
        await waiting


async def test_who_leaves_does_not_leave_the_thread_to_the_next(one: Threads) -> None:
    """It is busy until the work ends. Who waits for it meanwhile is told if it comes to nothing, as any other."""
    begun, let_go = threading.Event(), threading.Event()

    def first() -> None:
        begun.set()
        let_go.wait()

    left = asyncio.create_task(one.run(first))
    await asyncio.to_thread(begun.wait)
    left.cancel()
    with pytest.raises(asyncio.CancelledError):
        await left
    waiting = asyncio.create_task(one.run(pytest.fail, "it was begun"))
    done, _ = await asyncio.wait([waiting], timeout=0)
    assert not done
    one.stop()
    let_go.set()
    with pytest.raises(Stopped):
        await waiting


async def test_a_fault_of_the_work_is_not_taken_for_the_end_of_the_threads(one: Threads) -> None:
    """Stopped says that nothing was sent; who was sent a script must not be told that."""

    def broken() -> None:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        await one.run(broken)
