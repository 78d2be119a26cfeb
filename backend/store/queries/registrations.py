"""Statements about registrations: what was typed at a sign-up, until its address is confirmed."""

from datetime import datetime

from sqlalchemy import delete, select, update

from backend.store.records import Registration
from backend.store.rows import RecordMapper, Statements
from backend.store.tables import registrations

REGISTRATION = RecordMapper(registrations, Registration)


class Registrations(Statements):
    def find_by_id(self, registration_id: str) -> Registration | None:
        found = select(*REGISTRATION.columns).where(registrations.c.id == registration_id)
        return REGISTRATION.from_row_or_none(self.connection.execute(found).first())

    def find_by_secret(self, user_id: str, secret_hash: str) -> Registration | None:
        """Find the user's newest registration that was typed in the browser with this registration secret."""
        condition = (registrations.c.user_id == user_id) & (registrations.c.secret_hash == secret_hash)
        newest = select(*REGISTRATION.columns).where(condition).order_by(registrations.c.created_at.desc()).limit(1)
        return REGISTRATION.from_row_or_none(self.connection.execute(newest).first())

    def list_for_user(self, user_id: str) -> list[Registration]:
        """List a user's registrations, newest first."""
        found = select(*REGISTRATION.columns).where(registrations.c.user_id == user_id)
        newest_first = found.order_by(registrations.c.created_at.desc(), registrations.c.id)
        return REGISTRATION.from_rows(self.connection.execute(newest_first).all())

    def insert(self, registration: Registration) -> None:
        self._insert(registrations, registration)

    def renew(self, registration_id: str, *, now: datetime, user_agent: str, address: str, language: str) -> None:
        """Date a registration anew whose form was sent once more, and say from where."""
        values = {"created_at": now, "user_agent": user_agent, "address": address, "language": language}
        self.connection.execute(update(registrations).where(registrations.c.id == registration_id).values(values))

    def delete(self, registration_id: str) -> None:
        self.connection.execute(delete(registrations).where(registrations.c.id == registration_id))

    def delete_all(self, user_id: str) -> None:
        self.connection.execute(delete(registrations).where(registrations.c.user_id == user_id))
