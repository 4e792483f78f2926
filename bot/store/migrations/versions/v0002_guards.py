"""Break-glass and its review, exclusive claims, locks."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

Column = sa.Column[object]


def upgrade() -> None:
    """Add what the guards need."""
    glass: Column = sa.Column("break_glass", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("invocations", glass)
    op.add_column("invocations", sa.Column("review", sa.Text()))
    op.add_column("invocations", sa.Column("claim", sa.Text()))
    op.create_index("ix_invocations_claim", "invocations", ["claim"], unique=True)
    for columns in (["snippet", "target", "state"], ["break_glass", "created_at", "id"]):
        op.create_index(f"ix_invocations_{'_'.join(columns)}", "invocations", columns)
    op.create_table(
        "locks",
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("target", name="pk_locks"),
    )
