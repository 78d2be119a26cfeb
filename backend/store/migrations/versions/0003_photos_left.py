"""Photos are looked at by when they changed: one may be left long after it was uploaded."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.drop_index("files_by_time", "files")
    op.create_index("files_by_time", "files", ["updated_at"])
