"""Running again where it did not succeed: on which machines, and which of them are still there."""

from collections.abc import Iterable

from bot.domain.catalog import OsType
from bot.domain.plan import Instance
from bot.domain.result import Outcome, Result

FELL_SHORT = frozenset({Outcome.FAILED, Outcome.TIMED_OUT, Outcome.NOT_RUN, Outcome.UNREACHABLE, Outcome.CANCELLED})
"""Not what is unknown: it may have succeeded, or be running still."""

NOT_IN_TARGET = "NotInTarget"
"""Why a machine is left out that the target does not name any more."""


def fallen_short(results: Iterable[Result]) -> tuple[str, ...]:
    """The ids of the instances of which it is known that it did not succeed there."""
    return tuple(sorted(result.instance for result in results if result.outcome in FELL_SHORT))


def narrowed(instances: Iterable[Instance], only: tuple[str, ...]) -> tuple[Instance, ...]:
    """Those of a target's *instances* that are in *only*, all where it is empty. What the target does not name any
    more is among them, and can't be reached."""
    there = tuple(instances)
    if not only:
        return there
    known = {instance.id for instance in there}
    gone = (Instance(i, "", OsType.LINUX, NOT_IN_TARGET) for i in only if i not in known)
    return (*(instance for instance in there if instance.id in only), *gone)
