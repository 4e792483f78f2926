"""In which lane a message waits, and what is taken of each; what is only for newer programs is left to them."""

from structlog.testing import capture_logs

from bot.domain.lane import Lane, Pick, Way
from bot.domain.message import MessageKind, OutboxRow, Owed, Place
from bot.store import SqlStore
from tests.store.given import CARD, LATER, NOW, SECOND, added, changed, event, invocation, message, raw

THREAD, FILE, PRIVATE, DIRECT = MessageKind.THREAD, MessageKind.FILE, MessageKind.PRIVATE, MessageKind.DIRECT
CARD_AT = Place("C1", "1.1")


async def lanes(store: SqlStore) -> dict[str, str]:
    """In which lane each message is."""
    return dict(await raw(store, "SELECT kind, lane FROM outbox"))


async def test_a_lane_says_how_a_message_goes_and_where(store: SqlStore) -> None:
    """As its place does, and the invocation's home; what is to one person has a lane of its own."""
    kinds = (Owed(DIRECT, "U9"), Owed(PRIVATE, "U1"), Owed(FILE), Owed(THREAD), CARD)
    await added(store, invocation(), *kinds)
    at_first = {
        "card": "post C1",
        "thread": "post C1",
        "file": "files C1",
        "private": "whisper C1",
        "direct": "post U9",
    }
    assert await lanes(store) == at_first
    for kind in (MessageKind.CARD, THREAD, DIRECT):
        await store.delivered(await message(store, kind), Place("C1", f"1.{kind}"))
    standing = {"card": "update C1", "thread": "result C1", "direct": "update U9"}
    assert await lanes(store) == at_first | standing
    await store.postpone(await again(store), NOW, forget_place=True)
    assert await lanes(store) == at_first | {"direct": "update U9"}
    await store.move_home("i1", "U1", event("home_moved"), [CARD], NOW)
    moved = {"card": "post U1", "thread": "post U1", "file": "files U1", "direct": "update U9"}
    assert await lanes(store) == at_first | moved


async def again(store: SqlStore) -> OutboxRow:
    """The card, owed once more."""
    inv = await store.load("i1")
    assert inv is not None
    await changed(store, inv, CARD)
    return await message(store)


async def test_lanes_are_those_that_something_is_due_in(store: SqlStore) -> None:
    """Final or not; what is due later is in none yet."""
    await added(store, invocation("a"), Owed(MessageKind.CARD, delay=9 * SECOND), Owed(DIRECT, "U9"))
    await added(store, invocation("b"), Owed(DIRECT, "U9", final=True))
    to_nine = Lane(Way.POST, "U9")
    assert await store.lanes(NOW) == ((to_nine, True), (to_nine, False))
    assert await store.lanes(NOW + 9 * SECOND) == ((Lane(Way.POST, "C1"), False), (to_nine, True), (to_nine, False))


async def test_a_pick_takes_so_many_of_a_lane_and_of_all(store: SqlStore) -> None:
    """The oldest of each, in the order of the lanes; none of another one."""
    for n in range(9):
        made = invocation(f"i{n}", home=f"C{n % 3}", created_at=NOW - n * SECOND)
        await added(store, made, Owed(MessageKind.CARD, final=n > 6))
    rooms = [Lane(Way.POST, f"C{n}") for n in range(3)]
    picked = await store.owed(NOW, 99, [Pick(rooms[1:], False, 2, 3)])
    assert [row.invocation for row in picked] == ["i5", "i4", "i1"]
    assert [row.invocation for row in await store.owed(NOW, 99, [Pick(rooms, True, 1, 9)])] == ["i8", "i7"]


async def test_a_kind_of_message_that_only_newer_programs_know(store: SqlStore) -> None:
    """A newer replica owes it: it stays owed, hides nothing behind it, and is told of once in the log."""
    await added(store, invocation(), CARD)
    await added(store, invocation("i2", created_at=NOW + SECOND), CARD)
    await raw(store, "UPDATE outbox SET kind = 'balloon' WHERE invocation = 'i1'")
    with capture_logs() as logs:
        for _ in range(2):
            ((lane, final),) = await store.lanes(LATER)
            (row,) = await store.owed(LATER, 1, [Pick((lane,), final, 1, 1)])
            assert (row.invocation, row.kind) == ("i2", MessageKind.CARD)
    assert [(one["event"], one["kind"]) for one in logs] == [("unknown_message", "balloon")]
    await store.delivered(row, CARD_AT)
    assert await store.owed(LATER, 10) == ()
    assert await store.next_owed() is None
    assert await raw(store, "SELECT wanted - delivered FROM outbox WHERE kind = 'balloon'") == [(1,)]


async def test_a_way_to_slack_that_only_newer_programs_know(store: SqlStore) -> None:
    """Its lane is left to newer replicas; the others are served."""
    await added(store, invocation(), CARD)
    await added(store, invocation("i2"), CARD)
    await raw(store, "UPDATE outbox SET kind = 'balloon', lane = 'pigeon C1' WHERE invocation = 'i1'")
    with capture_logs() as logs:
        assert await store.lanes(LATER) == ((Lane(Way.POST, "C1"), False),)
        (row,) = await store.owed(LATER, 10)
        await store.lanes(LATER)
    assert row.invocation == "i2"
    assert [(one["event"], one["way"]) for one in logs] == [("unknown_message", "pigeon")]
