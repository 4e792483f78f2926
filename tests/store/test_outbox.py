"""Messages owed to Slack: wants fold, and the last one is never lost."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.invocation import Invocation
from bot.domain.lane import Lane, Way
from bot.domain.message import MessageKind, OutboxRow, Owed, Place
from bot.domain.pacing import Draw
from bot.store import SqlStore
from tests.store.given import CARD, LATER, NOW, SECOND, added, changed, event, invocation, message

THREAD, FILE, PRIVATE, DIRECT = MessageKind.THREAD, MessageKind.FILE, MessageKind.PRIVATE, MessageKind.DIRECT
CARD_AT = Place("C1", "1.1")


async def test_wants_fold_into_one_message(store: SqlStore) -> None:
    """However often it changes, one message is owed, due at the earlier time."""
    inv = await added(store, invocation(), Owed(MessageKind.CARD, delay=5 * SECOND))
    assert await store.next_owed() == NOW + 5 * SECOND
    inv = await changed(store, inv, Owed(MessageKind.CARD, delay=9 * SECOND), at=NOW)
    assert await store.next_owed() == NOW + 5 * SECOND
    await changed(store, inv, Owed(MessageKind.CARD, delay=SECOND), at=NOW)
    assert await store.next_owed() == NOW + SECOND
    assert await store.owed(NOW, 10) == ()
    row = await message(store, at=NOW + SECOND)
    assert (row.wanted, row.delivered, row.final, row.place) == (3, 0, False, None)


async def test_a_final_want_is_due_at_once_and_stays_final(store: SqlStore) -> None:
    """It overtakes a postponement, and begins its attempts anew."""
    inv = await added(store, invocation(), CARD)
    await store.postpone(await message(store), NOW + 60 * SECOND)
    assert (await message(store)).attempts == 1
    inv = await changed(store, inv, Owed(MessageKind.CARD, final=True, delay=9 * SECOND), at=NOW + SECOND)
    row = await message(store, at=NOW + SECOND)
    assert (row.final, row.attempts) == (True, 0)
    await changed(store, inv, CARD, at=NOW + SECOND)
    assert (await message(store)).final


async def test_a_want_after_the_delivery_has_its_own_time(store: SqlStore) -> None:
    """The old time is history."""
    inv = await added(store, invocation(), CARD)
    await store.delivered(await message(store), CARD_AT)
    assert await store.owed(LATER, 10) == ()
    assert await store.next_owed() is None
    await changed(store, inv, Owed(MessageKind.CARD, delay=7 * SECOND))
    row = await message(store)
    assert (row.not_before, row.place, row.wanted, row.delivered) == (NOW + 7 * SECOND, CARD_AT, 2, 1)


async def test_a_delivery_does_not_cover_a_newer_want(store: SqlStore) -> None:
    """What was wanted while it was sent is sent again, to the same place."""
    inv = await added(store, invocation(), CARD)
    row = await message(store)
    await changed(store, inv, CARD)
    await store.delivered(row, CARD_AT)
    newer = await message(store)
    assert (newer.wanted, newer.delivered, newer.place) == (2, 1, CARD_AT)
    await store.delivered(newer, CARD_AT)
    await store.delivered(row, CARD_AT)
    assert await store.owed(LATER, 10) == ()


async def test_a_postponement_does_not_hold_a_newer_want_back(store: SqlStore) -> None:
    """The final state came while an older one was refused: it is due now all the same."""
    inv = await added(store, invocation(), CARD)
    row = await message(store)
    await changed(store, inv, Owed(MessageKind.CARD, final=True))
    await store.postpone(row, NOW + 60 * SECOND)
    assert (await message(store, at=NOW)).attempts == 0


async def test_a_postponed_message_waits_and_can_forget_its_place(store: SqlStore) -> None:
    """It is posted anew where its place is gone."""
    inv = await added(store, invocation(), CARD)
    await store.delivered(await message(store), CARD_AT)
    await changed(store, inv, CARD)
    await store.postpone(await message(store), NOW + SECOND, forget_place=True)
    assert await store.owed(NOW, 10) == ()
    row = await message(store, at=NOW + SECOND)
    assert (row.place, row.attempts) == (None, 1)
    assert await store.place("i1", MessageKind.CARD) is None


async def test_a_message_given_up_is_owed_no_more_unless_wanted_anew(store: SqlStore) -> None:
    """The event says so."""
    inv = await added(store, invocation(), CARD)
    row = await message(store)
    await store.abandon(row, event("not_told"), NOW)
    assert await store.owed(LATER, 10) == ()
    assert [e.event.kind for e in await store.events("i1")] == ["asked", "not_told"]
    await changed(store, inv, CARD)
    await store.abandon(row, event("not_told"), NOW)
    assert (await message(store)).wanted == 2


async def test_a_message_given_up_can_forget_its_place(store: SqlStore) -> None:
    """Wanted once more it is posted anew, and waits among what is posted."""
    copy = Owed(MessageKind.SHARE, key="C9")
    inv = await added(store, invocation(), copy)
    await store.delivered(await message(store, MessageKind.SHARE), Place("C9", "9.1"))
    inv = await changed(store, inv, copy)
    await store.abandon(await message(store, MessageKind.SHARE), event("not_told"), NOW, forget_place=True)
    assert await store.place("i1", MessageKind.SHARE, "C9") is None
    assert await store.owed(LATER, 10) == ()
    await changed(store, inv, copy)
    row = await message(store, MessageKind.SHARE)
    assert (row.place, row.lane) == (None, Lane(Way.POST, "C9"))


async def test_final_messages_go_first_then_the_oldest(store: SqlStore) -> None:
    """The end of one command is worth more than the progress of another."""
    for n, (final, delay) in enumerate([(False, 0), (False, -9), (True, 0), (False, 99)]):
        await added(
            store,
            invocation(f"i{n}", created_at=NOW + min(delay, 0) * SECOND),
            Owed(MessageKind.CARD, final=final, delay=max(delay, 0) * SECOND),
        )
    assert [row.invocation for row in await store.owed(NOW, 10)] == ["i2", "i1", "i0"]
    assert [row.invocation for row in await store.owed(NOW, 2)] == ["i2", "i1"]


async def test_a_payload_stays_until_another_is_given(store: SqlStore) -> None:
    """A want without one means the same message in its newest state."""
    inv = await added(store, invocation(), Owed(PRIVATE, "U1", payload={"why": "not_allowed", "who": ["U2"]}))
    inv = await changed(store, inv, Owed(PRIVATE, "U1"))
    assert (await message(store, PRIVATE)).payload == {"why": "not_allowed", "who": ["U2"]}
    await changed(store, inv, Owed(PRIVATE, "U1", payload={"notice": "x"}))
    assert (await message(store, PRIVATE)).payload == {"notice": "x"}


async def test_one_message_for_each_person(store: SqlStore) -> None:
    """Approvers are told apart by their key."""
    await added(store, invocation(), Owed(DIRECT, "U8"), Owed(DIRECT, "U9"))
    first, second = await store.owed(NOW, 10)
    await store.delivered(first, Place("D8", "1.8"))
    assert await store.owed(NOW, 10) == (second,)
    assert await store.place("i1", DIRECT, "U8") == Place("D8", "1.8")
    assert await store.place("i1", DIRECT, "U9") is None


# ── Under the card ─────────────────────────────────────────────────────────────


async def test_what_stands_in_a_thread_waits_for_its_card(store: SqlStore) -> None:
    """Then it knows the card's place; the file waits for the message above it, and the rest for nothing."""
    await added(store, invocation(), Owed(THREAD, final=True), Owed(FILE), Owed(DIRECT, "U9"), Owed(PRIVATE, "U1"))
    assert {row.kind for row in await store.owed(NOW, 10)} == {THREAD, DIRECT, PRIVATE}
    inv = await added(store, invocation("i2"), Owed(THREAD, final=True), Owed(FILE), CARD)
    assert [row.kind for row in await store.owed(NOW, 10) if row.invocation == inv.id] == [MessageKind.CARD]
    card = next(row for row in await store.owed(NOW, 10) if row.kind == MessageKind.CARD)
    assert card.home == Place("C1")
    await store.delivered(card, Place("D7", "2.2"))
    homes = {row.kind: row.home for row in await store.owed(NOW, 10) if row.invocation == inv.id}
    assert homes == {THREAD: Place("D7", thread_ts="2.2")}
    await store.delivered(next(row for row in await store.owed(NOW, 10) if row.invocation == inv.id), None)
    homes = {row.kind: row.home for row in await store.owed(NOW, 10) if row.invocation == inv.id}
    assert homes == {FILE: Place("D7", thread_ts="2.2")}


