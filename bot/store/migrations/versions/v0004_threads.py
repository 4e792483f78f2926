"""The thread that an invocation was asked in."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add it; what there is was asked in channels."""
    thread: sa.Column[str] = sa.Column("thread", sa.Text(), nullable=False, server_default="")
    op.add_column("invocations", thread)
