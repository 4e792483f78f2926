"""The channel that an invocation was asked in, where it is shown to the requester alone."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add it; what there is was shown where it was asked."""
    asked_in: sa.Column[str] = sa.Column("asked_in", sa.Text(), nullable=False, server_default="")
    op.add_column("invocations", asked_in)
