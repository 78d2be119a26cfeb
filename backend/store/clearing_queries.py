"""Statements that remove what is over, a few rows at a time, each by an index on its time."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, Table, delete, exists, select

from backend.store.rows import Statements
from backend.store.tables import devices, files, limits, links, registrations, sessions, users


class Leftovers(Statements):
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
        old = select(registrations.c.user_id).where(registrations.c.created_at < before).limit(count)
        whose = [row[0] for row in self.connection.execute(old)]
        removed = self._remove(registrations, registrations.c.created_at < before, count)
        never_confirmed = users.c.email_verified.is_(False) & users.c.password_hash.is_(None)
        waits = exists().where(registrations.c.user_id == users.c.id)
        self.connection.execute(delete(users).where(users.c.id.in_(whose) & never_confirmed & ~waits))
        return removed

    def photos(self, after: datetime, before: datetime, count: int) -> int:
        """Photos of the site's (tag `avatar`) to which their user does not point, changed or left in this time."""
        settled = (files.c.updated_at >= after) & (files.c.updated_at < before)
        is_photo = files.c.tags.like('%"avatar"%')
        points = exists().where((users.c.id == files.c.user_id) & users.c.profile_picture.endswith(files.c.id))
        return self._remove(files, settled & is_photo & ~points, count)

    def _remove(self, table: Table, which: ColumnElement[bool], count: int) -> int:
        few: Select[tuple[str]] = select(table.c.id).where(which).limit(count)
        return self.connection.execute(delete(table).where(table.c.id.in_(few))).rowcount
