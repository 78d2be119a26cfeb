"""Delete orphans: photos nobody points to, however old, and the users of registrations that were discarded."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.drop_index("files_by_time", "files")
    op.add_column("files", sa.Column("left_at", sa.BigInteger))
    op.create_index("files_left", "files", ["left_at"])
    op.execute(
        "UPDATE files SET left_at = updated_at WHERE tags LIKE '%\"avatar\"%' AND NOT EXISTS (SELECT 1 FROM users"
        " WHERE users.id = files.user_id AND users.profile_picture LIKE '%' || files.id || '%')"
    )
    op.execute(
        "DELETE FROM users WHERE NOT email_verified AND password_hash IS NULL AND NOT EXISTS"
        " (SELECT 1 FROM registrations WHERE registrations.user_id = users.id)"
    )
