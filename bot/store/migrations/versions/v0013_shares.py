"""The channels that an invocation is shown in besides its own, and the machines that it is stopped on one by one."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add them; what there is has none."""
    shares: sa.Column[str] = sa.Column("shares", sa.Text(), nullable=False, server_default="[]")
    op.add_column("invocations", shares)
    halts: sa.Column[str] = sa.Column("halts", sa.Text(), nullable=False, server_default="[]")
    op.add_column("batches", halts)
