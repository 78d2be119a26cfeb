"""What became of a mail: how often it was refused for good, how often an answer was lost, the latest refusal's code."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("mails", sa.Column("refusals", sa.Integer, nullable=False, server_default="0"))
    op.add_column("mails", sa.Column("lost_answers", sa.Integer, nullable=False, server_default="0"))
    op.add_column("mails", sa.Column("code", sa.String(16)))
