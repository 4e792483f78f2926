"""250 instances behind one tag: three batches, one thread that a person can read."""

from pathlib import Path

from bot.sandbox.ecs import CannedRunner, Job
from bot.sandbox.slack import Message
from tests.scenarios.world import COMMANDS, World, catalogue, webs

FLEET = 250


def large(folder: Path) -> Path:
    """The shipped catalogue, in which web-prod may be as large as the fleet."""
    targets = (COMMANDS / "targets.toml").read_text().replace("max_instances = 50", f"max_instances = {FLEET}")
    return catalogue(folder, targets=targets)


def at(message: Message, word: str) -> int:
    """Where *word* first stands in the blocks of *message*."""
    return message.words.index(word, len(message.text))


async def test_250_machines_that_agree(tmp_path: Path) -> None:
    """Three batches of at most 100, one card, one thread, one output."""
    async with World(tmp_path, region=webs(CannedRunner("all is well\n"), FLEET), commands=large(tmp_path)) as world:
        said = await world.asks(world.olga, "/ecs run uptime web-prod")
        thread = await world.ends(said)
        assert "all 250 machines agree" in thread.words
        assert "and 2" in thread.words  # … more names than anybody reads
        card = await world.card("250 of 250 machines succeeded", state="succeeded")
        assert thread.thread_ts == card.ts
        assert sorted(len(one.runs) for one in world.region.invocations) == [50, 100, 100]
        assert len(world.tokens) == len(world.sends) == 3
        assert all(machine.runs == 1 for machine in world.region.machines.values())
        assert len(world.slack.workspace.thread(card)) == 1
        assert world.refusals() == []


async def test_the_odd_ones_come_first(tmp_path: Path) -> None:
    """One that fails and one that says something else stand before 248 that agree, folded into one."""
    region = webs(CannedRunner("all is well\n"), FLEET)
    region.machine("web-prod-123").runner = CannedRunner("disk on fire\n", exit_code=3)
    region.machine("web-prod-207").runner = CannedRunner("all is odd\n")
    async with World(tmp_path, region=region, commands=large(tmp_path)) as world:
        said = await world.asks(world.olga, "/ecs run uptime web-prod")
        thread = await world.ends(said, "partly_failed")
        assert "248 machines agree · 2 differ" in thread.words
        assert at(thread, "disk on fire") < at(thread, "all is odd") < at(thread, "all is well")
        assert "exit code 3" in thread.words
        assert thread.words.count("all is well") == 2  # once in the text that is read out, once in the blocks
        await world.card("249 of 250 machines succeeded · 1 failed", state="partly_failed")
        assert world.refusals() == []


async def test_250_machines_that_all_say_something_else(tmp_path: Path) -> None:
    """The thread shows as many as a person reads; every word of every machine is in a file."""
    region = webs(CannedRunner(lambda job: f"I am {job.hostname}\n" * 40), FLEET)
    async with World(tmp_path, region=region, commands=large(tmp_path)) as world:
        said = await world.asks(world.olga, "/ecs run uptime web-prod")
        thread = await world.ends(said)
        assert "250 machines, each says something else" in thread.words
        await world.slack.workspace.until(lambda: any(file.complete for file in world.slack.workspace.files.values()))
        (file,) = world.slack.workspace.files.values()
        assert file.shares[0][0] == "C0OPS"
        for machine in region.machines.values():
            assert f"I am {machine.name}\n" in file.text
        assert world.refusals() == []


def noisy(job: Job) -> str:
    """Far more than Slack shows, and at its end what matters."""
    return "".join(f"{job.hostname} line {number}\n" for number in range(900)) + "the very end\n"


async def test_a_long_output_is_a_file(tmp_path: Path) -> None:
    """The thread has its end and says where the rest is; the file, in the same thread, has all of it."""
    async with World(tmp_path, region=webs(CannedRunner(noisy), 1)) as world:
        said = await world.asks(world.olga, "/ecs run uptime web-prod")
        thread = await world.ends(said)
        assert "the very end" in thread.words
        assert "full output in the file below" in thread.words
        shared = await world.see(lambda m: m.files != [])
        assert shared.thread_ts == thread.thread_ts
        file = world.slack.workspace.files[shared.files[0]]
        assert "web-prod-001 line 450\n" in file.text
        assert "/ecs run uptime web-prod" in file.text
        assert world.refusals() == []


async def test_output_that_looks_like_slack_or_a_terminal(tmp_path: Path) -> None:
    """Nobody is called, no link is made, no block is left: it is text, as a terminal would have shown it."""
    nasty = "<!channel> <https://evil|click> *bold* ``` & \x1b[31mred\x1b[0m\r\nover\rwritten \u202etxt.exe\x00\n"
    async with World(tmp_path, region=webs(CannedRunner(nasty), 2)) as world:
        said = await world.asks(world.olga, "/ecs run uptime web-prod")
        thread = await world.ends(said)
        assert "<!channel>" not in thread.text
        assert "<!channel> <https://evil|click> *bold*" in str([b for b in thread.blocks if b["type"] == "rich_text"])
        assert "red" in thread.words
        assert not {"\x1b", "\x00", "\u202e"} & set(thread.words)
        assert world.refusals() == []
