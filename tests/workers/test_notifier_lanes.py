"""Whatever waits, and however much: final states first, the channels in turn, and nothing is hidden behind the rest."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.message import MessageKind, OutboxRow, Owed
from bot.errors import ChatTryAgain
from bot.workers.budget import POSTING, POSTS, draws
from tests.workers.conftest import opened
from tests.workers.test_notifier import Desk, desk

CARD, THREAD, FILE, STALE = MessageKind.CARD, MessageKind.THREAD, MessageKind.FILE, MessageKind.STALE
PRIVATE = MessageKind.PRIVATE
END = tuple(Owed(kind, final=True) for kind in (CARD, THREAD, FILE))

__all__ = ["desk"]


async def stand(desk: Desk, *homes: str) -> list[str]:
    """Runs whose card and thread stand, one for each of *homes*; nothing is owed, and the budgets are full."""
    invs = [await desk.owes(Owed(CARD), Owed(THREAD), home=home) for home in homes]
    while await desk.owed():
        await desk.turn(seconds=60)
    await desk.turn(hours=1)
    return invs


async def test_much_in_one_channel_delays_no_other(desk: Desk) -> None:
    """Sixty end in one channel, then one in another: that one is told at once."""
    *many, one = await stand(desk, *["C1"] * 60, "C2")
    for inv in many:
        await desk.more(inv, *END)
    await desk.turns(3)
    await desk.more(one, *END)
    await desk.turn()
    assert desk.chat.said[-1] == (one, THREAD, "post")
    assert {inv for inv, kind, _ in desk.chat.said[122:-1] if kind is THREAD} < set(many)


async def test_what_waits_for_updates_hides_no_result(desk: Desk) -> None:
    """Three hundred cards wait for their turn: a run that ends then is read at once, and the next too."""
    invs = await stand(desk, *[f"C{n % 20}" for n in range(300)], "C1", "C2")
    for inv in invs[:300]:
        await desk.more(inv, Owed(CARD, final=True))
    await desk.turns(3)
    for inv in invs[300:]:
        await desk.more(inv, *END)
        assert THREAD in await desk.turn()
        assert (inv, THREAD) in [(one, kind) for one, kind, _ in desk.chat.said[-3:]]


async def test_the_workspace_s_own_limit(desk: Desk) -> None:
    """Each of a hundred channels could take three: together they take what one workspace does."""
    for n in range(300):
        await desk.owes(Owed(CARD, final=True), home=f"C{n % 100}")
    assert len([kind for kind in await desk.turns(4) if kind is CARD]) == POSTING[0]
    assert await desk.turn(seconds=10) == [CARD] * round(10 * POSTING[1])


async def test_a_channel_s_last_message_is_kept_for_what_is_final(desk: Desk) -> None:
    """Many begin in a channel: one that ends there need not wait for a token."""
    await desk.owes(Owed(CARD, final=True), home="C1")
    for _ in range(9):
        await desk.owes(Owed(CARD), home="C2")
    assert len(await desk.turn()) == 1 + POSTS[0] - POSTS[2]
    last = await desk.owes(Owed(CARD, final=True), home="C2")
    await desk.turn()
    assert desk.chat.said[-1][0] == last


async def test_updates_that_slack_refuses_do_not_keep_results(desk: Desk) -> None:
    """429 to chat.update, for half a minute: the result is posted at once; the card waits so long."""
    (inv,) = await stand(desk, "C1")
    desk.chat.faults[THREAD].append(ChatTryAgain(code="ratelimited", after=30.0))
    await desk.more(inv, *END)
    said = await desk.turns(5, seconds=1)
    assert (said[0], set(said[1:])) == (THREAD, {FILE, STALE})
    assert desk.chat.said[-3] == (inv, THREAD, "post")
    assert await desk.turn(seconds=20) == []
    assert await desk.turns(2, seconds=4) == [CARD]


async def test_a_channel_that_slack_says_nothing_of_yet_holds_up_no_other(desk: Desk) -> None:
    """Ten cards wait for half a minute, are asked about once and cost nothing; the eleventh is updated at once."""
    *unsaid, known = await stand(desk, *[f"C{n}" for n in range(11)])
    desk.chat.asked.clear()
    desk.chat.silent = {f"C{n}": timedelta(seconds=30) for n in range(10)}
    for inv in unsaid:
        await desk.more(inv, Owed(CARD, final=True))
    assert await desk.turns(3) == []
    assert len(desk.chat.asked) == 10
    await desk.more(known, Owed(CARD, final=True))
    assert await desk.turn() == [CARD]
    assert desk.chat.said[-1] == (known, CARD, "update")
    assert await desk.turn(seconds=20) == []
    now = desk.office.clock.now()
    assert await desk.notifier.next_at(now) == now + timedelta(seconds=10)
    desk.chat.silent.clear()
    assert await desk.turns(4, seconds=10) == [CARD] * 10
    assert {row.attempts for row in desk.chat.rows[-10:]} == {0}


async def test_channels_that_slack_says_nothing_of_are_not_always_first(desk: Desk) -> None:
    """They are asked about again and again, more of them than there are tokens: the others have their turn, too."""
    invs = await stand(desk, *[f"C{n}" for n in range(10)], "C_known")
    desk.chat.silent = {f"C{n}": timedelta(seconds=1) for n in range(10)}
    for inv in invs:
        await desk.more(inv, Owed(CARD, final=True))
    assert await desk.turns(3, seconds=1) == [CARD]
    assert desk.chat.said[-1] == (invs[-1], CARD, "update")


async def test_what_one_person_reads_needs_no_word_of_slack(desk: Desk) -> None:
    """Neither does what is deleted: nobody else's eyes are on it."""
    await desk.owes(Owed(PRIVATE, key="U1"), Owed(STALE, key="1.0", payload={"channel": "C1"}), home="C1")
    desk.chat.silent = {"C1": timedelta(seconds=30)}
    assert set(await desk.turns(3)) == {PRIVATE, STALE}
    assert desk.chat.asked == []


