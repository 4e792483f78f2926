"""Every press on a card: who presses what, when; and what each of them reads."""

from datetime import timedelta

import pytest

from bot.sandbox.slack import CannotDo, Person
from tests.scenarios.approvals.office import SWEEPER, Office, Opens

TWO = '[[approvals]]\nrisk = ["high"]\nneeded = 2\nexpires = "10m"\n'


async def test_what_stays_after_a_decision(office: Office) -> None:
    """The buttons are gone, everywhere; who decided and when stays."""
    zap = await office.requests(office.olga, "/ecs run zap web")
    await office.approves(office.ben, zap)
    wipe = await office.requests(office.olga, "/ecs run wipe web")
    await office.denies(office.carla, wipe, "not today")
    await office.ends(zap)
    await office.ends(wipe)
    for invocation, words in ((zap, "approved by <@U0APPROVE> (<!date^"), (wipe, "denied by <@U0SECOND> (<!date^")):
        assert office.card(invocation).buttons == ["Run again"]
        assert words in office.card(invocation).words
        for person in (office.ben, office.carla):
            assert office.dm(person, invocation).buttons == []
            assert words in office.dm(person, invocation).words
    assert office.runs == 1


async def test_who_may_not(office: Office) -> None:
    """A stranger, the requester, and somebody whose role ended a second ago: each reads why, and who could."""
    zap = await office.requests(office.olga, "/ecs run zap web")
    could = "<@U0APPROVE>, <@U0SECOND> could."
    for button in ("Approve", "Deny"):
        for person in (office.sam, office.olga, office.ada):
            said = await office.presses(person, office.card(zap), button)
            assert "You may not approve zap on web: no role of yours allows it." in said, said
            assert could in said
            assert person.modal is None
    await office.grants("<@U0STRANGER> approver --for 1m")
    office.clock.at += timedelta(minutes=1)
    said = await office.approves(office.sam, zap)
    assert "You may not approve zap on web: no role of yours allows it." in said
    said = await office.presses(office.sam, office.card(zap), "Stop")
    assert f"`{zap}` is not yours to stop." in said
    assert (await office.state(zap), office.runs) == ("awaiting_approval", 0)
    tried = [actor for kind, actor in await office.kinds(zap) if kind == "not_allowed"]
    assert tried == ["U0STRANGER", "U0ONCALL", "U0ADMIN"] * 2 + ["U0STRANGER"] * 2


async def test_two_yeses_at_the_same_time(office: Office) -> None:
    """One of the two decides, the other reads that it is decided; one run."""
    zap = await office.requests(office.olga, "/ecs run zap web")
    card = office.card(zap)
    await office.at_once(office.ben.presses(card, "Approve"), office.carla.presses(card, "Approve"))
    inv = await office.load(zap)
    assert (inv.state.value, len(inv.approvals)) == ("queued", 1)
    late = office.carla if inv.approvals[0].by == office.ben.id else office.ben
    assert f"`{zap}` has moved on: queued. Nothing was done." in office.told(late)[-1]
    await office.ends(zap)
    assert office.runs == 1


async def test_both_of_two_at_the_same_time(opens: Opens) -> None:
    """Where two are needed both count, whoever is first; the same person twice does not."""
    office = await opens(TWO)
    zap = await office.requests(office.olga, "/ecs run zap web")
    card = office.card(zap)
    await office.at_once(office.ben.presses(card, "Approve"), office.ben.presses(card, "Approve"))
    assert len((await office.load(zap)).approvals) == 1
    assert "You have decided on this already" in office.told(office.ben)[-1]
    wipe = await office.requests(office.olga, "/ecs run wipe web")
    card = office.card(wipe)
    await office.at_once(office.ben.presses(card, "Approve"), office.carla.presses(card, "Approve"))
    assert len((await office.load(wipe)).approvals) == 2
    await office.ends(wipe)
    assert office.runs == 1


