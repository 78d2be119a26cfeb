"""Which browser typed a registration and waits for a mail, and where a mailed link's log-in is to lead."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("registrations", sa.Column("secret_hash", sa.String(64)))
    op.add_column("links", sa.Column("waiting_hash", sa.String(64)))
    op.add_column("links", sa.Column("next_path", sa.String(500), nullable=False, server_default=""))
    op.create_index("links_of_waiting", "links", ["waiting_hash", "created_at"])
