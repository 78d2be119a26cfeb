"""Mails name the channel that they leave by. One need not have a link, nor an owner who is still there."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.drop_index("mails_due", "mails")
    with op.batch_alter_table("mails") as mails:  # SQLite has to make the table anew
        mails.add_column(sa.Column("channel", sa.String(20), nullable=False, server_default="mail"))
        mails.alter_column("link_id", existing_type=sa.String(24), nullable=True)
        mails.alter_column("user_id", existing_type=sa.String(24), nullable=True)
    op.create_index("mails_due", "mails", ["channel", "next_try_at"])