async def test_a_yes_against_a_no(office: Office) -> None:
    """In the same moment, either way round: exactly one decides, and the other reads what came of it."""
    for first in ("yes", "no"):
        zap = await office.requests(office.olga, "/ecs run zap web")
        view = await office.form(office.ben, office.card(zap), "Deny")
        ran = office.runs
        yes = office.carla.presses(office.card(zap), "Approve")
        no = office.ben.submits(view, {"reason": {"reason": "not now"}})
        await office.at_once(*((yes, no) if first == "yes" else (no, yes)))
        inv = await office.load(zap)
        assert [a.by for a in inv.approvals] in ([office.ben.id], [office.carla.id])
        card = await office.ends(zap)
        if inv.state.value == "denied":
            assert "is over: denied" in office.told(office.carla)[-1]
            assert (office.runs, office.ben.modal) == (ran, None)
            assert "denied by <@U0APPROVE>" in card.words
        else:
            assert "has moved on: queued" in view.errors["reason"]
            assert office.runs == ran + 1
            assert "approved by <@U0SECOND>" in card.words
            await office.ben.closes(view)


@pytest.mark.parametrize("swept", [True, False])
async def test_after_the_time(office: Office, swept: bool) -> None:
    """A yes and a no that come too late do not count, whether or not somebody has noticed yet that it is too late."""
    zap = await office.requests(office.olga, "/ecs run zap web")
    view = await office.form(office.carla, office.card(zap), "Deny")
    await office.left(zap, seconds=0)
    if swept:
        await office.turns(SWEEPER)
    assert "expired. Nothing was done" in (said := await office.approves(office.ben, zap)) or "is over: expired" in said
    seen = await office.carla.submits(view, {"reason": {"reason": "not now"}})
    assert "expired" in (seen.errors or {})["reason"]
    await office.ends(zap)
    assert (await office.state(zap), office.runs) == ("expired", 0)
    assert [kind for kind, _ in await office.kinds(zap)] == ["asked", "planned", "expired"]


async def test_after_it_was_stopped_or_denied(office: Office) -> None:
    """The card has its buttons until it is told anew: whoever presses one reads what came of it."""
    zap = await office.requests(office.olga, "/ecs run zap web")
    assert await office.presses(office.olga, office.card(zap), "Stop") == ""
    assert f"`{zap}` is over: stopped." in await office.approves(office.ben, zap)
    wipe = await office.requests(office.olga, "/ecs run wipe web")
    await office.denies(office.ben, wipe, "no")
    assert f"`{wipe}` is over: denied." in await office.approves(office.carla, wipe)
    assert f"`{wipe}` is over: denied." in await office.presses(office.ben, office.card(wipe), "Approve")
    cards = [await office.ends(zap), await office.ends(wipe)]
    assert "Stop asked by <@U0ONCALL>. Nothing ran." in cards[0].words
    assert ([card.buttons for card in cards], office.runs) == ([["Run again"]] * 2, 0)


async def test_asking_again_is_a_new_question(office: Office) -> None:
    """A yes to what was denied before is not carried over; whoever presses it asks in their own right."""
    zap = await office.requests(office.olga, "/ecs run zap web")
    await office.denies(office.ben, zap, "no")
    card = await office.ends(zap)
    assert "You may not run zap on web" in await office.presses(office.ben, card, "Run again")
    assert await office.presses(office.olga, card, "Run again") == ""
    await office.settles()
    again = office.cards()[-1]
    assert (again.buttons[:2], f"again of `{zap}`" in again.words) == (["Approve", "Deny"], True)
    assert office.runs == 0


async def test_people_who_left(office: Office) -> None:
    """Ben's account is closed: he can't press any more; what he said before still counts only while his role does."""
    zap = await office.requests(office.olga, "/ecs run zap web")
    ben: Person = office.ben
    ben.user.deleted = True
    with pytest.raises(CannotDo):
        await ben.types(f"/ecs status {zap}", channel="C0OPS")
    assert await office.approves(office.carla, zap) == ""
    await office.ends(zap)
    assert office.runs == 1
