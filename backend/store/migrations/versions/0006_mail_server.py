"""Whether the mail server takes mails, as it was last seen: a fact of the installation."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute("INSERT INTO meta (key, value) VALUES ('mail_server', 'here')")
