"""The runs of one region in the order of their start, as ECS lists them: all of them, and those of each lane. Pure."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence

from bot.domain.runs import Run


class Field:
    """*lanes* are the listings that hold anybody, each with the newest first; that of all is called "". *idle* is how
    many nobody is asking after. It is kept in order run by run: ten thousand are not sorted for each look."""

    def __init__(self, runs: Iterable[Run] = ()) -> None:
        self.lanes: dict[str, list[Run]] = {}
        self.idle = 0
        for run in runs:
            self.put(run)

    def put(self, run: Run) -> None:
        """It begins to run. When it began and its lanes are for ever."""
        self.idle += not run.asking
        for lane in ("", *run.lanes):
            insort(self.lanes.setdefault(lane, []), run, key=_order)

    def drop(self, run: Run) -> None:
        """It runs no more."""
        self.idle -= not run.asking
        for lane in ("", *run.lanes):
            its = self.lanes[lane]
            its.pop(its.index(run, bisect_left(its, _order(run), key=_order)))
            if not its:
                del self.lanes[lane]

    def ask(self, runs: Iterable[Run], *, asking: bool) -> None:
        """Somebody is *asking* after these, or is no more."""
        for run in runs:
            self.idle += run.asking - asking
            run.asking = asking

    def weigh(self, at: float) -> Sequence[Run]:
        """All of them, as they weigh at *at*."""
        its = self.lanes.get("", [])
        for one in its:
            one.weigh(at)
        return its

    def between(self, lane: str, oldest: float | None, before: float | None) -> list[Run]:
        """Those in *lane* that began at *oldest* or later and *before* then, as far as these are given."""
        its = self.lanes.get(lane, [])
        start = 0 if before is None else bisect_right(its, -before, key=_order)
        end = len(its) if oldest is None else bisect_right(its, -oldest, key=_order)
        return its[start:end]


def _order(one: Run) -> float:
    return -one.since
