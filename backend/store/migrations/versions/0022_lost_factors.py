"""Those who have lost their factors, and wait for these to be removed."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.add_column("users", sa.Column("recovers_at", sa.BigInteger))
    op.create_table(
        "lost_factors",
        sa.Column("user_id", sa.String(24), sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("is_by_mail", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("next_mail_at", sa.BigInteger, nullable=False),
        sa.Column("user_agent", sa.Text, nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
    )
    op.create_index("lost_factors_by_mail", "lost_factors", ["next_mail_at"])