async def test_a_thread_that_waits_does_not_wake_the_notifier(store: SqlStore) -> None:
    """next_owed is the card's time: earlier there is nothing to send."""
    inv = await added(store, invocation(), Owed(MessageKind.CARD, delay=5 * SECOND), Owed(THREAD))
    assert await store.next_owed() == NOW + 5 * SECOND
    await store.delivered(await message(store), CARD_AT)
    assert await store.next_owed() == NOW
    await changed(store, inv, CARD, at=NOW - SECOND)
    assert await store.next_owed() == NOW - SECOND


async def test_results_are_told_though_their_card_was_given_up(store: SqlStore) -> None:
    """Without a thread, rather than never."""
    await added(store, invocation(), CARD, Owed(THREAD, final=True))
    await store.abandon(await message(store), event("not_told"), NOW)
    assert (await message(store, THREAD)).home == Place("C1")


async def test_what_was_posted_anew_leaves_a_stale_message(store: SqlStore) -> None:
    """The new place counts, and the old one is owed its end; unless another replica was faster."""
    await added(store, invocation(), CARD, Owed(THREAD))
    await store.delivered(await message(store), CARD_AT)
    await store.delivered(await message(store, THREAD), Place("C1", "1.2", "1.1"))
    inv = await store.load("i1")
    assert inv is not None
    await changed(store, inv, Owed(THREAD, final=True))
    row = (await message(store, THREAD)).anew()
    assert (row.place, row.instead_of) == (None, Place("C1", "1.2", "1.1"))
    assert await store.claim_owed(row, [Draw("post C1", 3, 1)], NOW) == timedelta(0)
    await store.delivered(row, Place("C1", "1.9", "1.1"))
    assert await store.place("i1", THREAD) == Place("C1", "1.9", "1.1")
    (stale,) = await store.owed(NOW, 10)
    assert (stale.kind, stale.key, stale.payload) == (MessageKind.STALE, "1.2", {"channel": "C1"})
    await store.delivered(stale, None)
    assert await store.owed(LATER, 10) == ()


