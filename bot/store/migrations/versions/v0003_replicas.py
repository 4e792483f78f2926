"""Leases and shared budgets for several replicas; which invocations' outputs are no longer kept."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add what replicas need of each other, and what the retention of outputs needs."""
    for table in ("invocations", "outbox"):
        op.add_column(table, sa.Column("leased_by", sa.Text()))
        op.add_column(table, sa.Column("leased_until", sa.DateTime(timezone=True)))
    op.add_column("invocations", sa.Column("pruned_at", sa.DateTime(timezone=True)))
    kept = sa.text("pruned_at IS NULL")
    op.create_index("ix_invocations_kept", "invocations", ["finished_at"], sqlite_where=kept, postgresql_where=kept)
    op.create_table(
        "budgets",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.Double(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_budgets"),
    )
