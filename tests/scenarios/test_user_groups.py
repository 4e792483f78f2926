"""A role that a user group of Slack holds: whoever is in it, as long as Slack says so."""

from datetime import timedelta

from bot.sandbox.slack.faults import Hold
from bot.slack.usergroups import KEEP
from tests.scenarios.world import World

GROUP = "S0ONCALL"
AWAY = 100


async def test_whoever_is_in_the_group_may(quick: World) -> None:
    """Given by its name; whoami and the list say through which group; who leaves it may not any more."""
    group = quick.slack.workspace.usergroups[GROUP]
    group.users[:] = ["U0STRANGER"]
    said = await quick.asks(quick.ada, "/ecs role grant <!subteam^S0ONCALL|@oncall> oncall --for 8h")
    assert f"<!subteam^{GROUP}> now has `oncall`" in said
    assert "1 person in it" in said
    await quick.runs_mem(quick.sam)
    assert "`oncall` until <!date" in (mine := await quick.asks(quick.sam, "/ecs whoami"))
    assert f"through <!subteam^{GROUP}>" in mine
    assert f"<!subteam^{GROUP}> `oncall`" in await quick.asks(quick.ada, "/ecs role list")
    assert f"through <!subteam^{GROUP}>" in await quick.asks(quick.sam, "/ecs can i run mem web-prod")
    group.users.clear()
    await quick.later(KEEP)
    await quick.refuses(quick.sam, "/ecs run mem web-prod", "You may not run mem on web-prod")
    assert "no longer has `oncall`" in await quick.asks(
        quick.ada, "/ecs role revoke <!subteam^S0ONCALL|@oncall> oncall"
    )
    await quick.refuses(quick.ada, "/ecs role grant <!subteam^S0ONCALL|@oncall> admin", "a user group can't have it")


async def test_who_left_the_group_while_it_waited_has_not_approved(quick: World) -> None:
    """The yes is looked at again when it is to be sent; and it does not run."""
    group = quick.slack.workspace.usergroups[GROUP]
    group.users[:] = ["U0STRANGER"]
    await quick.asks(quick.ada, "/ecs role grant <!subteam^S0ONCALL|@oncall> oncall")
    await quick.asks(quick.sam, "/ecs run restart web-prod --service app --reason stuck")
    card = await quick.card(state="awaiting_approval")
    group.users.clear()
    await quick.later(KEEP)
    await quick.ben.presses(card, "Approve")
    await quick.card(state="refused")
    assert quick.runs == 0


async def test_without_an_answer_the_group_gives_nothing(quick: World) -> None:
    """A plan without user groups, and Slack that hangs: refused in time, in plain words; others still act."""
    quick.slack.workspace.paid = False
    said = await quick.asks(quick.ada, "/ecs role grant <!subteam^S0ONCALL|@oncall> approver")
    assert "it gives nobody anything now: user groups are not part of this workspace's plan" in said
    quick.slack.workspace.usergroups[GROUP].users[:] = ["U0STRANGER"]
    assert "user groups are not part of this workspace's plan" in await quick.asks(quick.sam, "/ecs whoami")
    await quick.asks(quick.olga, "/ecs run restart web-prod --service app --reason stuck")
    card = await quick.card(state="awaiting_approval")
    quick.slack.faults.add("usergroups.users.list", held := Hold("hold"), AWAY)
    await quick.later(timedelta(minutes=1))
    await quick.sam.presses(card, "Approve")
    await quick.told(quick.sam, "You may not approve restart", f"`{GROUP}`")
    await quick.ben.presses(card, "Approve")
    await quick.card(state="succeeded")
    held.release()
