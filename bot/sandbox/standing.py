"""What is brought up in steps and taken down whole."""

from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self


class Standing:
    """Stands for as long as the ``async with`` lasts. What came up goes down in the opposite order, also where a later
    step fails."""

    def __init__(self) -> None:
        self._stack = AsyncExitStack()

    async def _stand_up(self) -> None:
        """Bring everything up, and leave with `_stack` how to take it down."""
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        try:
            await self._stand_up()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()
