"""When a person last proved on a session who they are, and the token that a session had before."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("sessions", sa.Column("confirmed_at", sa.BigInteger))
    op.add_column("sessions", sa.Column("confirmed_by", sa.String(20)))
    op.add_column("sessions", sa.Column("previous_hash", sa.String(64)))
    op.add_column("sessions", sa.Column("previous_until", sa.BigInteger))
    is_renewed = sa.text("previous_hash IS NOT NULL")
    op.create_index(
        "sessions_by_previous",
        "sessions",
        ["previous_hash"],
        unique=True,
        sqlite_where=is_renewed,
        postgresql_where=is_renewed,
    )
