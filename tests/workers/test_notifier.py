"""What is owed to Slack comes in the right order, within its budgets, and nothing of it is lost."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.change import Change
from bot.domain.invocation import Invocation
from bot.domain.message import MessageKind, Owed
from bot.errors import (
    ChatMessageGone,
    ChatNotTaken,
    ChatPlaceClosed,
    ChatShut,
    ChatTryAgain,
)
from bot.workers.budget import UPDATES
from bot.workers.looper import Looper
from bot.workers.notifier import Notifier
from tests.workers.conftest import Office
from tests.workers.fakes import NOW

CARD, THREAD, FILE = MessageKind.CARD, MessageKind.THREAD, MessageKind.FILE
END = tuple(Owed(kind, final=True) for kind in (CARD, THREAD, FILE))


class Desk:
    """A notifier, its looper, and invocations that owe messages."""

    def __init__(self, office: Office) -> None:
        self.office, self.chat = office, office.chat
        self.notifier = Notifier(office.desk, office.chat)
        self.looper = Looper(self.notifier, office.clock)
        self.count = 0

    async def owes(self, *owed: Owed, home: str = "C1", key: str = "") -> str:
        """A new invocation that owes these; its id."""
        self.count += 1
        inv = Invocation(
            id=key or f"i{self.count:03}",
            request_key=f"k{self.count}",
            snippet="mem",
            target="web",
            params=(),
            requester="U1",
            team="T1",
            home=home,
            created_at=self.office.clock.now(),
        )
        await self.office.store.add(inv, [], owed)
        return inv.id

    async def more(self, inv: str, *owed: Owed, **fields: object) -> None:
        """The same owes more."""
        before = await self.office.load(inv)
        after = replace(before, **fields)  # type: ignore[arg-type]
        assert await self.office.store.apply(Change(before, after, (), owed), self.office.clock.now())

    async def turn(self, **later: float) -> list[MessageKind]:
        """One turn, after that time; what was said in it."""
        before = len(self.chat.said)
        self.office.clock.later(**later)
        await self.looper.run_once(self.office.clock.now())
        return self.chat.kinds()[before:]

    async def turns(self, number: int, **apart: float) -> list[MessageKind]:
        """Several."""
        return [kind for _ in range(number) for kind in await self.turn(**apart)]

    async def owed(self) -> int:
        """How many messages are owed, whenever."""
        return len(await self.office.store.owed(self.office.clock.now() + timedelta(days=9), 10_000))


@pytest.fixture
async def desk(office: Office) -> Desk:
    """It."""
    return Desk(office)


async def test_card_then_thread_then_file(desk: Desk) -> None:
    """A thread needs its card; the results come before the card's own update; the file is last."""
    inv = await desk.owes(*END)
    assert await desk.turns(4, seconds=1) == [CARD, THREAD, FILE]
    await desk.more(inv, *END)
    assert await desk.turns(4, seconds=1) == [THREAD, CARD, FILE]
    assert await desk.owed() == 0


async def test_final_before_progress(desk: Desk) -> None:
    """Whoever came first."""
    waiting, ended = await desk.owes(Owed(CARD)), await desk.owes(Owed(CARD))
    await desk.turns(3, seconds=1)
    await desk.more(waiting, Owed(THREAD))
    await desk.more(ended, Owed(THREAD, final=True))
    assert [job.key for job in await desk.notifier.jobs(desk.office.clock.now())] == [(ended,), (waiting,)]


async def test_progress_yields_where_updates_are_scarce(desk: Desk) -> None:
    """The last updates of a burst are kept for final states; newer progress folds into what is owed."""
    invs = [await desk.owes(Owed(CARD), home=f"C{n}") for n in range(12)]
    await desk.turn()
    for inv in invs:
        await desk.more(inv, Owed(CARD))
        await desk.more(inv, Owed(CARD))
    assert len(await desk.turn()) == 5
    await desk.more(invs[-1], Owed(CARD, final=True))
    assert await desk.turn() == [CARD]
    assert desk.chat.said[-1][0] == invs[-1]
    wait = 1 / UPDATES[1]
    assert await desk.turn(seconds=wait) == []
    assert await desk.turn(seconds=wait + 0.01) == [CARD]
    await desk.turns(20, seconds=2 * wait)
    assert await desk.owed() == 0


