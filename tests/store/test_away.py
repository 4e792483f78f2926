"""A database that is away, or does not answer: named in plain words, without a statement, a value or a password."""

import asyncio
import traceback
from collections.abc import AsyncIterator

import pytest

from bot.errors import StartError, StoreError
from bot.store import SqlStore, dialect, open_store
from tests.postgres import Postgres
from tests.replicas.wire import Wire
from tests.store.given import NOW, added, event, invocation, raw

CANARY = "c4n4ry"

postgresql = pytest.mark.parametrize("engine", ["postgresql"])


@pytest.fixture
async def wire(server: Postgres) -> AsyncIterator[Wire]:
    """A network to the server that can be cut."""
    async with Wire(f"{server.folder}/.s.PGSQL.5432") as laid:
        yield laid


def through(wire: Wire, url: str) -> str:
    """*url* by way of *wire*, with a password."""
    name = url.partition("@/")[2].partition("?")[0]
    return f"postgresql://postgres:{CANARY}@127.0.0.1:{wire.port}/{name}"


def told(error: BaseException) -> str:
    """All that a log has of it and of what led to it, but for the lines of code."""
    behind = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "".join(traceback.format_exception_only(error)) + (told(behind) if behind is not None else "")


@postgresql
async def test_it_comes_back(ready: str, wire: Wire) -> None:
    """Each call says that it was not done; afterwards everything works, on new connections."""
    async with await open_store(through(wire, ready)) as store:
        made = await added(store, invocation())
        wire.cut()
        for call in (store.load("i1"), store.record(event("secret", reason="pa55"), NOW), store.ping()):
            with pytest.raises(StoreError) as caught:
                await call
            for word in (CANARY, "SELECT", "INSERT", "pa55"):
                assert word not in told(caught.value)
        wire.mend()
        assert await store.load("i1") == made
        await store.record(event(), NOW)
        assert await store.verify() == []


@postgresql
async def test_one_that_is_silent_is_given_up(ready: str, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cut cable says nothing: nobody waits for ever."""
    monkeypatch.setitem(dialect.SERVING, "command_timeout", 0.3)
    async with await open_store(through(wire, ready)) as store:
        await added(store, invocation())
        wire.silence()
        async with asyncio.timeout(20):
            with pytest.raises(StoreError):
                await store.load("i1")
        wire.cut()
        wire.mend()
        assert await store.load("i1") is not None


@postgresql
async def test_what_is_cut_off_in_the_middle_keeps_no_lock(ready: str, wire: Wire) -> None:
    """The server ends its transaction: others go on."""
    async with await open_store(through(wire, ready)) as store:
        ((limit,),) = await raw(store, "SHOW idle_in_transaction_session_timeout")
        assert limit == "10s"


async def test_a_start_without_a_server_says_so_without_the_password(wire: Wire) -> None:
    """Nor does the error's chain have it."""
    wire.cut()
    with pytest.raises(StartError) as caught:
        await open_store(through(wire, "postgresql://postgres@/none?"))
    assert "can't be used" in str(caught.value)
    assert CANARY not in told(caught.value)


async def test_a_value_that_the_database_does_not_take_is_not_quoted(store: SqlStore) -> None:
    """Nor the statement that it stood in."""
    made = await added(store, invocation())
    with pytest.raises(StoreError) as caught:
        await raw(store, f"INSERT INTO invocations (id, note) VALUES ('{made.id}', '{CANARY}')")
    assert CANARY not in told(caught.value)
    assert "INSERT" not in told(caught.value)
