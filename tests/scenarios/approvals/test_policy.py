"""Policy says what needs whose yes, how many of them, and how long they have."""

import re

import pytest

from tests.scenarios.approvals.office import Opens

BY = {
    "risk": ('risk = ["medium", "high"]', "tidy web", "look web"),
    "snippet": ('snippets = ["w*"]', "wipe stage", "zap web"),
    "target": ('targets = ["web"]', "look web", "zap stage"),
    "env": ('env = ["prod*"]', "look web", "wipe stage"),
    "all of it": ('risk = ["high"]\nsnippets = ["zap"]\nenv = ["staging"]', "zap stage", "zap web"),
}


@pytest.mark.parametrize("what", BY)
async def test_what_needs_approval(opens: Opens, what: str) -> None:
    """What the rule fits waits; what it does not fit runs."""
    rule, waits, runs = BY[what]
    office = await opens(f"[[approvals]]\n{rule}\n")
    waiting = await office.requests(office.olga, f"/ecs run {waits}")
    going = await office.requests(office.olga, f"/ecs run {runs}")
    assert await office.state(waiting) == "awaiting_approval"
    assert "0 of 1 approval" in office.card(waiting).words
    assert "Succeeded" in (await office.ends(going)).words
    assert office.runs == 1


async def test_the_first_rule_that_fits_decides(opens: Opens) -> None:
    """A later, stricter one does not count; another order of the same rules is another policy."""
    lax = '[[approvals]]\nsnippets = ["zap"]\nneeded = 1\n'
    strict = '[[approvals]]\nrisk = ["high"]\nneeded = 2\nreason = true\n'
    office = await opens(lax + strict)
    zap = await office.requests(office.olga, "/ecs run zap web")
    assert "0 of 1 approval ·" in office.card(zap).words
    assert "approval rule 1" in office.card(zap).words
    assert "with a reason (approval rule 2)" in await office.asks(office.olga, "/ecs can I run wipe web")
    await office.lacks(office.olga, "/ecs run wipe web")
    wipe = await office.requests(office.olga, "/ecs run wipe web --reason it is full")
    assert "0 of 2 approvals" in office.card(wipe).words
    assert "it is full" in office.card(wipe).words


async def test_two_yeses(opens: Opens) -> None:
    """One is not enough, and the same person's second is none; the second person's is. The card says who and when."""
    office = await opens('[[approvals]]\nrisk = ["high"]\nneeded = 2\n')
    zap = await office.requests(office.olga, "/ecs run zap web")
    assert await office.approves(office.ben, zap) == ""
    await office.settles()
    for message in (office.card(zap), office.dm(office.ben, zap), office.dm(office.carla, zap)):
        assert "1 of 2 approvals" in message.words
        assert "Approved by <@U0APPROVE>" in message.words
    assert "You have decided on this already" in await office.approves(office.ben, zap)
    assert "You have decided on this already" in await office.presses(office.ben, office.card(zap), "Deny")
    await office.settles()
    assert (await office.state(zap), office.runs) == ("awaiting_approval", 0)
    assert await office.approves(office.carla, zap) == ""
    card = await office.ends(zap)
    assert re.search(r"approved by <@U0APPROVE> \(\S+\|03:10 UTC>\), <@U0SECOND> \(", card.words)
    assert (office.runs, card.buttons) == (1, ["Run again"])


async def test_a_no_outweighs_a_yes(opens: Opens) -> None:
    """One of two has said yes, the other says no: it is over."""
    office = await opens('[[approvals]]\nrisk = ["high"]\nneeded = 2\n')
    zap = await office.requests(office.olga, "/ecs run zap web")
    await office.approves(office.ben, zap)
    assert await office.denies(office.carla, zap, "not during the sale") == ""
    card = await office.ends(zap)
    assert "Denied by <@U0SECOND>: not during the sale" in card.words
    assert re.search(r"approved by <@U0APPROVE> \(\S+\|03:10 UTC>\) · denied by <@U0SECOND> \(", card.words)
    assert office.runs == 0


async def test_the_requester_never_counts(opens: Opens) -> None:
    """An approver's own request takes somebody else, whatever roles they hold, and says so."""
    office = await opens()
    await office.grants("<@U0APPROVE> oncall", "<@U0APPROVE> lead")
    zap = await office.requests(office.ben, "/ecs run zap web")
    assert (len(office.dms(office.ben, zap)), len(office.dms(office.carla, zap))) == (0, 1)
    assert "You asked for this yourself: it takes somebody else" in await office.approves(office.ben, zap)
    assert "You asked for this yourself" in await office.presses(office.ben, office.card(zap), "Deny")
    assert (await office.state(zap), office.ben.modal) == ("awaiting_approval", None)
    assert await office.approves(office.carla, zap) == ""
    await office.ends(zap)
    assert office.runs == 1


async def test_roles_say_who_approves(opens: Opens) -> None:
    """Of two approvers only the lead is woken and counts; the other reads whose turn it is."""
    office = await opens('[[approvals]]\nrisk = ["high"]\nroles = ["lead"]\n')
    await office.grants("<@U0SECOND> lead --on web")
    zap = await office.requests(office.olga, "/ecs run zap web")
    assert "approval rule 1 by role lead" in office.card(zap).words
    assert (len(office.dms(office.ben, zap)), len(office.dms(office.carla, zap))) == (0, 1)
    said = await office.approves(office.ben, zap)
    assert "You may not approve zap on web: policy asks for role lead." in said
    assert "<@U0SECOND> could." in said
    assert await office.approves(office.carla, zap) == ""
    await office.ends(zap)
    assert office.runs == 1
    said = await office.asks(office.olga, "/ecs run zap stage")
    await office.settles()
    assert "zap on stage needs 1 approval, and nobody could give one (approval rule 1)" in office.told(office.olga)[-1]


async def test_how_long_it_waits(opens: Opens) -> None:
    """One rule gives two minutes, another an hour."""
    office = await opens(
        '[[approvals]]\nsnippets = ["zap"]\nexpires = "2m"\n[[approvals]]\nrisk = ["high"]\nexpires = "1h"\n'
    )
    zap = await office.requests(office.olga, "/ecs run zap web")
    wipe = await office.requests(office.olga, "/ecs run wipe web")
    await office.left(zap, seconds=1)
    await office.turns()
    assert await office.state(zap) == "awaiting_approval"
    await office.left(zap, seconds=0)
    await office.settles()
    assert (await office.state(zap), await office.state(wipe)) == ("expired", "awaiting_approval")
    await office.left(wipe, seconds=1)
    assert await office.approves(office.ben, wipe) == ""
    await office.ends(wipe)
    assert office.runs == 1