async def test_results_do_not_wait_for_updates(desk: Desk) -> None:
    """Where the workspace's updates are used up they are posted at once, each channel's at its own pace; what showed
    progress goes after."""
    invs = [await desk.owes(Owed(CARD), Owed(THREAD), home=f"C{n % 20}") for n in range(40)]
    await desk.turns(8, seconds=1)
    assert await desk.owed() == 0
    for inv in invs:
        await desk.more(inv, Owed(THREAD, final=True))
    assert (await desk.turns(3)).count(THREAD) == 40
    told = [(inv, how) for inv, kind, how in desk.chat.said[80:] if kind is THREAD]
    assert sorted(inv for inv, _ in told) == invs
    assert [how for _, how in told].count("update") == 8
    await desk.turns(60, seconds=1)
    gone = [row for row in desk.chat.rows if row.kind is MessageKind.STALE]
    stale = {(row.invocation, row.key, row.payload["channel"]) for row in gone}
    assert len(stale) == len(gone) == 32
    first = {(inv, f"{at + 1}.0") for at, (inv, kind, how) in enumerate(desk.chat.said[:80]) if kind is THREAD}
    assert {(inv, ts) for inv, ts, _ in stale} <= first
    assert await desk.owed() == 0


async def test_what_is_no_result_waits_for_updates(desk: Desk) -> None:
    """Progress, and cards, are never posted twice."""
    invs = [await desk.owes(Owed(CARD), Owed(THREAD), home=f"C{n}") for n in range(20)]
    await desk.turns(4, seconds=2)
    for inv in invs:
        await desk.more(inv, Owed(THREAD), Owed(CARD, final=True))
    await desk.turns(90, seconds=1)
    assert [how for _, _, how in desk.chat.said[40:]] == ["update"] * 40


async def test_a_message_that_breaks_takes_nothing_from_the_others(desk: Desk) -> None:
    """One whose building fails is left alone for a while: meanwhile it spends no part of the budget."""
    invs = [await desk.owes(Owed(CARD), home=f"C{n}") for n in range(7)]
    await desk.turn()
    desk.chat.faults[THREAD].extend([ValueError("broken")] * 100)
    for inv in invs[:1]:
        await desk.more(inv, Owed(THREAD), Owed(CARD, final=True))
    assert await desk.turn() == [CARD]
    await desk.turn()
    await desk.more(invs[0], Owed(CARD, final=True))
    for _ in range(50):
        await desk.turn()
    for inv in invs[1:]:
        await desk.more(inv, Owed(CARD, final=True))
    assert len(await desk.turn()) == 6


async def test_a_file_does_not_overtake_its_thread(desk: Desk) -> None:
    """Though files have a budget of their own, and Slack does not take the thread's message at first."""
    inv = await desk.owes(Owed(CARD), Owed(THREAD))
    await desk.turns(2, seconds=1)
    desk.chat.faults[THREAD].append(ChatTryAgain("no answer"))
    await desk.more(inv, *END)
    assert await desk.turns(4) == [CARD]
    assert await desk.turns(3, seconds=1) == [THREAD, FILE]


async def test_a_file_that_says_nothing_new_costs_nothing(desk: Desk) -> None:
    """Each run owes one; where the message says it all, none of Slack's budget goes into finding that out."""
    desk.chat.short = True
    invs = [await desk.owes(Owed(FILE, final=True)) for _ in range(30)]
    assert await desk.turns(30) == []
    assert await desk.owed() == 0
    for inv in invs[:3]:
        await desk.more(inv, Owed(CARD, final=True))
    assert await desk.turn() == [CARD] * 3


async def test_too_many_requests(desk: Desk) -> None:
    """Slack says when to come back: that method waits so long, the others go on."""
    one, other = await desk.owes(Owed(CARD)), await desk.owes(Owed(CARD), home="C2")
    await desk.turn()
    desk.chat.faults[CARD].append(ChatTryAgain(code="ratelimited", after=30.0))
    await desk.more(one, Owed(CARD, final=True))
    await desk.turn()
    await desk.more(other, Owed(CARD, final=True), Owed(THREAD))
    assert await desk.turn(seconds=20) == [THREAD]
    assert await desk.turns(2, seconds=5.01) == [CARD, CARD]
    assert await desk.owed() == 0


async def test_a_deleted_message_is_posted_anew(desk: Desk) -> None:
    """Where it can't be updated any more."""
    inv = await desk.owes(Owed(CARD))
    await desk.turn()
    desk.chat.faults[CARD].append(ChatMessageGone(code="message_not_found"))
    await desk.more(inv, Owed(CARD, final=True))
    await desk.turns(2, seconds=1)
    assert [how for _, _, how in desk.chat.said] == ["post", "post"]


