"""Statements about identities: who somebody is at a provider."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from backend.store.compiled import Compiled
from backend.store.records import Identity
from backend.store.rows import RecordMapper, Statements, begin_upsert, from_parameters
from backend.store.tables import identities, users

IDENTITY = RecordMapper(identities, Identity)
_IS_IT = identities.c.id == bindparam("identity_id")
_OF_USER = identities.c.user_id == bindparam("user_id")
_KEY = (identities.c.provider, identities.c.issuer, identities.c.subject)


def _insert(driver: str) -> Any:
    return begin_upsert(identities, driver).on_conflict_do_nothing(index_elements=_KEY)


BY_KEY = Compiled(
    select(*IDENTITY.columns).where(
        (identities.c.provider == bindparam("provider"))
        & (identities.c.issuer == bindparam("issuer"))
        & (identities.c.subject == bindparam("subject"))
    )
)
OF_USER = Compiled(select(*IDENTITY.columns).where(_OF_USER).order_by(identities.c.created_at, identities.c.id))
INSERT = Compiled(_insert)
RECORD_USE = Compiled(update(identities).where(_IS_IT).values(from_parameters("name", "email", "last_used_at")))
DELETE = Compiled(delete(identities).where(_OF_USER & _IS_IT))
DELETE_SINCE = Compiled(
    delete(identities).where(_OF_USER & (identities.c.created_at >= bindparam("since"))).returning(*IDENTITY.columns)
)
FORGET_ORIGIN = Compiled(
    update(users)
    .where(
        (users.c.id == bindparam("user_id"))
        & (users.c.provider == bindparam("of_provider"))
        & (users.c.provider_user_id == bindparam("of_subject"))
    )
    .values(provider=None, provider_user_id=None)
)


class Identities(Statements):
    def find(self, provider: str, issuer: str, subject: str) -> Identity | None:
        """Find whose identity it is, by nothing but the key of it."""
        found = BY_KEY.fetch_first(self.connection, provider=provider, issuer=issuer, subject=subject)
        return IDENTITY.from_row_or_none(found)

    def list_for_user(self, user_id: str) -> list[Identity]:
        """List a user's identities, oldest first."""
        return IDENTITY.from_rows(OF_USER.fetch_all(self.connection, user_id=user_id))

    def insert(self, identity: Identity) -> bool:
        """Insert an identity. Return False, and change nothing, where it is somebody's already."""
        return INSERT.execute(self.connection, **asdict(identity)) == 1

    def record_use(self, identity_id: str, *, name: str | None, email: str | None, now: datetime) -> None:
        """Note a log-in, and what the provider said of the person."""
        RECORD_USE.execute(self.connection, identity_id=identity_id, name=name, email=email, last_used_at=now)

    def delete(self, identity: Identity) -> None:
        """Delete an identity; the account no longer counts as created with it."""
        DELETE.execute(self.connection, user_id=identity.user_id, identity_id=identity.id)
        self._forget_origin(identity)

    def delete_since(self, user_id: str, since: datetime) -> list[Identity]:
        """Delete the user's identities that were connected at this time or later. Return them."""
        deleted = IDENTITY.from_rows(DELETE_SINCE.fetch_all(self.connection, user_id=user_id, since=since))
        for identity in deleted:
            self._forget_origin(identity)
        return deleted

    def _forget_origin(self, identity: Identity) -> None:
        origin = {"of_provider": identity.provider, "of_subject": identity.subject}
        FORGET_ORIGIN.execute(self.connection, user_id=identity.user_id, **origin)