async def test_messages_that_cannot_be_built_are_passed(desk: Desk) -> None:
    """However many of them are the oldest."""
    desk.chat.faults[THREAD].extend([ValueError("broken")] * 1000)
    for _ in range(20):
        await desk.owes(Owed(THREAD, final=True), home="C1")
    await desk.turns(10, seconds=20)
    await desk.owes(Owed(CARD, final=True), home="C1")
    assert CARD in await desk.turns(9)


async def test_a_news_that_is_due_later_wakes_though_others_wait(desk: Desk) -> None:
    """What the budget holds back for a minute does not put off what is due before."""
    (inv, other) = await stand(desk, "C1", "C2")
    desk.chat.faults[CARD].append(ChatTryAgain(code="ratelimited", after=60.0))
    await desk.more(inv, Owed(CARD, final=True))
    await desk.turns(2)
    now = desk.office.clock.now()
    await desk.more(other, Owed(FILE, delay=timedelta(seconds=3)))
    await desk.turn()
    assert await desk.notifier.next_at(now) == now + timedelta(seconds=3)


# ── Any interleaving ───────────────────────────────────────────────────────────


@dataclass
class Watched:
    """What was said so far, turn by turn."""

    desk: Desk
    over: set[tuple[str, MessageKind]] = field(default_factory=set)

    async def turn(self, seconds: float) -> None:
        """One turn, in which the rules hold."""
        before = len(self.desk.chat.rows)
        await self.desk.turn(seconds=seconds)
        said = self.desk.chat.rows[before:]
        for row in said:
            assert row.final or (row.invocation, row.kind) not in self.over, "progress after the end"
            if row.final:
                self.over.add((row.invocation, row.kind))
        told = {row.invocation for row in said}
        left = [row for row in await self.desk.office.store.owed(self.desk.office.clock.now(), 1000) if row.final]
        if any(row.kind is FILE for row in said):  # one at a time: the others wait for that, not for the budget
            left = [row for row in left if row.kind is not FILE]
        waiting = {name for row in left if row.invocation not in told for name in names(row)}
        for row in said:
            assert row.final or not names(row) & waiting, f"{row.kind} went before what is final"

    def judge(self) -> None:
        """At the end: a thread's message after its card, a file after its results."""
        first = {(row.invocation, row.kind): n for n, row in reversed(list(enumerate(self.desk.chat.rows)))}
        results = {row.invocation: n for n, row in enumerate(self.desk.chat.rows) if row.kind is THREAD}
        files = Counter(row.invocation for row in self.desk.chat.rows if row.kind is FILE)
        for (inv, kind), at in first.items():
            if kind in {THREAD, FILE}:
                assert first[inv, CARD] < at
            if kind is FILE:
                assert results[inv] < at
                assert files[inv] == 1


def names(row: OutboxRow) -> set[str]:
    """The buckets that *row* draws on, where something final could use the same token."""
    return {draw.name for draw in draws(row.lane, final=True)}


@settings(max_examples=12, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(8, 30))
async def test_any_order_of_wants(seed: random.Random, steps: int) -> None:
    """Never progress after the end of the same message; nothing that is final waits while progress spends its budget;
    cards before threads, results before files."""
    with TemporaryDirectory() as folder:
        async with opened(Path(folder)) as office:
            await _lives(Watched(Desk(office)), seed, steps)


async def _lives(watched: Watched, seed: random.Random, steps: int) -> None:
    desk, running = watched.desk, list[str]()
    for _ in range(steps):
        match seed.choice(["begin", "begin", "news", "news", "end", "turn"]):
            case "begin":
                homes = seed.choices(["C1", "C1", "C1", "C2", "C3"], k=seed.randrange(1, 6))
                running += [await desk.owes(Owed(CARD), Owed(THREAD), home=home) for home in homes]
            case "news":
                await _all_owe(desk, running, Owed(THREAD), Owed(CARD))
            case "end":
                ended, running = running[::2], running[1::2]
                await _all_owe(desk, ended, *END)
            case _:
                await watched.turn(seed.choice([0.0, 0.3, 1.5, 20.0]))
    await _all_owe(desk, running, *END)
    for _ in range(400):
        if not await desk.owed():
            break
        await watched.turn(5)
    assert await desk.owed() == 0
    watched.judge()


async def _all_owe(desk: Desk, invs: list[str], *owed: Owed) -> None:
    for inv in invs:
        await desk.more(inv, *owed)


async def test_a_file_waits_for_a_token_though_it_was_looked_into(desk: Desk) -> None:
    """To find out that there is one costs nothing, to send it a message of its channel."""
    await desk.owes(Owed(FILE, final=True))
    for _ in range(3):
        await desk.owes(Owed(CARD, final=True))
    assert await desk.turns(5) == [CARD] * 3
    assert await desk.turns(2, seconds=1) == [FILE]
    assert desk.notifier._full == set()
