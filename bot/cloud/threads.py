"""A bounded number of threads, served by the event loop alone."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any


class Stopped(Exception):
    """It was not begun."""


class Threads:
    """*number* threads at most, started as they are needed.

    What none of them has begun waits in the event loop, not in a queue that they serve without it. Else, as long as
    there is more to do, the loop stands in line for the interpreter's lock behind all of them, again and again: with
    sixteen that call ECS 50 ms and more. This way it is late for what it has given to them itself, a third of that.
    """

    def __init__(self, name: str, number: int) -> None:
        self._executor = ThreadPoolExecutor(max_workers=number, thread_name_prefix=name)
        self._free = asyncio.Semaphore(number)
        self._stopped = False

    async def run(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """What *work* returns, in a thread. Who is cancelled before it begins has not begun it; what has begun goes on,
        and has its thread until it ends. Raises Stopped."""
        await self._free.acquire()
        return await asyncio.shield(self._begun(work, arguments))

    def _begun(self, work: Callable[..., Any], arguments: Sequence[Any]) -> asyncio.Future[Any]:
        """*work*, in the thread that is free for it."""
        if self._stopped:
            self._free.release()
            raise Stopped
        try:
            doing = asyncio.get_running_loop().run_in_executor(self._executor, work, *arguments)
        except RuntimeError:  # no more can be started on this computer; it may be done by one that is there
            self._free.release()
            raise
        doing.add_done_callback(lambda _: self._free.release())
        return doing

    def stop(self) -> None:
        """Begin nothing any more."""
        self._stopped = True
        self._executor.shutdown(wait=False)

    async def ended(self) -> None:
        """Return when all that was begun has ended."""
        await asyncio.to_thread(self._executor.shutdown)
