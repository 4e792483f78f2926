"""What people say became of a run that the cloud could not tell."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the verdict."""
    op.add_column("invocations", sa.Column("verdict", sa.Text()))
