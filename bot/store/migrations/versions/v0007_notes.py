"""What the notes of invocations and batches are about."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add it; the notes that there are say what went wrong."""
    for table in ("invocations", "batches"):
        op.add_column(table, sa.Column("about", sa.Text()))
