"""Runs in ECS that the database does not know, each told once."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add where they are kept until somebody has looked."""
    words = ("account", "region", "invoke_id", "name", "invocation", "requester", "status", "why", "told")
    moments = ("created_at", "tell_at", "settled_at")
    op.create_table(
        "strays",
        *(sa.Column(name, sa.Text(), nullable=False) for name in words),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True)) for name in moments),
        sa.Column("settled_by", sa.Text()),
        sa.PrimaryKeyConstraint("account", "region", "invoke_id", name="pk_strays"),
    )
    untold, standing = sa.text("tell_at IS NOT NULL"), sa.text("settled_at IS NULL")
    op.create_index("ix_strays_untold", "strays", ["tell_at"], sqlite_where=untold, postgresql_where=untold)
    op.create_index("ix_strays_standing", "strays", ["found_at"], sqlite_where=standing, postgresql_where=standing)
