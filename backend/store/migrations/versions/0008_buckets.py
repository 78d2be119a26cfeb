"""Buckets of one's own. A file of none is in the bucket `root`, which everybody has and no row says."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "buckets",
        sa.Column("id", sa.String(24), primary_key=True),
        sa.Column("user_id", sa.String(24), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("is_public", sa.Boolean, nullable=False),
        sa.Column("tags", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
    )
    op.create_index("buckets_of_user", "buckets", ["user_id", "name"], unique=True)
    op.add_column("files", sa.Column("bucket_id", sa.String(24)))
    op.create_index("files_of_bucket", "files", ["bucket_id"])
