"""What is typed with a ticket is an attempt, as a mailed code is."""

from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.execute("ALTER TABLE tickets RENAME COLUMN tries TO attempts")
