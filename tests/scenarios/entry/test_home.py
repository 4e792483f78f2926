"""The Home tab: what concerns whoever looks at it, and the buttons to deal with it there."""

from bot.sandbox.slack import Person, View
from bot.slack.messages import actions, builder
from tests.scenarios.entry.test_builder import blocks, shows, text
from tests.scenarios.world import World


async def tab(world: World, person: Person, *words: str, without: str = "\0") -> View:
    """*person*'s tab, once it says all of *words* and not *without*."""

    def there() -> View | None:
        view = person.home
        said = text(view) if view is not None else ""
        return view if said and all(word in said for word in words) and without not in said else None

    found = await world.slack.workspace.feed.until(there, 20.0, lambda: text(person.home) if person.home else "no tab")
    assert isinstance(found, View)
    return found


def published(world: World) -> int:
    """How often a tab was sent to Slack."""
    return len([call for call in world.slack.journal.all if call.method == "views.publish"])


async def test_each_sees_what_concerns_them(world: World) -> None:
    """Olga her runs and what she may run; Ben what waits for him; Ada the roles; Sam that he has none."""
    await world.asks(world.olga, "/ecs run restart web-prod --service nginx --reason wedged")
    await world.card("restart", state="awaiting_approval")
    for person in (world.olga, world.ben, world.ada, world.sam):
        await person.opens_home()
    olga = await tab(world, world.olga, "*oncall*", "Under way", "What you may run", "Run something")
    ben = await tab(world, world.ben, "*approver*", "Waiting for your approval", "web-prod-1", "wedged", "PRODUCTION")
    ada = await tab(world, world.ada, "For admins", "<@U0APPROVE> *approver*", "all is well")
    sam = await tab(world, world.sam, "You have no role yet")
    assert "Waiting for your approval" not in text(olga)
    assert "What you may run" not in text(ben)
    for view in (olga, ben, sam):
        assert "For admins" not in text(view)
    assert "restart" not in text(sam)
    assert "restart" in text(ada)
    assert world.refusals() == []


async def test_approved_at_home(quick: World) -> None:
    """The press counts, the card follows, and the tab does not ask any more."""
    await quick.asks(quick.olga, "/ecs run restart web-prod --service nginx --reason wedged")
    await quick.card("restart", state="awaiting_approval")
    await quick.ben.opens_home()
    view = await tab(quick, quick.ben, "Waiting for your approval")
    await quick.ben.presses(view, "Approve")
    await quick.thread(state="succeeded")
    await tab(quick, quick.ben, "*approver*", without="Waiting for your approval")
    assert quick.runs == 1


async def test_denied_at_home_with_a_reason(quick: World) -> None:
    """The same form as on the card."""
    await quick.asks(quick.olga, "/ecs run restart web-prod --service nginx --reason wedged")
    await quick.card("restart", state="awaiting_approval")
    await quick.carla.opens_home()
    view = await tab(quick, quick.carla, "Waiting for your approval")
    await quick.carla.presses(view, "Deny")
    form = await shows(quick, quick.carla, "Why not?")
    await quick.carla.submits(form, {"reason": {"reason": "not at noon"}})
    await quick.card("not at noon", state="denied")
    assert quick.runs == 0


async def test_presses_at_home_are_checked_as_any(quick: World) -> None:
    """A role that ended, another plan, an invocation that is over, a button that the tab does not have."""
    await quick.asks(quick.olga, "/ecs run restart web-prod --service nginx --reason wedged")
    card = await quick.card("restart", state="awaiting_approval")
    await quick.carla.opens_home()
    view = await tab(quick, quick.carla, "Waiting for your approval")
    await quick.asks(quick.ada, "/ecs role revoke <@U0SECOND> approver")
    press = (await quick.carla.presses(view, "Approve")).envelope
    await shows(quick, quick.carla, "You may not approve restart")
    action = press.payload["actions"][0]
    ben = {**press.payload["user"], "id": quick.ben.id}
    for name, value, words in (
        (actions.APPROVE, action["value"].replace('"d": "', '"d": "0'), "has moved on"),
        (actions.APPROVE, '{"i": "zzzzzzz", "d": ""}', "There is no run"),
        (actions.APPROVE, "nonsense", "There is no run"),
        (actions.AGAIN, action["value"], "not on my own message"),
    ):
        trigger = quick.slack.triggers.issue(quick.ben.id, view.id)
        forged = {**action, "action_id": name, "value": value, "action_ts": quick.slack.workspace.new_ts()}
        await quick.slack.replay(press, user=ben, actions=[forged], trigger_id=trigger)
        await shows(quick, quick.ben, words)
    elsewhere = {**press.payload["view"], "callback_id": "other"}
    await quick.slack.replay(press, user=ben, view=elsewhere, trigger_id=quick.slack.triggers.issue(quick.ben.id))
    assert quick.runs == 0
    await quick.ben.presses(card, "Approve")
    await quick.thread(state="succeeded")
    assert quick.runs == 1


async def test_run_again_opens_the_form(quick: World) -> None:
    """The tab is in no conversation: it asks which; the rest is as it was."""
    await quick.asks(quick.olga, "/ecs run logs web-prod --service nginx --lines 3")
    await quick.thread(state="succeeded")
    await quick.olga.opens_home()
    view = await tab(quick, quick.olga, "Your last runs", "Run again")
    await quick.olga.presses(view, "Run again")
    form = await shows(quick, quick.olga, "Where to show it", "Runs on 3 machines")
    assert blocks(form)["param:logs:lines"]["element"]["initial_value"] == "3"
    await quick.olga.submits(form, {builder.CHANNEL: {builder.CHANNEL: "C0INCIDENT"}})
    await quick.see(lambda m: m.channel == "C0INCIDENT" and "3 of 3 machines succeeded" in m.words)
    assert quick.runs == 2


async def test_an_open_tab_keeps_up_without_a_flood(quick: World) -> None:
    """One is sent where something changed, few where much did, and none where nothing did."""
    await quick.olga.opens_home()
    await tab(quick, quick.olga, "What you may run")
    before = published(quick)
    for _ in range(5):
        await quick.asks(quick.olga, "/ecs run mem web-prod")
    await tab(quick, quick.olga, "Your last runs")
    assert published(quick) - before <= 4
    await quick.asks(quick.ada, "/ecs role revoke <@U0ONCALL> oncall")
    await tab(quick, quick.olga, "You have no role yet")


async def test_slack_that_limits_the_rate(quick: World) -> None:
    """It is tried again, and the bot serves on."""
    quick.slack.faults.ratelimit("views.publish", 1)
    await quick.olga.opens_home()
    await tab(quick, quick.olga, "What you may run")
    await quick.runs_mem()


async def test_the_messages_tab_is_no_home_tab(quick: World) -> None:
    """Nothing is published for it."""
    await quick.olga.opens_home("messages")
    await quick.runs_mem()
    assert published(quick) == 0
