"""Of a change of address: the session that asked for it, and the other one of its two addresses."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("links", sa.Column("session_id", sa.String(24)))
    op.add_column("links", sa.Column("other_email", sa.String(254)))
