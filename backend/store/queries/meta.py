"""Statements about facts of the installation, a key and a text each."""

from sqlalchemy import bindparam, select, update

from backend.store.compiled import Compiled
from backend.store.rows import Statements
from backend.store.tables import meta

_IS_IT = meta.c.key == bindparam("which")
_FREE = select(meta.c.key).where(_IS_IT).with_for_update(skip_locked=True).scalar_subquery()
VALUE = Compiled(select(meta.c.value).where(_IS_IT))
SET = Compiled(update(meta).where(meta.c.key == _FREE).values(value=bindparam("new_value")))
LOCK = Compiled(select(meta.c.value).where(_IS_IT).with_for_update(read=True, key_share=True))


class Meta(Statements):
    """The keys: `environment_id`, `mail_server` and `sms_service` ("here" or "away"), and two that only cost time,
    against user enumeration: `last_unsent_mail` and `last_unwritten_event`."""

    def get(self, key: str) -> str | None:
        row = VALUE.fetch_first(self.connection, which=key)
        return None if row is None else str(row[0])

    def set(self, key: str, value: str) -> None:
        """Update a key whose row a migration has made. Does nothing while another transaction holds the row."""
        SET.execute(self.connection, which=key, new_value=value)

    def check_writable(self) -> None:
        """Take a lock that a read-only server refuses, and that blocks nobody."""
        LOCK.fetch_all(self.connection, which="environment_id")
