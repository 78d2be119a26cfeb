"""Which address a link reserves for its account, so that nobody else registers it while the link can bring it back."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

links = sa.table(
    "links", sa.column("id"), sa.column("kind"), sa.column("email"), sa.column("spent_at"), sa.column("reserved_key")
)


def upgrade() -> None:
    op.add_column("links", sa.Column("reserved_key", sa.String(254)))
    reserves = sa.text("reserved_key IS NOT NULL")
    op.create_index("links_of_reserved", "links", ["reserved_key"], sqlite_where=reserves, postgresql_where=reserves)
    _reserve_addresses(op.get_bind())


def _reserve_addresses(connection: sa.Connection) -> None:
    """Those of the changes of the last days. In Python, for SQLite lowers no letters but ASCII."""
    undoes = (links.c.kind == "undo-email") & links.c.spent_at.is_(None)
    for link_id, email in connection.execute(sa.select(links.c.id, links.c.email).where(undoes)).all():
        connection.execute(links.update().where(links.c.id == link_id).values(reserved_key=email.lower()))
