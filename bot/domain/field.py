"""The runs of one region in the order of their start, as ECS lists them: all of them, and those of each lane. Pure."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence

from bot.domain.runs import Key, Run, Weighed


class Field:
    """*lanes* are the listings that hold anybody, each with the newest first; that of all is called "". *idle* is how
    many nobody is asking after. It is kept in order run by run: ten thousand are not sorted for each look."""

    def __init__(self, runs: Iterable[Run] = ()) -> None:
        self.lanes: dict[str, list[Weighed]] = {}
        self.idle = 0
        self._all: dict[Key, Weighed] = {}
        for run in runs:
            self.put(run)

    def __len__(self) -> int:
        """How many they are."""
        return len(self._all)

    def put(self, run: Run) -> None:
        """It is there now, or is known like this now. When it began and its lanes are for ever."""
        if (known := self._all.get(run.key)) is not None:
            known.becomes(run)
            return
        one = self._all[run.key] = Weighed(run)
        self.idle += 1
        for lane in ("", *run.lanes):
            insort(self.lanes.setdefault(lane, []), one, key=_order)

    def drop(self, key: Key) -> None:
        """It is there no more."""
        one = self._all.pop(key, None)
        if one is None:
            return
        self.idle -= not one.asking
        for lane in ("", *one.run.lanes):
            its = self.lanes[lane]
            its.pop(its.index(one, bisect_left(its, _order(one), key=_order)))
            if not its:
                del self.lanes[lane]

    def get(self, key: Key) -> Run | None:
        """The run *key*, if it is there."""
        one = self._all.get(key)
        return one.run if one is not None else None

    def ask(self, keys: Iterable[Key], *, asking: bool) -> None:
        """Somebody is *asking* after these, or is no more."""
        for key in keys:
            one = self._all.get(key)
            if one is not None and one.asking is not asking:
                one.asking = asking
                self.idle += -1 if asking else 1

    def asked(self, key: Key) -> bool:
        """Is somebody asking after it?"""
        one = self._all.get(key)
        return one is not None and one.asking

    def weigh(self, at: float) -> Sequence[Weighed]:
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
        return [one.run for one in its[start:end]]


def _order(one: Weighed) -> float:
    return -one.run.since
