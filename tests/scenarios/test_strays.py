"""Runs in ECS that the bot's database does not know."""

import shutil
from datetime import timedelta
from pathlib import Path

from tests.scenarios.entry.test_home import tab
from tests.scenarios.world import World

ROUND = timedelta(minutes=1, seconds=1)


async def test_a_database_from_a_backup(quick: World, tmp_path: Path) -> None:
    """What ran since is told to Ada in a message and on her Home tab, once, until she has looked; nothing is stopped
    and nothing runs again."""
    world = quick
    await world.stop()
    database, backup = tmp_path / "bot.db", tmp_path / "backup.db"
    shutil.copy(database, backup)
    await world.start()
    await world.runs_mem()
    await world.stop()
    database.unlink()
    shutil.move(backup, database)
    await world.start()
    await world.later(ROUND)
    invoke_id = next(run.invoke_id for run in world.region.invocations if not run.dry_run)
    message = await world.see(lambda m: m.channel.startswith("D") and invoke_id in m.words)
    assert "1 run in ECS that should not be there" in message.words
    assert "the database does not know it" in message.words
    await world.ada.opens_home()
    view = await tab(world, world.ada, "should not be there", invoke_id)
    await world.olga.opens_home()
    await tab(world, world.olga, "oncall", without=invoke_id)
    await world.ada.presses(view, "Looked at")
    await tab(world, world.ada, "For admins", without=invoke_id)
    await world.later(timedelta(minutes=6))
    await world.runs_mem()
    assert len([m for m in world.slack.workspace.all_messages() if invoke_id in m.words]) == 1
    assert world.runs == 2
    assert not world.ecs.journal.of("StopInvocation")
    assert world.refusals() == []
