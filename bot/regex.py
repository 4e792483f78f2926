"""RE2, in the one way in which the bot uses it: its time grows with the text alone, and bad patterns are not logged."""

from functools import lru_cache
from typing import Any

import re2

Unfit = re2.error
"""What a pattern raises that RE2 does not take; `words` has what it has against it."""


@lru_cache(maxsize=512)
def compiled(pattern: str, memory: int | None = None) -> Any:
    """*pattern*, made ready once. With *memory* one that needs more bytes is unfit, too."""
    options = re2.Options()
    options.log_errors = False
    if memory is not None:
        options.max_mem = memory
    return re2.compile(pattern, options)


def words(error: Exception) -> str:
    """What RE2 says, which can come as bytes."""
    what = error.args[0] if error.args else ""
    return what.decode(errors="replace") if isinstance(what, bytes) else str(what)
