"""Running again otherwise than as it was: where it failed, or with other parameters. Each is a request of its own."""

from bot.sandbox.ecs import CannedRunner
from bot.slack.messages import builder, more
from tests.scenarios.entry.test_builder import param, shows
from tests.scenarios.world import World, id_of


async def test_where_it_failed(quick: World) -> None:
    """On the machine that failed and is still of the target, once somebody has approved that, and nowhere else."""
    failing = quick.region.machine("web-prod-2")
    failing.runner = CannedRunner("no such unit\n", exit_code=5)
    quick.region.machine("web-prod-1").set(agent_online=False)
    said = await quick.asks(quick.olga, "/ecs run restart web-prod --service app --reason stuck")
    card = await quick.card(state="awaiting_approval")
    await quick.ben.presses(card, "Approve")
    thread = await quick.ends(said, "partly_failed")
    failing.runner = None
    quick.region.machine("web-prod-1").tags = {}
    await quick.olga.chooses(thread, more.MORE, "Run again where it failed")
    card = await quick.card(state="awaiting_approval")
    assert f"again of `{id_of(thread)}`, on 2 machines of it where it did not succeed" in card.words
    assert "web-prod-2" in card.words
    assert "web-prod-3" not in card.words
    assert "not of this target any more" in card.words
    assert quick.ran("web-prod-1", "web-prod-2", "web-prod-3") == [0, 1, 1]
    await quick.ben.presses(card, "Approve")
    await quick.see(lambda m: m.is_reply and id_of(m) == id_of(card) and "web-prod-2" in m.words)
    await quick.card("1 of 2 machines succeeded", "1 not reached", state="partly_failed")
    assert quick.ran("web-prod-1", "web-prod-2", "web-prod-3") == [0, 2, 1]
    assert quick.refusals() == []


async def test_with_changes(quick: World) -> None:
    """The form opens with all that was asked; sent off, it runs like a line of one's own."""
    thread = await quick.ends(await quick.asks(quick.olga, "/ecs run logs web-prod --service app --lines 7"))
    await quick.olga.chooses(thread, more.MORE, "Run again with changes…")
    view = await shows(quick, quick.olga, "Runs on 3 machines")
    await quick.olga.submits(view, param("logs", "lines", 9) | {builder.REASON: {builder.REASON: "more of it"}})
    await quick.card("--service app --lines 9", state="succeeded")
    assert quick.runs == 2


async def test_who_may_not_run_it(quick: World) -> None:
    """Sam reads along, and runs nothing."""
    quick.region.machine("web-prod-1").set(agent_online=False)
    thread = await quick.ends(await quick.asks(quick.olga, "/ecs run mem web-prod"), "partly_failed")
    for choice in ("Run again where it failed", "Run again with changes…"):
        await quick.sam.chooses(thread, more.MORE, choice)
    await quick.told(quick.sam, "You may not run mem on web-prod")
    await quick.told(quick.sam, "You may not run anything")
    assert quick.runs == 1
