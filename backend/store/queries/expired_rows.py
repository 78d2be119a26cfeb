"""Statements that delete expired rows, in batches, each by an index on its time."""

from datetime import datetime

from sqlalchemy import ColumnElement, Table, delete, exists, select

from backend.store.rows import Statements
from backend.store.tables import devices, files, limits, links, registrations, sessions, users


class ExpiredRows(Statements):
    """Each method deletes at most `count` rows that expired before a time, and returns how many it has deleted."""

    def delete_sessions(self, before: datetime, count: int) -> int:
        return self._delete(sessions, sessions.c.expires_at < before, count)

    def delete_limits(self, before: datetime, count: int) -> int:
        return self._delete(limits, limits.c.expires_at < before, count)

    def delete_devices(self, before: datetime, count: int) -> int:
        return self._delete(devices, devices.c.expires_at < before, count)

    def delete_links(self, before: datetime, count: int) -> int:
        """Delete links, and by cascade their mails."""
        return self._delete(links, links.c.expires_at < before, count)

    def delete_registrations(self, before: datetime, count: int) -> int:
        """Delete registrations, and users of whom nothing else is there: an address typed once, never confirmed."""
        is_old = registrations.c.created_at < before
        old = self.connection.execute(
            select(registrations.c.id, registrations.c.user_id).where(is_old).limit(count)
        ).all()
        if old:
            self.connection.execute(delete(registrations).where(registrations.c.id.in_([row.id for row in old])))
            theirs = users.c.id.in_([row.user_id for row in old])
            never_confirmed = users.c.email_verified.is_(False) & users.c.password_hash.is_(None)
            is_waiting = exists().where(registrations.c.user_id == users.c.id)
            self.connection.execute(delete(users).where(theirs & never_confirmed & ~is_waiting))
        return len(old)

    def delete_photos(self, before: datetime, count: int) -> int:
        """Delete photos uploaded by the site that no user's profile has pointed to since a time."""
        return self._delete(files, files.c.left_at < before, count)

    def _delete(self, table: Table, condition: ColumnElement[bool], count: int) -> int:
        """Find the rows first, then delete them by id: in one statement PostgreSQL would read a small table whole, and
        collide with every writer of it."""
        found = self.connection.execute(select(table.c.id).where(condition).limit(count)).scalars().all()
        if found:
            self.connection.execute(delete(table).where(table.c.id.in_(found)))
        return len(found)
