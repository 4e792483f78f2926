"""A file that one process holds at a time, and takes away when it is done."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the file at *path*, which has this process's id in it meanwhile. BlockingIOError where another one does;
    other kinds of OSError where there can be no such file.

    The lock is the kernel's and ends with the process, however that ends.
    """
    file = _locked(path)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(file)


def _locked(path: Path) -> int:
    """A descriptor of the file at *path* that has its lock."""
    while True:
        file = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _stands(path, file):  # else its last owner took it away
                os.truncate(file, 0)
                os.write(file, str(os.getpid()).encode())
                return file
        except BaseException:
            os.close(file)
            raise
        os.close(file)


def _stands(path: Path, file: int) -> bool:
    try:
        return os.path.samestat(path.lstat(), os.fstat(file))
    except FileNotFoundError:
        return False
