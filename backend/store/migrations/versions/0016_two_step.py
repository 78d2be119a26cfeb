"""Authenticator apps, the tickets of log-ins that wait for their second factor, and who needs one."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("users", sa.Column("two_step_at", sa.BigInteger))
    op.add_column("sessions", sa.Column("factor", sa.String(20)))
    op.create_table(
        "authenticators",
        sa.Column("id", sa.String(24), primary_key=True),
        sa.Column("user_id", sa.String(24), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("secret", sa.String(200), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("proved_at", sa.BigInteger),
        sa.Column("active_at", sa.BigInteger),
        sa.Column("last_step", sa.Integer, nullable=False),
    )
    op.create_index("authenticators_of_user", "authenticators", ["user_id", "created_at"])
    in_use = sa.text("active_at IS NOT NULL")
    op.create_index(
        "authenticators_in_use",
        "authenticators",
        ["user_id"],
        unique=True,
        sqlite_where=in_use,
        postgresql_where=in_use,
    )
    op.create_table(
        "tickets",
        sa.Column("id", sa.String(24), primary_key=True),
        sa.Column("user_id", sa.String(24), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("method", sa.String(20), nullable=False),
        sa.Column("device_hash", sa.String(64)),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("spent_at", sa.BigInteger),
        sa.Column("proof_hash", sa.String(64)),
    )
    op.create_index("tickets_of_user", "tickets", ["user_id", "created_at"])
    op.create_index("tickets_by_expiry", "tickets", ["expires_at"])
