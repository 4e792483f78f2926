"""Silence means no, and is never left to itself: reminders, the end of the time, and a quorum that can't come."""

import pytest

from tests.scenarios.approvals.office import Office, Opens
from tests.scenarios.world import id_in

TWO = '[[approvals]]\nrisk = ["high"]\nneeded = 2\nexpires = "{}"\n'


async def test_the_silent_are_reminded_once(opens: Opens) -> None:
    """Half of the time is over: Chen, who has said nothing, is reminded, with buttons that count; Ben is not."""
    office = await opens(TWO.format("10m"))
    zap = await office.requests(office.olga, "/ecs run zap web")
    await office.approves(office.ben, zap)
    await office.left(zap, minutes=5, seconds=1)
    await office.settles()
    assert (len(office.dms(office.ben)), len(office.dms(office.carla))) == (1, 1)
    for left in (5, 4, 1):
        await office.left(zap, minutes=left)
        await office.settles()
    assert (len(office.dms(office.ben)), len(office.dms(office.carla))) == (1, 2)
    reminder = office.dm(office.carla, zap)
    assert "⏰ *Still waiting until" in reminder.words
    assert "Approved by <@U0APPROVE>" in reminder.words
    assert await office.presses(office.carla, reminder, "Approve") == ""
    await office.ends(zap)
    assert office.runs == 1
    assert "reminded <@U0SECOND>" in await office.asks(office.ben, f"/ecs audit {zap}")


async def test_nobody_answers(office: Office) -> None:
    """After ten minutes Olga is told, and the card and both direct messages have no button that decides."""
    zap = await office.requests(office.olga, "/ecs run zap web")
    await office.left(zap, seconds=0)
    await office.settles()
    assert (await office.state(zap), office.runs) == ("expired", 0)
    card = office.card(zap)
    assert card.buttons == ["Run again"]
    assert "Not enough people approved it by" in card.words
    assert "Nothing ran" in card.words
    for person in (office.ben, office.carla):
        assert "*Expired*" in office.dms(person, zap)[0].words
        assert office.dms(person, zap)[0].buttons == []
    assert "zap on web: nobody approved it in time. Nothing ran" in office.told(office.olga)[-1]


async def test_one_of_two_answers(opens: Opens) -> None:
    """Olga reads how many there were."""
    office = await opens(TWO.format("10m"))
    zap = await office.requests(office.olga, "/ecs run zap web")
    await office.approves(office.ben, zap)
    await office.left(zap, seconds=0)
    await office.settles()
    assert "only 1 of 2 approved it in time" in office.told(office.olga)[-1]
    assert "approved by <@U0APPROVE>" in office.card(zap).words


@pytest.mark.parametrize(("expires", "reminded"), [("3m", False), ("4m", True)])
async def test_no_reminder_for_a_short_time(opens: Opens, expires: str, reminded: bool) -> None:
    """Less than four minutes need none."""
    office = await opens(TWO.format(expires))
    zap = await office.requests(office.olga, "/ecs run zap web")
    await office.left(zap, minutes=1)
    await office.settles()
    assert (len(office.dms(office.ben)) == 2) is reminded


async def refused(office: Office, line: str = "/ecs run zap web") -> str:
    """*line* of Olga's is refused before anybody is woken; what she reads."""
    zap = await office.requests(office.olga, line)
    assert (await office.state(zap), office.cards(), office.dms(office.carla)) == ("refused", [], [])
    return office.told(office.olga)[-1]


async def test_too_few_approvers(opens: Opens) -> None:
    """Two are needed and one of the two asks, or is deactivated, or is a guest: it is said at once, by name."""
    office = await opens(TWO.format("10m"))
    ben = office.slack.workspace.user("U0APPROVE")
    ben.deleted = True
    said = await refused(office)
    assert "zap on web needs 2 approvals, and only 1 person could give one (<@U0SECOND>) (approval rule 1)" in said
    assert "Nothing ran" in said
    await office.grants("<@U0GUEST> approver", "<@U0GONE> approver")
    assert "only 1 person could give one (<@U0SECOND>)" in await refused(office)
    await office.grants("<@U0STRANGER> approver")
    said = await office.asks(office.olga, "/ecs run zap web")
    await office.settles()
    assert await office.state(id_in(said)) == "awaiting_approval"


async def test_the_only_approver_asks(opens: Opens) -> None:
    """Nobody could say yes, and it is said."""
    office = await opens()
    await office.revokes("<@U0SECOND> approver")
    await office.revokes("<@U0APPROVE> approver")
    await office.grants("<@U0ONCALL> approver")
    assert "zap on web needs 1 approval, and nobody could give one (approval rule 1)" in await refused(office)
    await office.grants("<@U0APPROVE> approver --on stage")
    assert "nobody could give one" in await refused(office)
    zap = await office.requests(office.olga, "/ecs run zap stage")
    assert await office.state(zap) == "awaiting_approval"
