"""Which session has begun with the secret of an authenticator app."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("authenticators", sa.Column("session_id", sa.String(24)))
