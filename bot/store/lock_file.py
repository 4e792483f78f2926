"""One process on one SQLite file: a second one would send and follow the same runs."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import StartError


@contextmanager
def held(database: Path) -> Iterator[None]:
    """Hold *database* for this process. StartError where another one does.

    The lock is the kernel's, on a file beside it, and ends with the process that has it, however that ends. It is
    not on the database itself, whose own locks SQLite would lose when that is closed.
    """
    path = Path(f"{database}.lock")
    try:
        file = _locked(path)
    except BlockingIOError:
        raise StartError([_words(database, path)]) from None
    except OSError as error:
        raise StartError([f"the database {database} can't be locked: {path}: {error.strerror}"]) from error
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(file)


def _locked(path: Path) -> int:
    """A descriptor of the file at *path* that has its lock."""
    while True:
        file = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if path.exists() and path.stat().st_ino == os.fstat(file).st_ino:  # else its last owner took it away
                os.truncate(file, 0)
                os.write(file, str(os.getpid()).encode())
                return file
        except BaseException:
            os.close(file)
            raise
        os.close(file)


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
