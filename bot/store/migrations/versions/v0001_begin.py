"""Everything that the first version has."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

Column = sa.Column[object]


def upgrade() -> None:
    """Create all tables, the trail's head, and the triggers that keep its events."""
    _invocations()
    _parts()
    _role_grants()
    _outbox()
    _events()
    if op.get_bind().dialect.name == "postgresql":
        _keep_events_postgresql()
    else:
        _keep_events_sqlite()


def _line(name: str) -> Column:
    return sa.Column(name, sa.Text(), nullable=False)


def _number(name: str) -> Column:
    return sa.Column(name, sa.Integer(), nullable=False)


def _flag(name: str) -> Column:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _at(name: str, *, nullable: bool = True) -> Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _maybe(name: str) -> Column:
    return sa.Column(name, sa.Text())


def _of_invocation(table: str) -> tuple[Column, sa.ForeignKeyConstraint]:
    key = sa.ForeignKeyConstraint(["invocation"], ["invocations.id"], name=f"fk_{table}_invocation")
    return _line("invocation"), key


def _invocations() -> None:
    op.create_table(
        "invocations",
        *(_line(n) for n in ("id", "request_key", "snippet", "target", "params", "requester", "team", "home")),
        _at("created_at", nullable=False),
        _line("state"),
        _flag("open"),
        _number("version"),
        *(_line(n) for n in ("reason", "response_url", "again_of")),
        *(_maybe(n) for n in ("plan", "ask")),
        _line("stop_by"),
        _maybe("refusal"),
        _line("note"),
        *(_at(n) for n in ("started_at", "finished_at", "next_at")),
        sa.PrimaryKeyConstraint("id", name="pk_invocations"),
        sa.UniqueConstraint("request_key", name="uq_invocations_request_key"),
    )
    for columns in (
        ["state", "next_at"],
        ["created_at", "id"],
        ["requester", "created_at", "id"],
        ["open", "created_at", "id"],
    ):
        op.create_index(f"ix_invocations_{'_'.join(columns)}", "invocations", columns)


def _parts() -> None:
    op.create_table(
        "batches",
        *_of_invocation("batches"),
        *(_number(n) for n in ("no", "part")),
        *(_line(n) for n in ("instances", "state", "client_token", "invoke_id")),
        *(_at(n) for n in ("sent_at", "started_at")),
        *(_flag(n) for n in ("stop_sent", "doubt")),
        *(_number(n) for n in ("attempts", "finished")),
        _line("tally"),
        _at("next_at"),
        _line("note"),
        sa.PrimaryKeyConstraint("invocation", "no", name="pk_batches"),
    )
    op.create_index("ix_batches_state_next_at_invocation", "batches", ["state", "next_at", "invocation"])
    op.create_table(
        "approvals",
        *_of_invocation("approvals"),
        _number("no"),
        _line("by"),
        _at("at", nullable=False),
        _line("digest"),
        _flag("yes"),
        _line("reason"),
        sa.PrimaryKeyConstraint("invocation", "by", name="pk_approvals"),
    )
    op.create_table(
        "results",
        *_of_invocation("results"),
        *(_line(n) for n in ("instance", "outcome", "name", "status")),
        sa.Column("exit_code", sa.BigInteger()),
        _line("output"),
        sa.Column("dropped", sa.BigInteger(), nullable=False),
        *(_line(n) for n in ("error_code", "error_info")),
        *(_at(n) for n in ("started_at", "finished_at")),
        sa.PrimaryKeyConstraint("invocation", "instance", name="pk_results"),
    )


def _role_grants() -> None:
    op.create_table(
        "role_grants",
        sa.Column("id", sa.Integer(), nullable=False),
        *(_line(n) for n in ("user", "role", "granted_by")),
        _at("granted_at", nullable=False),
        _maybe("targets"),
        _at("until"),
        _line("why"),
        _at("ended_at"),
        sa.PrimaryKeyConstraint("id", name="pk_role_grants"),
    )
    _partial_index("ix_role_grants_standing", "role_grants", ["user", "role"], "ended_at IS NULL")


def _outbox() -> None:
    op.create_table(
        "outbox",
        *_of_invocation("outbox"),
        *(_line(n) for n in ("kind", "key")),
        *(_number(n) for n in ("wanted", "delivered")),
        _flag("final"),
        _at("not_before", nullable=False),
        _number("attempts"),
        *(_maybe(n) for n in ("channel", "ts", "thread_ts")),
        _line("payload"),
        _number("moved"),
        sa.PrimaryKeyConstraint("invocation", "kind", "key", name="pk_outbox"),
    )
    _partial_index("ix_outbox_owed", "outbox", ["not_before"], "wanted > delivered")


def _partial_index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        _at("at", nullable=False),
        *(_line(n) for n in ("actor", "kind", "invocation", "data", "hash")),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    op.create_index("ix_events_invocation_id", "events", ["invocation", "id"])
    trail = op.create_table(
        "trail",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        _number("length"),
        _line("hash"),
        sa.PrimaryKeyConstraint("id", name="pk_trail"),
    )
    op.bulk_insert(trail, [{"id": 1, "length": 0, "hash": "0" * 64}])


def _keep_events_sqlite() -> None:
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER events_no_{verb.lower()} BEFORE {verb} ON events"
            " BEGIN SELECT RAISE(ABORT, 'events are kept as they were written'); END"
        )


def _keep_events_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION events_are_kept() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'events are kept as they were written'; END $$"
    )
    op.execute(
        "CREATE TRIGGER events_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON events"
        " FOR EACH STATEMENT EXECUTE FUNCTION events_are_kept()"
    )
