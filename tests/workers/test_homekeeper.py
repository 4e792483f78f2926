"""The home keeper: open tabs are as things are, and Slack is asked for little."""

from datetime import datetime, timedelta

import pytest

from bot.domain.access import UserId
from bot.domain.front import Front
from bot.errors import ChatError, ChatShut, ChatTryAgain
from bot.workers.homekeeper import ANYWAY, AT_ONCE, EVERY, WATCHED, HomeKeeper
from bot.workers.looper import Looper
from tests.workers.conftest import Office


class Board:
    """Home tabs that are only counted; *trouble* is raised instead, once."""

    def __init__(self) -> None:
        self.shown: list[tuple[UserId, bool]] = []
        self.trouble: ChatError | None = None

    async def publish(self, front: Front, now: datetime, *, anyway: bool) -> None:
        """See `homekeeper.Homes`."""
        if (trouble := self.trouble) is not None:
            self.trouble = None
            raise trouble
        self.shown.append((front.user, anyway))


async def nothing_wrong() -> list[str]:
    """All is well."""
    return []


@pytest.fixture
def board() -> Board:
    """Nothing shown yet."""
    return Board()


@pytest.fixture
def keeper(office: Office, board: Board) -> HomeKeeper:
    """Nobody looks yet."""
    return HomeKeeper(office.desk, board, nothing_wrong, office.store.strays)


async def turn(office: Office, keeper: HomeKeeper, later: timedelta = timedelta(0)) -> None:
    """One look for work, *later*."""
    office.clock.at += later
    await Looper(keeper, office.clock).run_once(office.clock.now())


async def test_opened_is_shown_at_once(office: Office, keeper: HomeKeeper, board: Board) -> None:
    """Whatever was shown before; and not again while nothing changes."""
    keeper.opened("U1")
    await turn(office, keeper)
    assert board.shown == [("U1", True)]
    await turn(office, keeper, EVERY)
    assert len(board.shown) == 1
    assert await keeper.next_at(office.clock.now()) is None


async def test_many_tabs_take_turns(office: Office, keeper: HomeKeeper, board: Board) -> None:
    """However much changes, and however many look: so many in so much time, and everybody in the end."""
    for number in range(12):
        keeper.opened(f"U{number}")
    for _ in range(3):
        await turn(office, keeper)
    assert len(board.shown) == 12
    board.shown.clear()
    for _ in range(3):
        keeper.changed()
        await turn(office, keeper, EVERY)
        await turn(office, keeper)
    assert len(board.shown) == 3 * AT_ONCE
    assert len({user for user, _ in board.shown}) == 12
    assert not any(anyway for _, anyway in board.shown)


async def test_looked_at_now_and_then_all_the_same(office: Office, keeper: HomeKeeper, board: Board) -> None:
    """A role may have ended, or another replica may have been at work."""
    keeper.opened("U1")
    await turn(office, keeper)
    await turn(office, keeper, ANYWAY)
    assert board.shown == [("U1", True), ("U1", False)]


async def test_who_left_is_forgotten(office: Office, keeper: HomeKeeper, board: Board) -> None:
    """Slack does not say so: after a while it is taken for granted."""
    keeper.opened("U1")
    await turn(office, keeper)
    keeper.changed()
    await turn(office, keeper, WATCHED)
    assert len(board.shown) == 1


async def test_slack_says_when_to_come_back(office: Office, keeper: HomeKeeper, board: Board) -> None:
    """Nothing is sent before, and nothing is lost."""
    keeper.opened("U1")
    board.trouble = ChatTryAgain(code="ratelimited", after=30)
    await turn(office, keeper)
    await turn(office, keeper, timedelta(seconds=29))
    assert board.shown == []
    await turn(office, keeper, timedelta(seconds=1))
    assert board.shown == [("U1", False)]


async def test_slack_that_says_no(office: Office, keeper: HomeKeeper, board: Board) -> None:
    """The tab is let go until it is opened again."""
    keeper.opened("U1")
    board.trouble = ChatShut(code="token_revoked")
    await turn(office, keeper)
    keeper.changed()
    await turn(office, keeper, EVERY)
    assert board.shown == []
