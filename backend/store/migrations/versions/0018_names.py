"""One word for each thing: a link's handle is no reference, which is a request's, and codes are attempted."""

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.execute("ALTER TABLE links RENAME COLUMN reference_hash TO handle_hash")
    op.execute("ALTER TABLE links RENAME COLUMN tries TO attempts")
