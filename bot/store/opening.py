"""The way into the database: it is tried, brought up to this program's schema, and refused with what to mend."""

from contextlib import AsyncExitStack
from pathlib import Path

from bot.errors import StartError, StoreError
from bot.store import dialect, schema
from bot.store.engine import Database, connect
from bot.store.leases import new_replica
from bot.store.lock_file import held
from bot.store.sql_store import SqlStore


async def open_store(url: str) -> SqlStore:
    """The store at *url* (DATABASE_URL), its schema brought up to this program's. StartError says what to mend."""
    database = connect(url)
    alone = database.name == "sqlite"
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        if alone:
            stack.enter_context(held(Path(database.where)))
        try:
            await _check(database)
            await schema.bring_up(database)
        except StoreError as error:
            raise StartError([_unusable(database.where, error)]) from None
        serving = stack.pop_all()
    if not alone:
        await serving.aclose()
        database = connect(url, patient=False)
        serving.push_async_callback(database.close)
    return SqlStore(database, new_replica(alone=alone), serving)


async def _check(database: Database) -> None:
    if damage := await database.read(dialect.damage):
        raise StartError([_damaged(database.where, damage)])


def _unusable(where: str, error: StoreError) -> str:
    return _damaged(where, str(error)) if error.damaged else f"the database {where} can't be used: {error}"


def _damaged(where: str, how: str) -> str:
    return f"the database {where} is damaged: {how}; restore it from a backup"
