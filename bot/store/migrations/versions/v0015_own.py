"""What somebody has under way is found without a look at all that they ever asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add its index."""
    op.create_index(
        "ix_invocations_own",
        "invocations",
        ["requester", "created_at", "id"],
        sqlite_where=sa.text("open IS 1"),
        postgresql_where=sa.text("open IS true"),
    )
