"""What machines printed is dropped after a while, and notes of messages that stand nowhere; nothing else is."""

from datetime import timedelta

from bot.domain.invocation import State
from bot.domain.message import MessageKind, Owed, Place
from bot.domain.result import Outcome, Result
from bot.store import SqlStore
from tests.store.given import CARD, NOW, SECOND, added, changed, event, invocation, message, raw

DAY = timedelta(days=1)
PRINTED = (Result("i-1", Outcome.SUCCEEDED, name="web-1", exit_code=0, output="fine"),)


async def ended(store: SqlStore, id: str, after: timedelta) -> None:  # noqa: A002 - the field's own name
    """One that printed something and ended then."""
    made = await added(store, invocation(id, state=State.RUNNING))
    await changed(store, made, results=PRINTED, state=State.SUCCEEDED, finished_at=NOW + after)


async def outputs(store: SqlStore, *ids: str) -> list[str]:
    """What is stored of what they printed."""
    return [result.output for id_ in ids for result in await store.results(id_)]


async def test_old_outputs_are_dropped_in_portions(store: SqlStore) -> None:
    """The oldest first, each once."""
    for n in range(5):
        await ended(store, f"i{n}", n * DAY)
    before = NOW + 3 * DAY
    assert await store.prune(before, NOW + 9 * DAY, 2) == 2
    assert await outputs(store, "i0", "i1", "i2", "i3") == ["", "", "fine", "fine"]
    assert await store.prune(before, NOW + 9 * DAY, 2) == 1
    assert await store.prune(before, NOW + 9 * DAY, 2) == 0
    assert await outputs(store, "i2", "i3", "i4") == ["", "fine", "fine"]


async def test_what_is_under_way_keeps_its_outputs(store: SqlStore) -> None:
    """However old it is."""
    made = await added(store, invocation(state=State.RUNNING))
    await changed(store, made, results=PRINTED)
    assert await store.prune(NOW + 999 * DAY, NOW, 9) == 0
    assert await outputs(store, "i1") == ["fine"]


async def test_the_rest_of_it_stays(store: SqlStore) -> None:
    """Who ran what, how it ended on each machine, and the whole trail."""
    await ended(store, "i1", SECOND)
    await store.record(event("late"), NOW)
    whole, trail = await store.load("i1"), await store.events("i1")
    assert await store.prune(NOW + DAY, NOW + DAY, 9) == 1
    assert (await store.load("i1"), await store.events("i1")) == (whole, trail)
    (result,) = await store.results("i1")
    assert (result.outcome, result.exit_code, result.name) == (Outcome.SUCCEEDED, 0, "web-1")
    assert await store.verify() == []


async def test_notes_of_messages_that_stand_nowhere_go_too(store: SqlStore) -> None:
    """A file, a private word, what was taken back; a message whose buttons can be pressed is known for ever."""
    kinds = (MessageKind.FILE, MessageKind.PRIVATE, MessageKind.STALE)
    made = await added(store, invocation(state=State.RUNNING), CARD, *(Owed(kind) for kind in kinds))
    await changed(store, made, state=State.SUCCEEDED, finished_at=NOW)
    await store.delivered(await message(store), Place("C1", "1.1"))
    await store.delivered(await message(store, MessageKind.FILE), None)
    await store.delivered(await message(store, MessageKind.STALE), Place("C1", "1.2"))
    assert await store.prune(NOW + DAY, NOW + DAY, 9) == 1
    assert await raw(store, "SELECT kind FROM outbox ORDER BY kind") == [("card",), ("private",)]  # one is still owed
    assert await store.is_ours("i1", "C1", "1.1")
