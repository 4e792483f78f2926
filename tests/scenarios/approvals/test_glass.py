"""Break-glass: at once, loudly, and looked at afterwards."""

from tests.scenarios.approvals.office import DISPATCHER, NOTIFIER, PLANNER, Office, Opens
from tests.scenarios.approvals.rules import ONE_YES
from tests.scenarios.world import id_in

FROZEN = '[[freezes]]\ntargets = ["web"]\nfrom = 2026-11-23\nuntil = 2026-11-24\nwhy = "the sale"\n'
LINE = "/ecs run zap web --break-glass --reason all workers are wedged"


async def with_chief(opens: Opens, policy: str = ONE_YES) -> Office:
    """Olga may break the glass."""
    office = await opens(policy)
    await office.grants("<@U0ONCALL> chief")
    return office


async def review(office: Office, invocation: str, note: str = "was right") -> str:
    """Ben reviews it; what stands beside the field, if anything."""
    view = await office.form(office.ben, office.card(invocation), "Reviewed")
    seen = await office.ben.submits(view, {"note": {"note": note}})
    await office.settles()
    return str((seen.errors or {}).get("note", ""))


async def test_it_runs_at_once(opens: Opens) -> None:
    """Nobody is waited for; the channel and every approver read it, who and why, until somebody has reviewed it."""
    office = await with_chief(opens)
    zap = id_in(await office.asks(office.olga, LINE))
    await office.turns(PLANNER, DISPATCHER, NOTIFIER)
    assert (await office.state(zap), office.runs) == ("running", 1)
    for person in (office.ben, office.carla):
        woken = office.dm(person, zap)
        assert "🚨" in woken.text
        assert "BREAK-GLASS: <@U0ONCALL> runs zap on web without approval, right now on 3 machines" in woken.text
        assert "all workers are wedged" in woken.text
        assert "Approve" not in woken.buttons
    card = await office.ends(zap)
    assert "🚨 *BREAK-GLASS: it ran WITHOUT APPROVAL. To be reviewed.*" in card.words
    assert "break-glass: without approval, to be reviewed" in card.text
    assert "all workers are wedged" in card.words
    assert card.buttons[0] == "Reviewed"


async def test_who_reviews_it(opens: Opens) -> None:
    """Not Olga, though she could approve; not a stranger; Ben, once; nobody after him. It undoes nothing."""
    office = await with_chief(opens)
    await office.grants("<@U0ONCALL> approver")
    zap = await office.requests(office.olga, LINE)
    card = await office.ends(zap)
    assert office.dms(office.olga, zap) == []
    assert "You asked for this yourself" in await office.presses(office.olga, card, "Reviewed")
    assert "You may not review zap on web" in await office.presses(office.sam, card, "Reviewed")
    late = await office.form(office.carla, card, "Reviewed")
    assert await review(office, zap, "wedged indeed") == ""
    seen = await office.carla.submits(late, {"note": {"note": "me too"}})
    assert "somebody has reviewed it" in (seen.errors or {})["note"]
    for message in (office.card(zap), office.dm(office.ben, zap), office.dm(office.carla, zap)):
        assert "Reviewed by <@U0APPROVE>" in message.words
        assert "wedged indeed" in message.words
        assert "Reviewed" not in message.buttons
    assert (await office.state(zap), office.runs) == ("succeeded", 1)


async def test_it_stays_until_it_is_reviewed(opens: Opens) -> None:
    """Days later it still stands among what is open, for those who may see it; then no more."""
    office = await with_chief(opens)
    zap = await office.requests(office.olga, LINE)
    await office.ends(zap)
    await office.later(days=3)
    assert zap in await office.asks(office.carla, "/ecs status")
    assert "to be reviewed" in (await office.asks(office.carla, "/ecs status")).lower()
    assert zap not in await office.asks(office.sam, "/ecs status")
    await review(office, zap)
    assert zap not in await office.asks(office.carla, "/ecs status")


async def test_who_may_not_break_it(opens: Opens) -> None:
    """Without the role it is refused, and says who could; without a reason, too. Nothing waits, nothing runs."""
    office = await opens()
    said = await office.refuses(office.olga, LINE, "You may not break the glass for zap on web")
    assert "Leave `--break-glass` out and ask for approval." in said
    await office.grants("<@U0SECOND> chief")
    assert "<@U0SECOND> could." in await office.refuses(office.olga, LINE)
    await office.grants("<@U0ONCALL> chief --on stage")
    said = await office.refuses(office.olga, LINE, "role chief: granted on stage only")
    await office.lacks(office.carla, "/ecs run zap web --break-glass")
    await office.settles()
    assert (office.cards(), office.runs) == ([], 0)


async def test_what_it_passes(opens: Opens) -> None:
    """Approval and freezes; a lock it does not pass, nor what is not allowed at all."""
    office = await with_chief(opens, ONE_YES + FROZEN)
    said = await office.refuses(office.olga, "/ecs run zap web", "zap on web is frozen: the sale")
    assert "`--break-glass`" in said
    zap = await office.requests(office.olga, LINE)
    assert "BREAK-GLASS" in (await office.ends(zap)).words
    look = await office.requests(office.olga, LINE.replace("zap", "look"))
    assert "BREAK-GLASS" in (await office.ends(look)).words
    assert "was planned" not in office.card(look).words
    await office.grants("<@U0STRANGER> oncall")
    await office.asks(office.sam, "/ecs lock web --reason restoring")
    await office.refuses(office.olga, LINE, "`web` is locked by <@U0STRANGER>: restoring")
    await office.revokes("<@U0ONCALL> oncall")
    await office.revokes("<@U0ONCALL> chief")
    await office.refuses(office.olga, LINE, "You may not run zap on web")
    assert office.runs == 2


async def test_where_there_is_no_glass(opens: Opens) -> None:
    """What needs no approval and is not frozen is an ordinary run, and nobody is woken."""
    office = await with_chief(opens)
    look = await office.requests(office.olga, LINE.replace("zap", "look"))
    assert "BREAK-GLASS" not in (await office.ends(look)).words
    assert office.dms(office.ben) == []


async def test_no_approver_at_all(opens: Opens) -> None:
    """Nobody could have said yes: it runs all the same."""
    office = await with_chief(opens)
    await office.revokes("<@U0APPROVE> approver")
    await office.revokes("<@U0SECOND> approver")
    zap = await office.requests(office.olga, LINE)
    assert "To be reviewed" in (await office.ends(zap)).words


async def test_again_is_not_glass(opens: Opens) -> None:
    """The button asks for it in the ordinary way."""
    office = await with_chief(opens)
    zap = await office.requests(office.olga, LINE)
    card = await office.ends(zap)
    await office.presses(office.olga, card, "Run again")
    await office.settles()
    again = office.cards()[-1]
    assert (again.buttons[:2], office.runs) == (["Approve", "Deny"], 1)


async def test_the_role_ends_before_it_is_sent(opens: Opens) -> None:
    """The glass stays whole: nothing runs, and there is nothing to review."""
    office = await with_chief(opens)
    zap = id_in(await office.asks(office.olga, LINE))
    await office.turns(PLANNER)
    await office.revokes("<@U0ONCALL> chief")
    card = await office.ends(zap)
    assert (await office.state(zap), office.runs) == ("refused", 0)
    assert "You may not break the glass" in card.words
    assert "Reviewed" not in card.buttons
    assert "BREAK-GLASS: nothing ran" in card.words
