"""What workers and people wait for is found by an index, however long the history is."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.engine import Engine

from bot.domain.invocation import BatchState, State
from bot.domain.lane import Pick
from bot.domain.message import MessageKind
from bot.domain.pacing import Draw
from bot.domain.result import Outcome, Result
from bot.store import SqlStore
from tests.store.given import (
    CARD,
    LATER,
    NOW,
    OPEN,
    SECOND,
    added,
    batch,
    changed,
    event,
    grant,
    invocation,
    message,
    raw,
)

HISTORY = ("invocations", "batches", "approvals", "results", "outbox", "events")

IN_ORDER = ("SCAN invocations USING INDEX ix_invocations_created_at_id",)
"""Read from its end, and left as soon as there are enough."""

PARTIAL = ("INDEX ix_outbox_owed", "INDEX ix_invocations_own", "INDEX ix_invocations_to_review")
"""They hold what is still to be done, and no history."""

Statements = list[tuple[str, Any]]


@pytest.fixture
def statements() -> Iterator[Statements]:
    """Every statement that is executed, with its parameters."""
    seen: Statements = []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            seen.append((statement, parameters[0] if many else parameters))

    sqlalchemy_event.listen(Engine, "before_cursor_execute", note)
    yield seen
    sqlalchemy_event.remove(Engine, "before_cursor_execute", note)


async def test_no_table_with_history_is_read_whole(store: SqlStore, statements: Statements) -> None:
    """Of all that the store asks its database, `verify` alone walks a table."""
    over = await added(store, invocation("i0"))
    await changed(store, over, state=State.SUCCEEDED, finished_at=NOW)
    made = await added(store, invocation(batches=(batch(0), batch(1))), CARD)
    await changed(store, made, CARD, note="x", batches=(batch(0, note="y"),), results=(Result("i", Outcome.FAILED),))
    await store.load("i1")
    await store.results("i1")
    await store.claim_due(OPEN, LATER, 10)
    await store.claim_due(OPEN[:1], LATER, 10)
    await store.next_due(OPEN)
    await store.next_due(OPEN[:1])
    await store.claim_due_batches(tuple(BatchState), LATER, 10)
    await store.next_due_batch((BatchState.WAITING,))
    await store.next_due_batch((BatchState.RUNNING, BatchState.DISPATCHING))
    for user in (None, "U1"):
        for open_only in (False, True):
            await store.recent(10, user=user, open_only=open_only)
    await store.asked_since("U1", NOW)
    await store.succeeded_before("mem", "web-prod")
    await store.to_review(10)
    await store.unsettled(10)
    await store.forget_answers(NOW, NOW + 300 * SECOND)
    await store.strays.untold()
    await store.strays.standing(10)
    await store.holder("web-prod")
    await store.is_ours("i1", "C1", "1.1")
    await store.next_owed()
    await store.next_owed(NOW)
    await store.owed(LATER, 10, [Pick([lane], final, 9, 9) for lane, final in await store.lanes(LATER)])
    row = await message(store)
    await store.postpone(row, NOW, forget_place=True)
    await store.delivered(row, None)
    await store.abandon(row, event(), NOW)
    await store.move_home("i1", "U1", event(), [CARD], NOW)
    await store.place("i1", MessageKind.CARD)
    await store.events("i1")
    await store.grant(grant(), event(), NOW)
    await store.revoke("U1", "oncall", event(), NOW)
    await store.grants(NOW)
    await store.asked("key-i1")
    await store.claim_owed(row, [Draw("update", 8.0, 1.0)], NOW)
    assert (await store.forget(LATER, LATER, 10)).invocations == 1
    assert await store.prune(LATER, LATER, 10) == 0
    await store.tidy(LATER)
    asked = list(statements)
    assert len(asked) > 60
    await fill(store)
    bad = [(plan, statement) for statement, plan in await plans(store, asked) if reads_history(plan)]
    assert bad == []


async def test_roles_that_ran_out_are_not_read(store: SqlStore, statements: Statements) -> None:
    """A year of shifts leaves a thousand of them, and every command asks who holds what."""
    await store.grants(NOW)
    asked = list(statements)
    if store._db.name == "postgresql":
        given = (
            "SELECT 'U1', 'oncall', 'UADMIN', now(), now() - n * interval '8 hours', '' FROM generate_series(1, 4000) n"
        )
        await raw(
            store, f'INSERT INTO role_grants ("user", role, granted_by, granted_at, until, why) {given}', "ANALYZE"
        )
    found = [plan.strip() for _, plan in await plans(store, asked) if "role_grants" in plan]
    assert len(found) == 2
    assert all("ix_role_grants_until" in plan and "SCAN" not in plan for plan in found), found


@pytest.mark.parametrize("engine", ["postgresql"])
async def test_no_worker_and_no_compiler_is_started_for_what_is_looked_up(store: SqlStore) -> None:
    """The server takes the outbox for what is owed, and would start both: to sort a handful of rows."""
    for setting, value in (("max_parallel_workers_per_gather", "0"), ("jit", "off")):
        assert await raw(store, f"SHOW {setting}") == [(value,)]


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_open_ones_are_not_looked_for_among_all(store: SqlStore, statements: Statements) -> None:
    """Nor sorted: the index has them in order."""
    await store.recent(10, open_only=True)
    await store.recent(10, user="U1")
    await store.recent(10, user="U1", open_only=True)
    asked = list(statements)
    found = [plan for statement, plan in await plans(store, asked) if "FROM invocations" in statement]
    assert [plan.split(" (")[0] for plan in found] == [
        "SEARCH invocations USING INDEX ix_invocations_open_created_at_id",
        "SEARCH invocations USING INDEX ix_invocations_requester_created_at_id",
        "SEARCH invocations USING INDEX ix_invocations_own",
    ]


def reads_history(plan: str) -> bool:
    """Does this line walk over rows that are never asked for again?"""
    if plan in IN_ORDER or any(index in plan for index in PARTIAL):
        return False
    walks = plan.startswith("SCAN") or "Seq Scan on" in plan
    return walks and any(table in plan for table in HISTORY)


async def plans(store: SqlStore, statements: Statements) -> list[tuple[str, str]]:
    """Each statement with each line of how the database goes about it."""
    explain = "EXPLAIN QUERY PLAN" if store._db.name == "sqlite" else "EXPLAIN"

    def work(conn: Connection) -> list[tuple[str, str]]:
        return [
            (statement, str(row[-1]))
            for statement, parameters in statements
            for row in conn.exec_driver_sql(f"{explain} {statement}", parameters)
        ]

    return await store._db.write(work)


async def fill(store: SqlStore) -> None:
    """PostgreSQL reads small tables whole, and rightly: it gets a history, and is told how long it is."""
    if store._db.name == "sqlite":
        return
    many = "FROM generate_series(1, 4000) AS n"
    await raw(
        store,
        "INSERT INTO invocations (id, request_key, snippet, target, params, requester, team, home, created_at, state,"
        " open, version, reason, response_url, again_of, stop_by, note, finished_at, break_glass)"
        " SELECT 'old' || n, 'old' || n, 'snippet' || n % 20, 'target' || n % 20, '[]', 'U' || n % 50, 'T1', 'C1',"
        f" now() - n * interval '1 hour', 'succeeded', false, 3, '', '', '', '', '', now(), false {many}",
        "INSERT INTO batches (invocation, no, part, instances, state, client_token, invoke_id, stop_sent, doubt,"
        " attempts, finished, tally, note)"
        f" SELECT 'old' || n, 0, 0, '[]', 'done', '', '', false, false, 0, 1, '[]', '' {many}",
        "INSERT INTO approvals (invocation, no, by, at, digest, yes, reason)"
        f" SELECT 'old' || n, 0, 'U9', now(), '', true, '' {many}",
        "INSERT INTO results (invocation, instance, outcome, name, status, output, dropped, error_code, error_info)"
        f" SELECT 'old' || n, 'i-1', 'succeeded', 'web', 'Success', 'fine', 0, '', '' {many}",
        "INSERT INTO outbox (invocation, kind, key, wanted, delivered, final, not_before, attempts, payload, moved)"
        f" SELECT 'old' || n, 'card', '', 3, 3, true, now(), 0, '{{}}', 0 {many}",
        "INSERT INTO events (id, at, actor, kind, invocation, data, hash)"
        f" SELECT 1000 + n, now(), 'U1', 'asked', 'old' || n, '{{}}', '' {many}",
        "ANALYZE",
    )
