"""Machines that can't be reached are named and left out; nothing is said of them that is not known."""

from pathlib import Path

from tests.scenarios.world import COMMANDS, World, catalogue


async def test_agents_that_are_offline_and_machines_that_are_not_running(quick: World) -> None:
    """The others run; the card says at once who is left out, and the thread why and what to do."""
    quick.region.machine("web-prod-1").set(agent_online=False)
    quick.region.machine("web-prod-2").set(status="Stopped")
    said = await quick.asks(quick.olga, "/ecs run mem web-prod")
    card = await quick.card("Left out:")
    assert "web-prod-1 (agent offline)" in card.words
    assert "web-prod-2 (stopped)" in card.words
    thread = await quick.ends(said, "partly_failed")
    assert "Start the machine" in thread.words
    assert "Mend Cloud Assistant's agent" in thread.words
    await quick.card("1 of 3 machines succeeded · 2 not reached", state="partly_failed")
    assert quick.ran("web-prod-1", "web-prod-2", "web-prod-3") == [0, 0, 1]


async def test_nobody_can_be_reached(quick: World) -> None:
    """Refused, with the reason per machine, to the one who asked and nobody else."""
    for number in (1, 2, 3):
        quick.region.machine(f"web-prod-{number}").set(agent_online=False)
    await quick.asks(quick.olga, "/ecs run mem web-prod")
    told = await quick.told(quick.olga, "No machine of `web-prod` can be reached", "Nothing ran")
    assert "web-prod-1 (agent offline)" in told.words
    assert quick.cards() == []
    assert quick.sends == []
    quick.region.machine("web-prod-2").set(agent_online=True)
    said = await quick.asks(quick.olga, "/ecs run mem web-prod")
    await quick.ends(said, "partly_failed")


async def test_linux_and_windows_behind_one_target(quick: World) -> None:
    """Each gets the script of its own system, in one invocation."""
    said = await quick.asks(quick.olga, "/ecs run mem db-prod")
    thread = await quick.ends(said)
    assert "db-prod-win-1" in thread.words
    await quick.card("3 of 3 machines succeeded")
    kinds = {call.params["Type"] for call in quick.sends}
    assert kinds == {"RunShellScript", "RunPowerShellScript"}
    assert quick.ran("db-prod-1", "db-prod-2", "db-prod-win-1") == [1, 1, 1]


async def test_a_snippet_without_a_script_for_windows(quick: World) -> None:
    """The Windows machine is left out, and the card says why."""
    said = await quick.asks(quick.olga, "/ecs run logs db-prod --service nginx")
    await quick.card("db-prod-win-1 (no script for its system)")
    await quick.ends(said, "partly_failed")
    assert quick.ran("db-prod-1", "db-prod-win-1") == [1, 0]


async def test_ids_that_ecs_does_not_know(tmp_path: Path) -> None:
    """A target that lists ids: those that are gone are named; the rest runs."""
    targets = (COMMANDS / "targets.toml").read_text()
    listed = '\n[listed]\nenv = "prod"\nregion = "cn-hangzhou"\ninstances = ["i-bp1webprod1", "i-bp1gone"]\n'
    async with World(tmp_path, commands=catalogue(tmp_path, targets=targets + listed)) as world:
        said = await world.asks(world.olga, "/ecs run mem listed")
        await world.card("i-bp1gone (not known to ECS)")
        await world.ends(said, "partly_failed")
        assert world.ran("web-prod-1") == [1]


async def test_a_tag_that_nothing_carries(quick: World) -> None:
    """Refused: there is nothing to run on."""
    for machine in quick.region.machines.values():
        machine.tags = {}
    await quick.asks(quick.olga, "/ecs run mem web-prod")
    await quick.told(quick.olga, "`web-prod`", "Nothing ran")
    assert quick.sends == []


async def test_a_script_that_fails_on_one_machine(quick: World) -> None:
    """web-staging-3 fails every second run: once it succeeds, once it does not, and the card is true both times."""
    first = await quick.asks(quick.olga, "/ecs run uptime web-staging")
    await quick.ends(first, "partly_failed")
    await quick.card("2 of 3 machines succeeded · 1 not reached")
    second = await quick.asks(quick.olga, "/ecs run uptime web-staging")
    thread = await quick.ends(second, "partly_failed")
    assert "read error on /dev/vda1" in thread.words
    assert "exit code 1" in thread.words
    await quick.card("1 of 3 machines succeeded · 1 failed · 1 not reached")


CHATTY = """
summary = "Prints more than ECS keeps"
risk = "low"
timeout = "20s"
redact = ['password=\\S+']
[linux]
script = '''
yes 'nothing secret' | head -c 5988; printf '\\npassword=cana%s\\n' ry-head
yes 'nothing secret' | head -c 30000; printf '\\npassword=cana%s\\n' ry-tail
yes 'nothing secret' | head -c 18559
'''
"""


async def test_a_secret_that_ecs_cut_in_two(tmp_path: Path) -> None:
    """The pattern fits neither half: the lines at the cut are left out, of what is shown and of what is stored."""
    async with World(tmp_path, commands=catalogue(tmp_path, chatty=CHATTY)) as world:
        said = await world.asks(world.olga, "/ecs run chatty web-prod")
        thread = await world.ends(said)
        assert "ECS cut the output near here" in thread.words
        await world.stop()  # and with it goes the file beside the database
        stored = (tmp_path / "bot.db").read_bytes()
        assert b"nothing secret" in stored
        assert b"canary" not in stored
