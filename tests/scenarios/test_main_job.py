"""One line in Slack, one RunCommand, the results in the thread."""

from tests.scenarios.world import World


async def test_mem_on_web_prod(world: World) -> None:
    """Three machines, one RunCommand, one thread."""
    seen = await world.olga.types("/ecs run mem web-prod", channel="C0OPS")
    assert "on its way" in seen.text
    thread = await world.thread(state="succeeded")
    assert "MemTotal" in thread.words or "total" in thread.words
    card = await world.card("3 of 3 machines succeeded", state="succeeded")
    assert thread.thread_ts == card.ts
    assert world.runs == 1
    assert [call for call in world.slack.journal.all if call.error or call.status != 200] == []


async def test_a_machine_whose_agent_is_offline_does_not_spoil_the_run(quick: World) -> None:
    """It is named, and the others run."""
    await quick.olga.types("/ecs run mem web-staging", channel="C0OPS")
    card = await quick.card("web-staging-2", state="partly_failed")
    assert "agent" in card.words


async def test_restart_waits_for_an_approver(quick: World) -> None:
    """Nothing runs before Ben presses Approve, and then once."""
    await quick.olga.types("/ecs run restart web-prod --service nginx --reason wedged since 03:10", channel="C0OPS")
    card = await quick.card("restart", state="awaiting_approval")
    assert quick.runs == 0
    await quick.olga.presses(card, "Approve")
    await quick.see(lambda m: m.ephemeral_to == quick.olga.id and "✋" in m.text)
    assert quick.runs == 0
    await quick.ben.presses(card, "Approve")
    await quick.thread(state="succeeded")
    assert quick.runs == 1
