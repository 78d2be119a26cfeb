"""Which mail brings a link, and whether it was answered by "This wasn't me"."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("links", sa.Column("letter", sa.String(20), nullable=False, server_default=""))
    op.add_column("links", sa.Column("disowned_at", sa.BigInteger))
    kind = "(SELECT kind FROM mails WHERE mails.link_id = links.id LIMIT 1)"
    op.execute(f"UPDATE links SET letter = COALESCE({kind}, '')")  # noqa: S608 (no input)