async def test_a_closed_place(desk: Desk) -> None:
    """Card and results go to the requester's direct messages, who is told why; the trail knows."""
    inv = await desk.owes(*END)
    desk.chat.faults[CARD].append(ChatPlaceClosed(code="not_in_channel"))
    said = await desk.turns(5, seconds=1)
    assert sorted(said) == sorted([MessageKind.PRIVATE, CARD, THREAD, FILE])
    assert [kind for kind in said if kind is not MessageKind.PRIVATE] == [CARD, THREAD, FILE]
    assert (await desk.office.load(inv)).home == "U1"
    assert {row.home.channel for row in desk.chat.rows if row.kind is not MessageKind.PRIVATE} == {"U1"}
    (private,) = [row for row in desk.chat.rows if row.kind is MessageKind.PRIVATE]
    assert private.payload == {"notice": "not_in_channel", "channel": "C1", "code": "not_in_channel"}
    assert await desk.office.kinds(inv) == ["home_moved"]


@pytest.mark.parametrize("kind", [MessageKind.DIRECT, MessageKind.REMINDER, MessageKind.PRIVATE])
async def test_a_person_who_cannot_be_written_to(desk: Desk, kind: MessageKind) -> None:
    """That says nothing of the channel: it is given up, and the invocation stays where it is."""
    inv = await desk.owes(Owed(CARD), Owed(kind, key="U9"))
    desk.chat.faults[kind].append(ChatPlaceClosed(code="cannot_dm_bot"))
    await desk.turns(2, seconds=1)
    assert (await desk.office.load(inv)).home == "C1"
    assert await desk.office.kinds(inv) == ["not_told"]
    assert await desk.owed() == 0


async def test_what_slack_does_not_take_as_it_is(desk: Desk) -> None:
    """Given up, with an event: tried for ever it would never go."""
    inv = await desk.owes(Owed(CARD))
    desk.chat.faults[CARD].append(ChatNotTaken(code="invalid_blocks"))
    await desk.turns(2, seconds=1)
    (event,) = await desk.office.store.events(inv)
    assert (event.event.kind, event.event.data["code"]) == ("not_told", "invalid_blocks")
    assert await desk.owed() == 0


async def test_slack_refuses_the_bot(desk: Desk) -> None:
    """Nothing is lost however long it lasts; `shut` says so until Slack takes something, whatever else goes wrong."""
    await desk.owes(*END)
    desk.chat.faults[CARD].extend([ChatShut(code="token_revoked")] * 3)
    desk.chat.faults[CARD].append(ChatTryAgain("no answer"))
    for _ in range(3):
        assert await desk.turn(days=1) == []
        assert desk.notifier.shut
    assert await desk.turn(seconds=15) == []
    assert desk.notifier.shut
    assert await desk.turns(4, seconds=5) == [CARD, THREAD, FILE]
    assert not desk.notifier.shut


async def test_given_up_after_a_day_of_trying(desk: Desk) -> None:
    """With an event that says which message."""
    inv = await desk.owes(Owed(CARD))
    desk.chat.faults[CARD].extend([ChatTryAgain("no answer")] * 200)
    await desk.turns(100, seconds=31)
    assert await desk.owed() == 1
    await desk.turn(hours=24)
    assert await desk.owed() == 0
    assert await desk.office.kinds(inv) == ["not_told"]


async def test_an_old_invocation_is_not_given_up_for_one_bad_answer(desk: Desk) -> None:
    """It waited two days for approval, or is reviewed after a week: its messages are young."""
    inv = await desk.owes(Owed(CARD))
    await desk.turn()
    desk.office.clock.later(days=7)
    desk.chat.faults[CARD].append(ChatTryAgain("no answer"))
    await desk.more(inv, Owed(CARD, final=True))
    assert await desk.turns(2, seconds=1) == [CARD]
    assert await desk.office.kinds(inv) == []


async def test_a_newer_want_while_it_is_sent(desk: Desk) -> None:
    """What changed during the call is said afterwards."""
    inv = await desk.owes(Owed(CARD))
    rows = await desk.office.store.owed(NOW, 10)
    jobs = await desk.notifier.jobs(NOW)
    await desk.more(inv, Owed(CARD))
    await jobs[0].run()
    assert (rows[0].wanted, await desk.owed()) == (1, 1)
    assert await desk.turn(seconds=2) == [CARD]


async def test_the_budget_forgets_channels(desk: Desk) -> None:
    """Where nobody wrote for a while nothing is remembered."""
    for n in range(60):
        await desk.owes(Owed(CARD), home=f"C{n}")
    await desk.turn()
    await desk.turns(3, minutes=1)
    await desk.owes(Owed(CARD), home="C99")
    await desk.turn(minutes=1)
    assert len(desk.notifier._budget._buckets) <= 3
