"""Recovery codes, and what the mails about them say."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.add_column("links", sa.Column("details", sa.Text, nullable=False, server_default="{}"))
    op.create_table(
        "recovery_sets",
        sa.Column("id", sa.String(24), primary_key=True),
        sa.Column("user_id", sa.String(24), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("seed_hash", sa.String(64), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger),
    )
    op.create_index("recovery_sets_of_user", "recovery_sets", ["user_id", "is_active"], unique=True)
    expires = sa.text("expires_at IS NOT NULL")
    op.create_index(
        "recovery_sets_by_expiry", "recovery_sets", ["expires_at"], sqlite_where=expires, postgresql_where=expires
    )
    op.create_table(
        "recovery_codes",
        sa.Column("set_id", sa.String(24), sa.ForeignKey("recovery_sets.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("selector", sa.String(1), primary_key=True),
        sa.Column("hash", sa.String(200), nullable=False),
        sa.Column("used_at", sa.BigInteger),
    )
