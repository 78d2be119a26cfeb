"""Statements that delete expired rows, in batches, each by an index on its time."""

from datetime import datetime

from sqlalchemy import ColumnElement, Integer, Table, bindparam, delete, exists, select

from backend.store.compiled import Compiled, Connection
from backend.store.rows import Statements
from backend.store.tables import (
    devices,
    events,
    files,
    limits,
    links,
    mails,
    phone_codes,
    proven_identities,
    recovery_sets,
    registrations,
    sessions,
    tickets,
    used_challenges,
    users,
)

_COUNT = bindparam("count", type_=Integer)


class _Expired:
    """The rows of a table that expired before a time."""

    def __init__(self, table: Table, time: ColumnElement[datetime], *conditions: ColumnElement[bool]) -> None:
        self._find = Compiled(select(table.c.id).where(time < bindparam("before"), *conditions).limit(_COUNT))
        self._delete = Compiled(delete(table).where(table.c.id.in_(bindparam("ids"))))

    def delete(self, connection: Connection, before: datetime, count: int) -> int:
        """Find the rows first, then delete them by id: in one statement PostgreSQL would read a small table whole, and
        collide with every writer of it."""
        found = self._find.fetch_column(connection, before=before, count=count)
        if found:
            self._delete.execute(connection, ids=found)
        return len(found)


SESSIONS, LINKS = _Expired(sessions, sessions.c.expires_at), _Expired(links, links.c.expires_at)
LIMITS, DEVICES = _Expired(limits, limits.c.expires_at), _Expired(devices, devices.c.expires_at)
TICKETS = _Expired(tickets, tickets.c.expires_at)
RECOVERY_SETS = _Expired(recovery_sets, recovery_sets.c.expires_at)
PROVEN_IDENTITIES = _Expired(proven_identities, proven_identities.c.expires_at)
EVENTS = _Expired(events, events.c.last_at)
CHALLENGES = _Expired(used_challenges, used_challenges.c.expires_at)
PHONE_CODES = _Expired(phone_codes, phone_codes.c.expires_at)
MAILS = _Expired(mails, mails.c.created_at, mails.c.link_id.is_(None))
PHOTOS = _Expired(files, files.c.left_at)
REGISTRATIONS = Compiled(
    select(registrations.c.id, registrations.c.user_id)
    .where(registrations.c.created_at < bindparam("before"))
    .limit(_COUNT)
)
DELETE_REGISTRATIONS = Compiled(delete(registrations).where(registrations.c.id.in_(bindparam("ids"))))
DELETE_NEVER_CONFIRMED = Compiled(
    delete(users).where(
        users.c.id.in_(bindparam("ids"))
        & users.c.email_verified.is_(False)
        & users.c.phone_verified.is_(False)
        & users.c.password_hash.is_(None)
        & users.c.provider.is_(None)
        & (users.c.last_login_at <= users.c.sign_up_at)
        & ~exists().where(registrations.c.user_id == users.c.id)
    )
)


class ExpiredRows(Statements):
    """Each method deletes at most `count` rows that expired before a time, and returns how many it has deleted."""

    def delete_sessions(self, before: datetime, count: int) -> int:
        return SESSIONS.delete(self.connection, before, count)

    def delete_tickets(self, before: datetime, count: int) -> int:
        return TICKETS.delete(self.connection, before, count)

    def delete_limits(self, before: datetime, count: int) -> int:
        return LIMITS.delete(self.connection, before, count)

    def delete_devices(self, before: datetime, count: int) -> int:
        return DEVICES.delete(self.connection, before, count)

    def delete_challenges(self, before: datetime, count: int) -> int:
        """Delete what remembers of challenges that they were answered: by now none of them is taken any more."""
        return CHALLENGES.delete(self.connection, before, count)

    def delete_proven_identities(self, before: datetime, count: int) -> int:
        return PROVEN_IDENTITIES.delete(self.connection, before, count)

    def delete_links(self, before: datetime, count: int) -> int:
        """Delete links, and by cascade their mails."""
        return LINKS.delete(self.connection, before, count)

    def delete_mails(self, before: datetime, count: int) -> int:
        """Delete mails that have no link to go with."""
        return MAILS.delete(self.connection, before, count)

    def delete_phone_codes(self, before: datetime, count: int) -> int:
        """Delete codes by SMS, with them a new number that was asked for and never confirmed."""
        return PHONE_CODES.delete(self.connection, before, count)

    def delete_recovery_sets(self, before: datetime, count: int) -> int:
        """Delete sets of recovery codes that nobody has said to have kept. One in force has no expiry."""
        return RECOVERY_SETS.delete(self.connection, before, count)

    def delete_events(self, before: datetime, count: int) -> int:
        return EVENTS.delete(self.connection, before, count)

    def delete_registrations(self, before: datetime, count: int) -> int:
        """Delete registrations, and users of whom nothing else is there: an address typed once, never confirmed."""
        old = REGISTRATIONS.fetch_all(self.connection, before=before, count=count)
        if old:
            DELETE_REGISTRATIONS.execute(self.connection, ids=[row[0] for row in old])
            DELETE_NEVER_CONFIRMED.execute(self.connection, ids=[row[1] for row in old])
        return len(old)

    def delete_photos(self, before: datetime, count: int) -> int:
        """Delete photos uploaded by the site that no user's profile has pointed to since a time."""
        return PHOTOS.delete(self.connection, before, count)
