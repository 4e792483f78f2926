"""In which lane each message to Slack waits: the head of each is found without a look at what waits behind it."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_FILL = """
UPDATE outbox SET lane =
    CASE
        WHEN kind IN ('file', 'record') THEN 'files '
        WHEN kind = 'stale' THEN 'delete '
        WHEN kind = 'private' THEN 'whisper '
        WHEN channel IS NULL THEN 'post '
        WHEN kind = 'thread' THEN 'result '
        ELSE 'update '
    END ||
    CASE
        WHEN kind IN ('direct', 'reminder', 'record') THEN "key"
        ELSE (SELECT home FROM invocations WHERE invocations.id = outbox.invocation)
    END
"""


def upgrade() -> None:
    """Add it, and say it of what there is."""
    lane: sa.Column[str] = sa.Column("lane", sa.Text(), nullable=False, server_default="")
    op.add_column("outbox", lane)
    op.execute(_FILL)
    owed = sa.text("wanted > delivered")
    columns = ["lane", "final", "not_before"]
    op.create_index("ix_outbox_owed_lane", "outbox", columns, sqlite_where=owed, postgresql_where=owed)
