"""SQLite's writers: what waits at the same time is committed together, and what somebody waits for goes first."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine

from bot.urgency import URGENT

MOST = 64
"""Writers of one transaction: the last of them waits for all."""

BESIDE = 4
"""So many that nobody waits for go with those that somebody waits for, and are not put off for ever."""


@dataclass(frozen=True, slots=True)
class Value:
    """What the work returned."""

    value: Any


Outcome = Value | BaseException


class _UndoneError(Exception):
    """The database has rolled the whole transaction back by itself."""


@dataclass(frozen=True, slots=True, eq=False)
class _Writer:
    """*work* has its own savepoint; *end* is told once the transaction is committed, or known not to be."""

    work: Callable[[Connection], Any]
    end: "asyncio.Future[Any]"


class Writers:
    """Take turns in one thread: SQLite has one writer at a time, and a commit costs the same for one as for many.

    Each one's changes are there as a whole or not at all, whatever becomes of the others. Nobody is told of
    anything, not even of an error, before what it rests on is durable. After each turn *written* is called.
    """

    def __init__(self, engine: Engine, thread: Executor, written: Callable[[], None]) -> None:
        self._engine = engine
        self._written = written
        self._thread = thread
        self._urgent: deque[_Writer] = deque()
        self._others: deque[_Writer] = deque()
        self._hurried = False  # the last turn was of urgent ones
        self._idle = asyncio.Event()
        self._idle.set()

    async def write(self, work: Callable[[Connection], Any]) -> Any:
        """What *work* returns, once it is committed. A caller that leaves before that begins has changed nothing."""
        writer = _Writer(work, asyncio.get_running_loop().create_future())
        (self._urgent if URGENT.get() else self._others).append(writer)
        if self._idle.is_set():
            self._idle.clear()
            self._begin()
        return await writer.end

    async def ended(self) -> None:
        """Return when nobody writes."""
        await self._idle.wait()

    def _begin(self) -> None:
        if not (group := self._group()):
            self._idle.set()
            return
        turn = asyncio.get_running_loop().run_in_executor(
            self._thread, carry_out, self._engine, [_unless_left(writer) for writer in group]
        )
        turn.add_done_callback(lambda done: self._tell(group, done))

    def _group(self) -> list[_Writer]:
        """Whose turn it is now, leaving out those who have left."""
        group = _taken(self._urgent, MOST)
        # after urgent ones more may be on their way: what they would have to wait for is kept short
        most = BESIDE if group or self._hurried else MOST
        self._hurried = bool(group)
        return group + _taken(self._others, most)

    def _tell(self, group: Sequence[_Writer], turn: "asyncio.Future[list[Outcome]]") -> None:
        if turn.cancelled():
            return
        error = turn.exception()
        outcomes = turn.result() if error is None else [error] * len(group)
        for writer, outcome in zip(group, outcomes, strict=True):
            if writer.end.done():
                continue
            if isinstance(outcome, Value):
                writer.end.set_result(outcome.value)
            else:
                writer.end.set_exception(outcome)
        self._written()
        self._begin()


def _taken(queue: deque[_Writer], most: int) -> list[_Writer]:
    taken: list[_Writer] = []
    while queue and len(taken) < most:
        if not (writer := queue.popleft()).end.done():
            taken.append(writer)
    return taken


def _unless_left(writer: _Writer) -> Callable[[Connection], Any]:
    """Its work, unless its caller left while the transaction waited to begin."""
    return lambda conn: None if writer.end.done() else writer.work(conn)


def carry_out(engine: Engine, works: Sequence[Callable[[Connection], Any]]) -> list[Outcome]:
    """Do all *works* in one transaction, each as if it were alone; what each returned or raised, once it is committed.

    What keeps the transaction from beginning or from being committed is raised.
    """
    if len(works) > 1:
        try:
            return _together(engine, works)
        except _UndoneError:
            pass
    return [_alone(engine, work) for work in works]


def _together(engine: Engine, works: Sequence[Callable[[Connection], Any]]) -> list[Outcome]:
    with engine.begin() as conn:
        return [_one(conn, work) for work in works]


def _one(conn: Connection, work: Callable[[Connection], Any]) -> Outcome:
    conn.exec_driver_sql("SAVEPOINT writer")
    try:
        outcome: Outcome = Value(work(conn))
    except Exception as error:
        driver: Any = conn.connection.driver_connection
        if not driver.in_transaction:
            raise _UndoneError from error
        conn.exec_driver_sql("ROLLBACK TO writer")
        outcome = error
    conn.exec_driver_sql("RELEASE writer")
    return outcome


def _alone(engine: Engine, work: Callable[[Connection], Any]) -> Outcome:
    try:
        with engine.begin() as conn:
            return Value(work(conn))
    except Exception as error:  # noqa: BLE001 - whatever it is, its caller is told
        return error
