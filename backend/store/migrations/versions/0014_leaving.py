"""When an account is deleted whose owner leaves."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("users", sa.Column("leaves_at", sa.BigInteger))
    leaves = sa.text("leaves_at IS NOT NULL")
    op.create_index("users_leaving", "users", ["leaves_at"], sqlite_where=leaves, postgresql_where=leaves)
