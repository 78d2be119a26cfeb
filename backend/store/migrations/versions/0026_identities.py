"""Identities: who somebody is at a provider, and which of them an account was created with."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.add_column("users", sa.Column("provider", sa.String(20)))
    op.add_column("users", sa.Column("provider_user_id", sa.String(255)))
    op.create_table(
        "identities",
        sa.Column("id", sa.String(24), primary_key=True),
        sa.Column("user_id", sa.String(24), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("provider", sa.String(20), nullable=False),
        sa.Column("issuer", sa.String(255), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("name", sa.String(100)),
        sa.Column("email", sa.String(254)),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("last_used_at", sa.BigInteger),
    )
    op.create_index("identities_of_user", "identities", ["user_id", "created_at"])
    op.create_index("identities_by_subject", "identities", ["provider", "issuer", "subject"], unique=True)
    op.create_table(
        "proven_identities",
        sa.Column("id", sa.String(24), primary_key=True),
        sa.Column("user_id", sa.String(24), sa.ForeignKey("users.id", ondelete="CASCADE")),
        sa.Column("purpose", sa.String(10), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("provider", sa.String(20), nullable=False),
        sa.Column("issuer", sa.String(255), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("name", sa.String(100)),
        sa.Column("email", sa.String(254)),
        sa.Column("session_id", sa.String(24)),
        sa.Column("browser_hash", sa.String(64)),
        sa.Column("registration_id", sa.String(24), sa.ForeignKey("registrations.id", ondelete="CASCADE")),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("spent_at", sa.BigInteger),
    )
    op.create_index("proven_identities_of_user", "proven_identities", ["user_id", "created_at"])
    waits = sa.text("registration_id IS NOT NULL")
    op.create_index(
        "proven_identities_of_registration",
        "proven_identities",
        ["registration_id"],
        sqlite_where=waits,
        postgresql_where=waits,
    )
    op.create_index("proven_identities_by_expiry", "proven_identities", ["expires_at"])
