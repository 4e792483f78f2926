"""A death of the process doubles one message at most: posts are written down one by one."""

import asyncio
from itertools import pairwise

import pytest

from bot.domain.change import Change
from bot.domain.invocation import Invocation
from bot.domain.message import MessageKind, Owed
from bot.workers.looper import Looper
from bot.workers.notifier import Notifier
from bot.workers.turnstile import Turnstile
from tests.workers.conftest import Office

CARD, DIRECT, FILE = MessageKind.CARD, MessageKind.DIRECT, MessageKind.FILE


class Desk:
    """A notifier, and what it sees while Slack answers: how many messages stand there that the database has not
    as delivered."""

    def __init__(self, office: Office) -> None:
        self.unknown: list[int] = []
        self.owed = 0
        self._office = office
        self._looper = Looper(Notifier(office.desk, office.chat), office.clock)

    async def owes(self, *owed: Owed) -> None:
        """One more invocation that owes these."""
        now, name = self._office.clock.now(), f"i{self.owed:03}"
        inv = Invocation(name, f"k{name}", "mem", "web", (), "U1", "T1", f"C{self.owed}", now)
        await self._office.store.add(inv, [], owed)
        self.owed += len(owed)

    async def turns(self) -> list[int]:
        """One turn; for each answer of Slack in it, what was not known then."""
        said, self.unknown = len(self._office.chat.said), []
        owed = len(await self._office.store.owed(self._office.clock.now(), 100))

        async def looks() -> None:
            for _ in range(10):  # time enough for others to come as far
                left = len(await self._office.store.owed(self._office.clock.now(), 100))
            self.unknown.append(len(self._office.chat.said) - said - (owed - left))

        self._office.chat.meanwhile = looks
        await self._looper.run_once(self._office.clock.now())
        return self.unknown


async def test_one_post_at_a_time(office: Office) -> None:
    """A card and two approvers' messages: each is written down before the next is posted."""
    desk = Desk(office)
    await desk.owes(Owed(CARD), Owed(DIRECT, key="U2"), Owed(DIRECT, key="U3"))
    assert await desk.turns() == [1, 1, 1]


async def test_updates_need_no_turn(office: Office) -> None:
    """An update that is made twice comes to the same: they go side by side."""
    desk = Desk(office)
    for _ in range(3):
        await desk.owes(Owed(CARD))
    await desk.turns()
    for inv in await office.store.recent(3):
        assert await office.store.apply(Change(inv, inv, (), (Owed(CARD, final=True),)), office.clock.now())
    assert max(await desk.turns()) > 1


async def test_one_file_at_a_time(office: Office) -> None:
    """An upload takes long: no message waits behind several."""
    desk = Desk(office)
    for _ in range(3):
        await desk.owes(Owed(CARD), Owed(FILE, final=True))
    said = [0]
    for _ in range(8):
        await desk.turns()
        said.append(office.chat.kinds().count(FILE))
    assert office.chat.kinds() == [CARD, CARD, CARD, FILE, FILE, FILE]
    assert {later - sooner for sooner, later in pairwise(said)} == {0, 1}


async def test_who_takes_too_long_holds_nobody_up() -> None:
    """Where Slack does not answer the next one goes after a while; a late end passes no second turn on."""
    turnstile, entered, slow = Turnstile(patience=0.01), asyncio.Event(), asyncio.Event()

    async def dawdles() -> None:
        async with turnstile.passage():
            entered.set()
            await slow.wait()

    first = asyncio.create_task(dawdles())
    await entered.wait()
    turnstile.patience = 60
    async with turnstile.passage():
        entered.clear()
        waiting = asyncio.create_task(dawdles())
        slow.set()
        await first
        assert not entered.is_set()
    await waiting


async def test_a_turn_ends_with_whatever_raises() -> None:
    """A post that fails passes the turn on; so does one that is cancelled while it waits."""
    turnstile = Turnstile()
    with pytest.raises(ValueError, match="no"):
        async with turnstile.passage():
            raise ValueError("no")
    async with turnstile.passage():
        waiting = asyncio.create_task(turnstile.passage().__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    async with asyncio.timeout(1), turnstile.passage():
        pass
