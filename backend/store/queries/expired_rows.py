"""Statements that remove what is over, a few rows at a time, each by an index on its time."""

from datetime import datetime

from sqlalchemy import ColumnElement, Table, delete, exists, select

from backend.store.rows import Statements
from backend.store.tables import devices, files, limits, links, registrations, sessions, users


class ExpiredRows(Statements):
    """Each removes at most `count` rows and tells how many it did."""

    def sessions(self, before: datetime, count: int) -> int:
        return self._remove(sessions, sessions.c.expires_at < before, count)

    def limits(self, before: datetime, count: int) -> int:
        return self._remove(limits, limits.c.expires_at < before, count)

    def devices(self, before: datetime, count: int) -> int:
        return self._remove(devices, devices.c.expires_at < before, count)

    def links(self, before: datetime, count: int) -> int:
        """Their mails go with them."""
        return self._remove(links, links.c.expires_at < before, count)

    def registrations(self, before: datetime, count: int) -> int:
        """And the users of whom nothing else was ever there: addresses that somebody typed and nobody confirmed."""
        is_old = registrations.c.created_at < before
        old = self.connection.execute(
            select(registrations.c.id, registrations.c.user_id).where(is_old).limit(count)
        ).all()
        if old:
            self.connection.execute(delete(registrations).where(registrations.c.id.in_([row.id for row in old])))
            whose = users.c.id.in_([row.user_id for row in old])
            never_confirmed = users.c.email_verified.is_(False) & users.c.password_hash.is_(None)
            waits = exists().where(registrations.c.user_id == users.c.id)
            self.connection.execute(delete(users).where(whose & never_confirmed & ~waits))
        return len(old)

    def photos(self, before: datetime, count: int) -> int:
        """Photos of the site's to which nobody has pointed since then."""
        return self._remove(files, files.c.left_at < before, count)

    def _remove(self, table: Table, which: ColumnElement[bool], count: int) -> int:
        """Found first and then removed by their ids: in one statement PostgreSQL would read a small table whole, and
        collide with whoever writes there."""
        found = self.connection.execute(select(table.c.id).where(which).limit(count)).scalars().all()
        if found:
            self.connection.execute(delete(table).where(table.c.id.in_(found)))
        return len(found)
