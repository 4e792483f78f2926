"""Deaths at given places, each in a world of its own."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash import invariants
from tests.crash.nursery import Nursery
from tests.crash.rig import Rig
from tests.crash.stories import STORIES, region_for, rig_for


@dataclass
class Outcome:
    """What came of one walk: where it died, if it did, how long it took to recover, what
    stands twice, and what it came by."""

    story: str
    site: str = ""
    recovered: float = 0.0
    doubled: dict[str, int] = field(default_factory=dict)
    armed: set[str] = field(default_factory=set)

    @property
    def died(self) -> bool:
        """Did it come as far as the place to die at?"""
        return bool(self.site)


@asynccontextmanager
async def grown(nursery: Nursery) -> AsyncIterator[Path]:
    """A folder with a database in which the roles are granted: `bot.db`."""
    with tempfile.TemporaryDirectory(prefix="ecs-crash-") as name:
        folder = Path(name)
        async with Rig(nursery, folder / "template", region_for("")) as rig:
            await rig.stop()
        shutil.copy(folder / "template" / "bot.db", folder / "bot.db")
        yield folder


async def one(nursery: Nursery, folder: Path, story: str, *, at: int = 0, site: str = "", http: bool = True) -> Outcome:
    """Die at one place over *story*, recover, and hold all invariants; the world's folder is gone then."""
    here = folder / f"{abs(hash((story, at, site, http))):x}"
    rig = rig_for(nursery, here, folder / "bot.db", story, at=at, site=site, http=http)
    try:
        async with rig:
            await STORIES[story](rig)
            await rig.stop()
            doubled = await invariants.check(
                rig.database,
                rig.region,
                rig.slack,
                promised=rig.promises.ids,
                log=rig.log,
                kills=len(rig.deaths),
            )
    except Exception as error:
        raise AssertionError(f"{story}, step {at} {site}, died {[d.site for d in rig.deaths]}: {error!r}") from error
    finally:
        await asyncio.to_thread(shutil.rmtree, here, ignore_errors=True)
    death = rig.deaths[0] if rig.deaths else None
    found = Outcome(story, doubled=doubled, armed=rig.armed)
    if death is not None:
        found.site, found.recovered = death.site, death.recovered
    return found
