"""The instances to which an invocation is limited."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add them; what there is was asked for on all that its target names."""
    only: sa.Column[str] = sa.Column("only", sa.Text(), nullable=False, server_default="[]")
    op.add_column("invocations", only)
