"""An empty database of the newest schema, for every world that begins with one.

Migrating it takes longer than most of what happens in it: each test process does so once.
"""

import asyncio
import shutil
import tempfile
import threading
from functools import cache
from pathlib import Path

from bot.store.schema import migrate


def empty_database(file: Path) -> None:
    """Make *file* one, unless it is there already: a world that is started again keeps what it had."""
    if not file.exists():
        shutil.copy(Path(_template().name) / "empty.db", file)


@cache
def _template() -> tempfile.TemporaryDirectory[str]:
    """Deleted when the process ends."""
    folder = tempfile.TemporaryDirectory(prefix="ecs-empty-")
    # a thread of its own: whoever needs it may be inside an event loop
    making = threading.Thread(target=lambda: asyncio.run(migrate(f"sqlite:///{folder.name}/empty.db")))
    making.start()
    making.join()
    return folder
