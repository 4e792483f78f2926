"""Lists of invocations: the newest that somebody may see."""

from datetime import timedelta

from bot.domain.invocation import Invocation
from bot.usecases import questions
from bot.usecases.questions import SHOWN
from tests.workers.conftest import Office


async def asked(office: Office, user: str, number: int) -> list[str]:
    """So many of *user*'s, each a second after the other; their ids, the newest first."""
    ids = []
    for _ in range(number):
        now = office.clock.later(seconds=1)
        key = f"{user}{now:%M%S}"
        made = Invocation(key, key, "mem", "web", (), user, "T1", "C1", now, break_glass=True, started_at=now)
        ids.append((await office.store.add(made, [])).id)
    return ids[::-1]


async def test_who_may_see_all_sees_the_newest(office: Office) -> None:
    """Others' and their own; of what is under way all, so that what is not shown can be counted."""
    others, own = await asked(office, "U9", 9), await asked(office, "U1", 9)
    assert [inv.id for inv in await questions.history(office.desk, "U1")] == [*own, *others][:SHOWN]
    assert [inv.id for inv in await questions.open_now(office.desk, "U1")] == [*own, *others]


async def test_who_may_see_little_finds_it_behind_the_rest(office: Office) -> None:
    """Without a role it is what one asked for oneself, among a hundred of others."""
    own = await asked(office, "U9", 3)
    await asked(office, "U1", 100)
    for listed in (questions.history, questions.open_now):
        assert [inv.id for inv in await listed(office.desk, "U9")] == own
    assert [inv.id for inv in await questions.to_review(office.desk, "U9")] == own[::-1]


async def test_what_is_too_far_back_is_not_looked_for(office: Office) -> None:
    """Ten times as many as are shown."""
    await asked(office, "U9", 1)
    await asked(office, "U1", 10 * SHOWN)
    office.clock.at += timedelta(seconds=1)
    assert await questions.history(office.desk, "U9") == ()
