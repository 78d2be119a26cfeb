"""Statements about registrations: what was typed at a sign-up, until its address is confirmed."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update

from backend.store.compiled import Compiled
from backend.store.records import Registration
from backend.store.rows import RecordMapper, Statements, from_parameters
from backend.store.tables import registrations

REGISTRATION = RecordMapper(registrations, Registration)
_IS_IT = registrations.c.id == bindparam("registration_id")
_OF_USER = registrations.c.user_id == bindparam("user_id")
_NEWEST_FIRST = select(*REGISTRATION.columns).where(_OF_USER).order_by(registrations.c.created_at.desc())
BY_ID = Compiled(select(*REGISTRATION.columns).where(_IS_IT))
BY_SECRET = Compiled(_NEWEST_FIRST.where(registrations.c.secret_hash == bindparam("secret_hash")).limit(1))
OF_USER = Compiled(_NEWEST_FIRST.order_by(registrations.c.id))
INSERT = Compiled(insert(registrations))
RENEW = Compiled(
    update(registrations).where(_IS_IT).values(from_parameters("created_at", "user_agent", "address", "language"))
)
GIVE_ALL = Compiled(update(registrations).where(_OF_USER).values(user_id=bindparam("owner")))
DELETE, DELETE_ALL = Compiled(delete(registrations).where(_IS_IT)), Compiled(delete(registrations).where(_OF_USER))


class Registrations(Statements):
    def find_by_id(self, registration_id: str) -> Registration | None:
        return REGISTRATION.from_row_or_none(BY_ID.fetch_first(self.connection, registration_id=registration_id))

    def find_by_secret(self, user_id: str, secret_hash: str) -> Registration | None:
        """Find the user's newest registration that was typed in the browser with this registration secret."""
        newest = BY_SECRET.fetch_first(self.connection, user_id=user_id, secret_hash=secret_hash)
        return REGISTRATION.from_row_or_none(newest)

    def list_for_user(self, user_id: str) -> list[Registration]:
        """List a user's registrations, newest first."""
        return REGISTRATION.from_rows(OF_USER.fetch_all(self.connection, user_id=user_id))

    def insert(self, registration: Registration) -> None:
        INSERT.execute(self.connection, **asdict(registration))

    def renew(self, registration_id: str, *, now: datetime, user_agent: str, address: str, language: str) -> None:
        """Date a registration anew whose form was sent once more, and say from where."""
        values = {"created_at": now, "user_agent": user_agent, "address": address, "language": language}
        RENEW.execute(self.connection, registration_id=registration_id, **values)

    def give_all(self, user_id: str, to: str) -> None:
        """Let all of a user's registrations be another one's."""
        GIVE_ALL.execute(self.connection, user_id=user_id, owner=to)

    def delete(self, registration_id: str) -> None:
        DELETE.execute(self.connection, registration_id=registration_id)

    def delete_all(self, user_id: str) -> None:
        DELETE_ALL.execute(self.connection, user_id=user_id)
