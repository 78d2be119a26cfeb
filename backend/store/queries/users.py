"""Statements about accounts."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Integer, bindparam, delete, insert, select, update

from backend.store.compiled import Compiled
from backend.store.records import User
from backend.store.rows import RecordMapper, Statements, from_parameters
from backend.store.tables import users

USER = RecordMapper(users, User)
_IS_IT = users.c.id == bindparam("user_id")
BY_ID = Compiled(select(*USER.columns).where(_IS_IT))
BY_PHONE = Compiled(select(*USER.columns).where(users.c.phone == bindparam("phone")))
BY_EMAIL = Compiled(select(*USER.columns).where(users.c.email_key == bindparam("email_key")))
_WILL_LEAVE, _HAS_LEFT = users.c.leaves_at > bindparam("now"), users.c.leaves_at <= bindparam("now")
BEGIN_LEAVING = Compiled(
    update(users).where(_IS_IT & users.c.leaves_at.is_(None)).values(leaves_at=bindparam("its_end"))
)
KEEP = Compiled(update(users).where(_IS_IT & _WILL_LEAVE).values(leaves_at=None))
LEAVE_NOW = Compiled(update(users).where(_IS_IT & _WILL_LEAVE).values(leaves_at=bindparam("now")))
LEFT = Compiled(select(users.c.id).where(_HAS_LEFT).limit(bindparam("count", type_=Integer)))
DELETE_LEFT = Compiled(delete(users).where(_IS_IT & _HAS_LEFT))
INSERT, DELETE = Compiled(insert(users)), Compiled(delete(users).where(_IS_IT))


@cache
def _update_columns(*names: str) -> Compiled:
    """Make the statement that sets these columns."""
    return Compiled(update(users).where(_IS_IT).values(from_parameters(*names)))


class Users(Statements):
    def find_by_id(self, user_id: str) -> User | None:
        return USER.from_row_or_none(BY_ID.fetch_first(self.connection, user_id=user_id))

    def find_by_email(self, email_key: str) -> User | None:
        return USER.from_row_or_none(BY_EMAIL.fetch_first(self.connection, email_key=email_key))

    def find_by_phone(self, phone: str) -> User | None:
        return USER.from_row_or_none(BY_PHONE.fetch_first(self.connection, phone=phone))

    def insert(self, user: User) -> None:
        INSERT.execute(self.connection, **asdict(user))

    def update(self, user_id: str, values: Mapping[str, Any]) -> None:
        """Set columns of a user, by name. No values, no statement."""
        if values:
            _update_columns(*sorted(values)).execute(self.connection, user_id=user_id, **values)

    def delete(self, user_id: str) -> None:
        """Delete the user, and by cascade all that is theirs: sessions, links, mails, files."""
        DELETE.execute(self.connection, user_id=user_id)

    # -- Leaving. Each returns whether it was this one that did it.

    def begin_leaving(self, user_id: str, leaves_at: datetime) -> bool:
        """Set when the user is deleted, who is not leaving yet."""
        return BEGIN_LEAVING.execute(self.connection, user_id=user_id, its_end=leaves_at) > 0

    def keep(self, user_id: str, now: datetime) -> bool:
        """Keep a user who is leaving and whose time is not over."""
        return KEEP.execute(self.connection, user_id=user_id, now=now) > 0

    def leave_now(self, user_id: str, now: datetime) -> bool:
        """End the time of a user who is leaving."""
        return LEAVE_NOW.execute(self.connection, user_id=user_id, now=now) > 0

    def list_left(self, now: datetime, count: int) -> list[str]:
        """List the ids of users whose time is over."""
        return LEFT.fetch_column(self.connection, now=now, count=count)

    def delete_left(self, user_id: str, now: datetime) -> bool:
        """Delete a user whose time is over, and by cascade all that is theirs."""
        return DELETE_LEFT.execute(self.connection, user_id=user_id, now=now) > 0
