"""The trail may begin later than with its first event; what people wait for has indices of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the cut, let events before it be deleted and no others, and add the indices."""
    op.add_column("trail", sa.Column("cut", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("trail", sa.Column("cut_hash", sa.Text(), nullable=False, server_default="0" * 64))
    if op.get_bind().dialect.name == "postgresql":
        _keep_events_postgresql()
    else:
        _keep_events_sqlite()
    _partial_index("ix_role_grants_until", "role_grants", ["until"], "ended_at IS NULL", "ended_at IS NULL")
    rest = "AND started_at IS NOT NULL AND review IS NULL"
    columns, lite, full = ["created_at", "id"], f"break_glass IS 1 {rest}", f"break_glass IS true {rest}"
    _partial_index("ix_invocations_to_review", "invocations", columns, lite, full)
    op.drop_index("ix_invocations_break_glass_created_at_id", "invocations")


def _partial_index(name: str, table: str, columns: list[str], lite: str, full: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(lite), postgresql_where=sa.text(full))


def _keep_events_sqlite() -> None:
    op.execute("DROP TRIGGER events_no_delete")
    op.execute(
        "CREATE TRIGGER events_no_delete BEFORE DELETE ON events"
        " WHEN OLD.id > coalesce((SELECT cut FROM trail), 0)"
        " BEGIN SELECT RAISE(ABORT, 'events are kept as they were written'); END"
    )


def _keep_events_postgresql() -> None:
    op.execute("DROP TRIGGER events_are_kept ON events")
    op.execute(
        "CREATE TRIGGER events_are_kept BEFORE UPDATE OR TRUNCATE ON events"
        " FOR EACH STATEMENT EXECUTE FUNCTION events_are_kept()"
    )
    op.execute(
        "CREATE FUNCTION events_after_the_cut() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN IF OLD.id > coalesce((SELECT cut FROM trail), 0)"
        " THEN RAISE EXCEPTION 'events are kept as they were written'; END IF; RETURN OLD; END $$"
    )
    op.execute(
        "CREATE TRIGGER events_after_the_cut BEFORE DELETE ON events"
        " FOR EACH ROW EXECUTE FUNCTION events_after_the_cut()"
    )
