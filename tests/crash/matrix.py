"""Deaths at given places: in one world a story is told again and again, and each time the bot dies somewhere else."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from tests.crash import invariants
from tests.crash.nursery import Nursery
from tests.crash.rig import Death, Place, Rig
from tests.crash.stories import STORIES, region_for

_worlds = count()


@dataclass
class Walked:
    """What came of one world: the deaths, the places at which there was none, what stands twice, what it came by."""

    story: str
    deaths: list[Death] = field(default_factory=list)
    passed: list[Place] = field(default_factory=list)
    doubled: dict[str, int] = field(default_factory=dict)
    armed: set[str] = field(default_factory=set)


@asynccontextmanager
async def grown(nursery: Nursery) -> AsyncIterator[Path]:
    """A folder with a database in which the roles are granted: `bot.db`."""
    with tempfile.TemporaryDirectory(prefix="ecs-crash-") as name:
        folder = Path(name)
        async with Rig(nursery, folder / "template", region_for("")) as rig:
            await rig.stop()
        shutil.copy(folder / "template" / "bot.db", folder / "bot.db")
        yield folder


async def walk(nursery: Nursery, folder: Path, story: str, places: Iterable[Place], *, http: bool = True) -> Walked:
    """Tell *story* once for each of *places* and die there; the next bot recovers, and is the one to die next.

    All invariants are held at the end. The world's folder is gone then.
    """
    here = folder / f"world-{next(_worlds)}"
    rig = Rig(nursery, here, region_for(story), template=folder / "bot.db", http=http)
    rig.slack.rate.scale = 0
    found = Walked(story, rig.deaths, armed=rig.armed)
    try:
        async with rig:
            for place in places:
                died = len(rig.deaths)
                rig.aim = place
                await STORIES[story](rig)
                if len(rig.deaths) == died:
                    found.passed.append(place)
                rig.aim = Place()
                await rig.arm()
            await rig.stop()
            found.doubled = await invariants.check(
                rig.database_url,
                rig.region,
                rig.slack,
                promised=rig.promises.ids,
                log=rig.log,
                births=rig.births,
            )
    except Exception as error:
        raise AssertionError(f"{story}, {rig.aim}, died {[d.site for d in rig.deaths]}: {error!r}") from error
    finally:
        await asyncio.to_thread(shutil.rmtree, here, ignore_errors=True)
    return found
