"""Statements about accounts."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from backend.store.compiled import Compiled
from backend.store.records import User
from backend.store.rows import RecordMapper, Statements, from_parameters
from backend.store.tables import users

USER = RecordMapper(users, User)
_IS_IT = users.c.id == bindparam("user_id")
BY_ID = Compiled(select(*USER.columns).where(_IS_IT))
BY_EMAIL = Compiled(select(*USER.columns).where(users.c.email_key == bindparam("email_key")))
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

    def insert(self, user: User) -> None:
        INSERT.execute(self.connection, **asdict(user))

    def update(self, user_id: str, values: Mapping[str, Any]) -> None:
        """Set columns of a user, by name. No values, no statement."""
        if values:
            _update_columns(*sorted(values)).execute(self.connection, user_id=user_id, **values)

    def delete(self, user_id: str) -> None:
        """Delete the user, and by cascade all that is theirs: sessions, links, mails, files."""
        DELETE.execute(self.connection, user_id=user_id)
