"""What many bring at once is written in one go: one statement for all costs little more than one for each alone."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Generic, TypeVar

from bot.urgency import URGENT

Item = TypeVar("Item")
Done = TypeVar("Done")

Start = Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"]

Left = Callable[[], bool]

MOST = 64
"""Of one go: the last of them waits for all."""


class Gathered(Generic[Item, Done]):
    """Writes what came while it was writing.

    *write* is one transaction: it returns what became of each, in order, once all of them are durable, or raises and
    has changed nothing. Beside the items it takes what says, of each, whether its caller has left: it may have waited
    for long until the transaction could begin. Where it raises, each is written by itself, so that nobody is told of
    another one's fault.
    """

    def __init__(
        self, write: Callable[[Sequence[Item], Sequence[Left]], Awaitable[Sequence[Done]]], start: Start
    ) -> None:
        self._write = write
        self._start = start
        self._waiting: list[tuple[Item, asyncio.Future[Done]]] = []
        self._writing = False

    async def bring(self, item: Item) -> Done:
        """What became of *item*. A caller that leaves before its transaction begins has changed nothing."""
        end: asyncio.Future[Done] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, end))
        if not self._writing:
            self._writing = True
            self._start(self._all())
        return await end

    async def _all(self) -> None:
        URGENT.set(True)  # of all who bring something, some may be waited for
        try:
            while self._waiting:
                turn = [(item, end) for item, end in self._waiting[:MOST] if not end.done()]
                self._waiting = self._waiting[MOST:]
                if turn:
                    await self._one_go(turn)
        finally:
            self._writing = False

    async def _one_go(self, turn: Sequence[tuple[Item, "asyncio.Future[Done]"]]) -> None:
        try:
            done = await self._write([item for item, _ in turn], [end.done for _, end in turn])
        except Exception as error:  # noqa: BLE001 - whatever it is, whoever brought it is told
            if len(turn) == 1:
                _tell(turn[0][1], error=error)
            else:
                await asyncio.gather(*(self._one_go([one]) for one in turn))
        else:
            for (_, end), what in zip(turn, done, strict=True):
                _tell(end, what)


def _tell(end: "asyncio.Future[Done]", done: Done | None = None, error: Exception | None = None) -> None:
    if end.done():
        return
    if error is not None:
        end.set_exception(error)
    else:
        end.set_result(done)  # type: ignore[arg-type]  # what became of it may well be None
