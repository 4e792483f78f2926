"""What somebody may have meant by a word that is not known."""

from collections.abc import Iterable
from difflib import SequenceMatcher

_LIKE = 0.6
_LONGEST = 64


def near(word: str, known: Iterable[str], n: int = 3) -> tuple[str, ...]:
    """Up to *n* of *known* that are like *word*, the likeliest first; capitals and order of *known* don't matter.

    First what begins with *word*, then what has it as the beginning of a part (`prod`: `web-prod`),
    then what is spelled alike.
    """
    wanted = word.strip().lower()[:_LONGEST]
    if not wanted:
        return ()
    ranked = sorted((rank, name) for name in set(known) if (rank := _rank(wanted, name.lower())) is not None)
    return tuple(name for _, name in ranked[:n])


def _rank(wanted: str, name: str) -> tuple[int, float] | None:
    """Smaller is likelier; None: not alike."""
    if name.startswith(wanted):
        return 0, len(name)
    if any(part.startswith(wanted) for part in name.replace("_", "-").replace(" ", "-").split("-")):
        return 1, len(name)
    alike = SequenceMatcher(None, name[:_LONGEST], wanted, autojunk=False).ratio()
    return (2, -alike) if alike >= _LIKE else None
