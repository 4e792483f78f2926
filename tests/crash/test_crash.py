"""A sample of the crash matrix: before and after each call of a port, the process dies once, and nothing is lost.

`python -m tests.crash` walks all of it, and kills at moments that nobody chose.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from pathlib import Path

import pytest

from tests.crash.fleet import Fleet
from tests.crash.matrix import Walked, grown, walk
from tests.crash.mixed import alone, life, region
from tests.crash.nursery import Nursery
from tests.crash.rig import Place
from tests.crash.walk import sites
from tests.postgres import Postgres, postgres

LANES = 3
"""Worlds at once."""

BY_THE_CLOCK = 3


@pytest.fixture
async def nursery() -> AsyncIterator[Nursery]:
    """One for a test: its readers belong to the test's loop."""
    async with Nursery() as nursery:
        yield nursery


@pytest.mark.parametrize(
    ("when", "stories"),
    [("before", ("an approved run", "a stop")), ("after", ("a run again",))],
)
async def test_dying_once_at_each_call(nursery: Nursery, when: str, stories: tuple[str, ...]) -> None:
    """Every method that these stories come by is died at, and each time all that was promised comes to its end."""
    async with grown(nursery) as folder:
        whole = {story: (await walk(nursery, folder, story, [Place()])).armed for story in stories}
        seen = {site: story for story in reversed(stories) for site in whole[story] if site.endswith(when)}

        def lane(number: int, story: str) -> Coroutine[None, None, Walked]:
            places = [Place(1, site) for site in sorted(seen) if seen[site] == story][number::LANES]
            return walk(nursery, folder, story, places, http=when == "before")

        found = await asyncio.gather(*(lane(number, story) for story in stories for number in range(LANES)))
    died = {death.site for walked in found for death in walked.deaths}
    assert died <= set(seen) <= set(sites())
    # what the clock brings (pruning, a look more) need not come again in the run that was to die there
    assert len(set(seen) - died) <= BY_THE_CLOCK
    assert len(died) >= 20


async def test_killed_again_and_again_over_mixed_work(nursery: Nursery) -> None:
    """Runs, approvals and stops at once, and SIGKILL at moments that nobody chose."""
    async with grown(nursery) as folder:
        done = await life(alone(nursery, folder / "life", folder / "bot.db", seed=7), kills=4, seed=7)
    assert done.kills == 4
    assert done.promised > 0


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A PostgreSQL server."""
    with postgres() as running:
        yield running


async def test_replicas_are_killed_over_mixed_work(nursery: Nursery, tmp_path: Path, server: Postgres) -> None:
    """Three on one PostgreSQL: whichever dies, the others take up what it had."""
    fleet = Fleet(nursery, tmp_path / "life", region(), server, seed=3)
    done = await life(fleet, kills=2, seed=3, people=2)
    assert done.kills == 2
    assert done.promised > 0


def test_the_matrix_knows_every_method_of_the_ports() -> None:
    """Found by looking at the Protocols: a new method is a new place to die at."""
    assert {"Store.apply before", "Cloud.run after", "Chat.deliver after"} <= set(sites())
    assert len(sites()) == len(set(sites())) > 60
