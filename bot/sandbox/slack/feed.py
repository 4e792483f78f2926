"""Tells whoever listens what has changed, so that nobody polls."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from bot.sandbox.slack.records import File, Message, View
from bot.sandbox.slack.refusal import NotSeen

PATIENCE = 30.0
"""Real seconds after which whoever waits for something to happen gives up: a slow machine must not look broken."""

T = TypeVar("T")
ChangeKind = Literal["posted", "edited", "deleted", "reaction", "file", "view", "home", "channel", "notice"]


@dataclass(frozen=True)
class Change:
    """One thing that happened in the workspace; what it concerns is filled in, the rest is None."""

    kind: ChangeKind
    channel: str | None = None
    message: Message | None = None
    file: File | None = None
    view: View | None = None
    user: str | None = None
    text: str = ""


class Feed(Generic[T]):
    """Every listener gets every item published while it listens, in order."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[T]] = set()

    def publish(self, item: T) -> None:
        """Hand *item* to all who listen now."""
        for queue in self._listeners:
            queue.put_nowait(item)

    @contextmanager
    def listening(self) -> Iterator[asyncio.Queue[T]]:
        """A queue that receives all items published inside this block."""
        queue: asyncio.Queue[T] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)

    def items(self) -> AsyncIterator[T]:
        """All items from this call on, without end."""
        queue: asyncio.Queue[T] = asyncio.Queue()
        self._listeners.add(queue)
        return self._drained(queue)

    async def _drained(self, queue: asyncio.Queue[T]) -> AsyncIterator[T]:
        try:
            while True:
                yield await queue.get()
        finally:
            self._listeners.discard(queue)

    async def until(
        self,
        look: Callable[[], Any | None],
        timeout: float,  # noqa: ASYNC109 - it is the point of this method
        otherwise: Callable[[], str],
    ) -> Any:
        """What *look* finds, looked for now and again after each item.

        Raises `NotSeen` with the words of *otherwise* after *timeout* seconds.
        """
        with self.listening() as queue:
            try:
                async with asyncio.timeout(timeout):
                    while (found := look()) is None:
                        await queue.get()
                    return found
            except TimeoutError:
                raise NotSeen(otherwise()) from None
