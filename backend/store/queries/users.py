"""Statements about accounts, what waits to become one, and facts about the installation."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from backend.store.records import Registration, User
from backend.store.rows import Shape, Statements
from backend.store.tables import meta, registrations, users

USER = Shape(users, User)
REGISTRATION = Shape(registrations, Registration)


class Meta(Statements):
    def value(self, key: str) -> str | None:
        row = self.connection.execute(select(meta.c.value).where(meta.c.key == key)).first()
        return None if row is None else str(row[0])

    def check_writable(self) -> None:
        """Ask for something that a read-only server refuses, and that stands in nobody's way."""
        environment = select(meta.c.value).where(meta.c.key == "environment_id")
        self.connection.execute(environment.with_for_update(read=True, key_share=True)).one()

    def put(self, key: str, value: str) -> None:
        """Keeps a fact that has its row already (the migrations make them all), unless somebody is just doing so."""
        free = select(meta.c.key).where(meta.c.key == key).with_for_update(skip_locked=True)
        self.connection.execute(update(meta).where(meta.c.key == free.scalar_subquery()).values(value=value))


class Users(Statements):
    def by_id(self, user_id: str) -> User | None:
        return USER.maybe(self.connection.execute(select(*USER.columns).where(users.c.id == user_id)).first())

    def by_email(self, email_key: str) -> User | None:
        return USER.maybe(self.connection.execute(select(*USER.columns).where(users.c.email_key == email_key)).first())

    def add(self, user: User) -> None:
        self._insert(users, user)

    def change(self, user_id: str, values: Mapping[str, Any]) -> None:
        if values:
            self.connection.execute(update(users).where(users.c.id == user_id).values(dict(values)))

    def remove(self, user_id: str) -> None:
        """With everything that is the user's."""
        self.connection.execute(delete(users).where(users.c.id == user_id))


class Registrations(Statements):
    def by_id(self, registration_id: str) -> Registration | None:
        found = select(*REGISTRATION.columns).where(registrations.c.id == registration_id)
        return REGISTRATION.maybe(self.connection.execute(found).first())

    def of_user(self, user_id: str) -> list[Registration]:
        """Newest first."""
        found = select(*REGISTRATION.columns).where(registrations.c.user_id == user_id)
        newest_first = found.order_by(registrations.c.created_at.desc(), registrations.c.id)
        return REGISTRATION.all(self.connection.execute(newest_first).all())

    def typed_in(self, user_id: str, secret_hash: str) -> Registration | None:
        """The newest that was typed in the browser with this secret."""
        typed = (registrations.c.user_id == user_id) & (registrations.c.secret_hash == secret_hash)
        newest = select(*REGISTRATION.columns).where(typed).order_by(registrations.c.created_at.desc()).limit(1)
        return REGISTRATION.maybe(self.connection.execute(newest).first())

    def add(self, registration: Registration) -> None:
        self._insert(registrations, registration)

    def renew(self, registration_id: str, *, now: datetime, user_agent: str, address: str, language: str) -> None:
        """The same was typed once more."""
        client = {"created_at": now, "user_agent": user_agent, "address": address, "language": language}
        self.connection.execute(update(registrations).where(registrations.c.id == registration_id).values(client))

    def remove(self, registration_id: str) -> None:
        self.connection.execute(delete(registrations).where(registrations.c.id == registration_id))

    def remove_all(self, user_id: str) -> None:
        self.connection.execute(delete(registrations).where(registrations.c.user_id == user_id))