# ── The home moves ─────────────────────────────────────────────────────────────


async def test_moving_home_forgets_the_places_there_and_no_others(store: SqlStore) -> None:
    """Approvers keep their direct messages; a change decided before the move is refused."""
    inv = await added(store, invocation(), CARD, Owed(DIRECT, "U9"))
    for row in await store.owed(NOW, 10):
        await store.delivered(row, CARD_AT if row.kind == MessageKind.CARD else Place("D9", "1.9"))
    await store.move_home("i1", "U1", event("home_moved"), [CARD, Owed(PRIVATE, "U1")], NOW)
    moved = await store.load("i1")
    assert moved is not None
    assert (moved.home, moved.version) == ("U1", inv.version + 1)
    rows = {row.kind: row for row in await store.owed(NOW, 10)}
    assert rows.keys() == {MessageKind.CARD, PRIVATE}
    assert (rows[MessageKind.CARD].place, rows[MessageKind.CARD].home) == (None, Place("U1"))
    assert await store.place("i1", DIRECT, "U9") == Place("D9", "1.9")
    assert [e.event.kind for e in await store.events("i1")] == ["asked", "home_moved"]


async def test_a_message_sent_while_the_home_moved_is_sent_again(store: SqlStore) -> None:
    """Its place is in the old home: it doesn't count."""
    await added(store, invocation(), CARD)
    row = await message(store)
    await store.move_home("i1", "U1", event("home_moved"), [], NOW)
    await store.delivered(row, CARD_AT)
    again = await message(store)
    assert (again.place, again.home) == (None, Place("U1"))
    await store.delivered(again, Place("D1", "3.3"))
    assert await store.owed(LATER, 10) == ()
    assert await store.place("i1", MessageKind.CARD) == Place("D1", "3.3")


