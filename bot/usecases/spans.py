"""How long each snippet takes on each target, as the database remembers it and the poller learns it."""

from collections import OrderedDict, deque

from bot.domain.cohorts import Cohorts
from bot.domain.spans import REMEMBERED, Span, learnt
from bot.ports import Store

KEPT = 2_000
"""Pairs of snippet and target that are remembered in memory; of the others the database is asked again."""


class Spans:
    """Shared by who sends and who looks."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._took: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()
        self._learnt: dict[tuple[str, str], Span] = {}
        self._cohorts = Cohorts()

    async def of(self, snippet: str, target: str) -> Span:
        """What is known by now."""
        pair = (snippet, target)
        if pair not in self._took:
            self._took[pair] = deque(await self._store.took(snippet, target, REMEMBERED), maxlen=REMEMBERED)
            self._learnt[pair] = learnt(tuple(self._took[pair]))
            while len(self._took) > KEPT:
                forgotten, _ = self._took.popitem(last=False)
                del self._learnt[forgotten]
        self._took.move_to_end(pair)
        return self._learnt[pair]

    async def lane(self, snippet: str, target: str, account: str, region: str, name: str) -> str:
        """The lane of the run called *name* that is sent now."""
        return self._cohorts.lane(await self.of(snippet, target), (account, region), name)

    def learn(self, snippet: str, target: str, seconds: float) -> None:
        """One more run is over."""
        pair = (snippet, target)
        if (took := self._took.get(pair)) is not None:
            took.append(seconds)
            self._learnt[pair] = learnt(tuple(took))
