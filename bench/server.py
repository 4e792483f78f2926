"""A PostgreSQL server that is thrown away afterwards."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from tests.postgres import Postgres, postgres


@asynccontextmanager
async def server(settings: Sequence[str] = ()) -> AsyncIterator[Postgres]:
    """It runs for the length of the block. Without *settings* it writes to disk as it does by default."""
    context = postgres(settings)
    running = await asyncio.to_thread(context.__enter__)
    try:
        yield running
    finally:
        await asyncio.to_thread(context.__exit__, None, None, None)
