"""One line in Slack, one RunCommand, the results in the thread."""

from tests.scenarios.world import World


async def test_mem_on_web_prod(world: World) -> None:
    """Three machines, one RunCommand, one card with one thread; Slack takes every call as it is."""
    said = await world.asks(world.olga, "/ecs run mem web-prod")
    assert "on its way" in said
    thread = await world.ends(said)
    assert "total" in thread.words
    for name in ("web-prod-1", "web-prod-2", "web-prod-3"):
        assert name in thread.words
    card = await world.card("3 of 3 machines succeeded", state="succeeded")
    assert thread.thread_ts == card.ts
    assert (world.runs, len(world.sends), len(world.cards())) == (1, 1, 1)
    assert world.ran("web-prod-1", "web-prod-2", "web-prod-3", "db-prod-1") == [1, 1, 1, 0]
    assert world.refusals() == []


async def test_everybody_in_the_channel_reads_the_result(quick: World) -> None:
    """Sam may run nothing and reads along; only Olga reads that it is on its way."""
    await quick.asks(quick.olga, "/ecs run uptime web-prod")
    thread = await quick.thread(state="succeeded")
    assert thread in quick.sam.sees("C0OPS")
    assert not [m for m in quick.sam.sees("C0OPS") if m.ephemeral_to]


async def test_parameters_reach_the_script(quick: World) -> None:
    """`logs` shows as many lines of the service as were asked for."""
    await quick.asks(quick.olga, "/ecs run logs web-prod --service nginx --lines 1")
    thread = await quick.thread(state="succeeded")
    assert "connect() failed" in thread.words
    assert "Started nginx" not in thread.words
    card = await quick.card("logs", state="succeeded")
    assert "/ecs run logs web-prod --service nginx --lines 1" in card.words


async def test_several_at_once_have_a_thread_each(quick: World) -> None:
    """Three people's commands don't mix, and each is one run."""
    said = [await quick.asks(quick.olga, f"/ecs run {snippet} web-prod") for snippet in ("mem", "uptime", "load")]
    threads = [await quick.ends(one) for one in said]
    assert len({thread.thread_ts for thread in threads}) == 3
    assert quick.runs == 3
    assert quick.refusals() == []


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
