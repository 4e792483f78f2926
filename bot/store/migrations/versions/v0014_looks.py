"""Which listing a batch stands in, what it printed so far, and how long runs took."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add them; what runs already is in no lane."""
    lane: sa.Column[str] = sa.Column("lane", sa.Text(), nullable=False, server_default="")
    glimpse: sa.Column[str] = sa.Column("glimpse", sa.Text(), nullable=False, server_default="")
    op.add_column("batches", lane)
    op.add_column("batches", glimpse)
    op.create_index("ix_invocations_took", "invocations", ["snippet", "target", "created_at"])
