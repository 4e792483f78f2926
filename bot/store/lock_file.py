"""One process on one SQLite file: a second one would send and follow the same runs."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bot import exclusive
from bot.errors import StartError


@contextmanager
def held(database: Path) -> Iterator[None]:
    """Hold *database* for this process. StartError where another one does.

    The lock is on a file beside it, not on the database itself, whose own locks SQLite would lose when that is closed.
    """
    path = Path(f"{database}.lock")
    with ExitStack() as stack:
        try:
            stack.enter_context(exclusive.held(path))
        except BlockingIOError:
            raise StartError([_words(database, path)]) from None
        except OSError as error:
            raise StartError([f"the database {database} can't be locked: {path}: {error.strerror}"]) from error
        yield


def _words(database: Path, path: Path) -> str:
    try:
        owner = path.read_text().strip()
    except OSError:
        owner = ""
    who = f"process {owner}" if owner else "another process"
    return (
        f"the database {database} is in use by {who}: SQLite is for one process;"
        " stop that one, or use postgresql:// for several replicas"
    )
