"""Worlds in which something goes wrong, and what must hold in each when it is over."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

import pytest

from tests.crash import invariants
from tests.scenarios.world import World


class Holds(Protocol):
    """Stops a world's bot, and holds it to all invariants."""

    async def __call__(self, world: World, *, kills: int = 0) -> dict[str, int]:
        """How many messages stand twice, by kind."""
        ...


@pytest.fixture
async def quick(tmp_path: Path) -> AsyncIterator[World]:
    """The sandbox's workspace and region, and a bot, in Socket Mode."""
    async with World(tmp_path) as world:
        yield world


@pytest.fixture
def holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Holds:
    """Stops the bot, and holds it to all invariants; how many messages stand twice, by kind."""

    async def check(world: World, *, kills: int = 0) -> dict[str, int]:
        await world.stop()
        log = capsys.readouterr().out
        return await invariants.check(f"sqlite:///{tmp_path}/bot.db", world.region, world.slack, log=log, kills=kills)

    return check
