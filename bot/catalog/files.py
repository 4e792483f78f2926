"""The files of `commands/`: which there are, and their TOML."""

import stat
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bot.catalog.faults import Faults
from bot.errors import CatalogError

FILE_LIMIT = 256 * 1024
"""Bytes of one file."""

FILES_LIMIT = 500


def read_files(paths: Iterable[Path], faults: Faults) -> dict[str, dict[str, Any]]:
    """Stem → the file's TOML, of each of *paths*; those with faults are left out."""
    tables = {path.stem: _read(path, faults.of(f"{faults.file}/{path.name}")) for path in paths}
    return {stem: table for stem, table in tables.items() if table is not None}


def toml_files(folder: Path) -> list[Path]:
    """Every `*.toml` of *folder* that is not hidden, readable or not. Raises CatalogError."""
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".toml" and not path.name.startswith("."))
    except OSError as error:
        raise CatalogError([f"{folder}: can't be read: {error.strerror}"]) from error
    if len(paths) > FILES_LIMIT:
        raise CatalogError([f"{folder}: holds {len(paths)} files, and the limit is {FILES_LIMIT}"])
    return paths


def _read(path: Path, faults: Faults) -> dict[str, Any] | None:
    """The file's TOML; None where there is none, with the reason in *faults*."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            faults.add("", "must be a file")
            return None
        if about.st_size > FILE_LIMIT:
            faults.add("", f"is too large: {about.st_size:,} bytes, and the limit is {FILE_LIMIT:,}")
            return None
        text = path.read_bytes().decode()
    except OSError as error:
        faults.add("", f"can't be read: {error.strerror}")
        return None
    except UnicodeDecodeError as error:
        faults.add("", f"must be UTF-8: byte {error.start + 1} is not")
        return None
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        faults.add("", f"is no TOML: {error}")
        return None