async def test_moving_an_unknown_home_changes_nothing(store: SqlStore) -> None:
    """Not even the trail."""
    await store.move_home("gone", "U1", event("home_moved", "gone"), [CARD], NOW)
    assert await store.events("gone") == ()
    assert await store.owed(LATER, 10) == ()


# ── Any interleaving ───────────────────────────────────────────────────────────


@dataclass
class Model:
    """What the outbox should say of one card, by the rules written out."""

    wanted: int = 0
    delivered: int = 0
    not_before: datetime = NOW
    final: bool = False
    attempts: int = 0
    place: Place | None = None
    payload: dict[str, object] = field(default_factory=dict)

    def want(self, owed: Owed, now: datetime) -> None:
        due = now if owed.final else now + owed.delay
        self.not_before = min(self.not_before, due) if self.wanted > self.delivered else due
        self.attempts = 0 if owed.final else self.attempts
        self.final |= owed.final
        self.payload = owed.payload or self.payload
        self.wanted += 1

    def seen(self, row: OutboxRow) -> bool:
        """Is *row* what the model says?"""
        told = (row.wanted, row.delivered, row.not_before, row.final, row.attempts, row.place, row.payload)
        mine = (self.wanted, self.delivered, self.not_before, self.final, self.attempts, self.place, self.payload)
        return told == mine


_numbers = count()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.randoms(use_true_random=False), steps=st.integers(5, 25))
async def test_the_last_want_is_never_lost(store: SqlStore, seed: random.Random, steps: int) -> None:
    """Wants, readings, deliveries of old readings, postponements and surrenders, in any order."""
    model, now = Model(), NOW
    inv = await added(store, invocation(f"any{next(_numbers)}"))
    read: list[OutboxRow] = []
    for _ in range(steps):
        now += timedelta(seconds=seed.randrange(3))
        act = seed.choice(["want", "want", "read", "read", "deliver", "postpone", "abandon"])
        if act == "want":
            inv = await _wanted(store, inv, model, seed, now)
        elif act != "read" and read:
            await _acted(store, act, seed.choice(read), model, now)
        rows = [row for row in await store.owed(LATER, 1000) if row.invocation == inv.id]
        assert len(rows) == (model.wanted > model.delivered)
        assert all(model.seen(row) for row in rows), (model, rows)
        assert all(row.lane.way == (Way.UPDATE if model.place else Way.POST) for row in rows)
        read += rows
    for row in [row for row in await store.owed(LATER, 1000) if row.invocation == inv.id]:
        await store.delivered(row, None)


async def _wanted(store: SqlStore, inv: Invocation, model: Model, seed: random.Random, now: datetime) -> Invocation:
    payload = {"n": seed.randrange(9)} if seed.random() < 0.3 else {}
    delay = timedelta(seconds=seed.randrange(5))
    owed = Owed(MessageKind.CARD, final=seed.random() < 0.2, delay=delay, payload=payload)
    model.want(owed, now)
    return await changed(store, inv, owed, at=now)


async def _acted(store: SqlStore, act: str, row: OutboxRow, model: Model, now: datetime) -> None:
    if act == "deliver":
        place = Place("C1", f"{now.timestamp()}")
        model.place = place if model.delivered < row.wanted else model.place  # the first to tell of it counts
        model.attempts, model.delivered = 0, max(model.delivered, row.wanted)
        await store.delivered(row, place)
    elif act == "abandon":
        model.attempts, model.delivered = 0, max(model.delivered, row.wanted)
        await store.abandon(row, event("not_told", row.invocation), now)
    else:
        if row.wanted == model.wanted:
            model.not_before, model.attempts = now + 9 * SECOND, model.attempts + 1
        await store.postpone(row, now + 9 * SECOND)
