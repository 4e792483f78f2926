"""How a batch is being stopped."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add it; a batch that is stopping without it is told again at once."""
    op.add_column("batches", sa.Column("stop", sa.Text()))
