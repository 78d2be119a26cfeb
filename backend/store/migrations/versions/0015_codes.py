"""What the codes of mailed links are bound to, and how often they were tried. Links of before have none."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("links", sa.Column("request_hash", sa.String(64)))
    op.add_column("links", sa.Column("tries", sa.Integer, nullable=False, server_default="0"))
    has_code = sa.text("request_hash IS NOT NULL")
    op.create_index(
        "links_of_request", "links", ["request_hash", "created_at"], sqlite_where=has_code, postgresql_where=has_code
    )
