"""Which session has made a pending set of recovery codes, and alone is shown it."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.add_column("recovery_sets", sa.Column("session_id", sa.String(24)))
