"""Statements about accounts."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update

from backend.store.records import User
from backend.store.rows import RecordMapper, Statements
from backend.store.tables import users

USER = RecordMapper(users, User)


class Users(Statements):
    def find_by_id(self, user_id: str) -> User | None:
        return self._find(users.c.id == user_id)

    def find_by_email(self, email_key: str) -> User | None:
        return self._find(users.c.email_key == email_key)

    def insert(self, user: User) -> None:
        self._insert(users, user)

    def update(self, user_id: str, values: Mapping[str, Any]) -> None:
        """Set columns of a user, by name. No values, no statement."""
        if values:
            self.connection.execute(update(users).where(users.c.id == user_id).values(dict(values)))

    def delete(self, user_id: str) -> None:
        """Delete the user, and by cascade all that is theirs: sessions, links, mails, files."""
        self.connection.execute(delete(users).where(users.c.id == user_id))

    def _find(self, condition: ColumnElement[bool]) -> User | None:
        return USER.from_row_or_none(self.connection.execute(select(*USER.columns).where(condition)).first())
