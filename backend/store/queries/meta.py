"""Statements about facts of the installation, a key and a text each."""

from sqlalchemy import select, update

from backend.store.rows import Statements
from backend.store.tables import meta


class Meta(Statements):
    """The keys: `environment_id`, and `mail_server` ("here" or "away")."""

    def get(self, key: str) -> str | None:
        row = self.connection.execute(select(meta.c.value).where(meta.c.key == key)).first()
        return None if row is None else str(row[0])

    def set(self, key: str, value: str) -> None:
        """Update a key whose row a migration has made. Does nothing while another transaction holds the row."""
        free = select(meta.c.key).where(meta.c.key == key).with_for_update(skip_locked=True)
        self.connection.execute(update(meta).where(meta.c.key == free.scalar_subquery()).values(value=value))

    def check_writable(self) -> None:
        """Take a lock that a read-only server refuses, and that blocks nobody."""
        environment = select(meta.c.value).where(meta.c.key == "environment_id")
        self.connection.execute(environment.with_for_update(read=True, key_share=True)).one()
