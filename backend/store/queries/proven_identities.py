"""Statements about identities that a provider has proven, and that wait to be used."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update

from backend.store.compiled import Compiled
from backend.store.records import ProvenRow
from backend.store.rows import RecordMapper, Statements
from backend.store.tables import proven_identities

PROVEN = RecordMapper(proven_identities, ProvenRow)
_IS_IT = proven_identities.c.id == bindparam("row_id")
_IS_UNSPENT = proven_identities.c.spent_at.is_(None)

BY_ID = Compiled(select(*PROVEN.columns).where(_IS_IT))
BY_TOKEN = Compiled(select(*PROVEN.columns).where(proven_identities.c.token_hash == bindparam("token_hash")))
BY_REGISTRATION = Compiled(
    select(*PROVEN.columns).where(proven_identities.c.registration_id == bindparam("registration_id"))
)
INSERT = Compiled(insert(proven_identities))
SPEND = Compiled(
    update(proven_identities).where(_IS_IT & _IS_UNSPENT).values(spent_at=bindparam("now"), user_id=bindparam("owner"))
)
END_ALL = Compiled(delete(proven_identities).where(proven_identities.c.user_id == bindparam("user_id")))


class ProvenIdentities(Statements):
    def find_by_id(self, row_id: str) -> ProvenRow | None:
        return PROVEN.from_row_or_none(BY_ID.fetch_first(self.connection, row_id=row_id))

    def find_by_token(self, token_hash: str) -> ProvenRow | None:
        return PROVEN.from_row_or_none(BY_TOKEN.fetch_first(self.connection, token_hash=token_hash))

    def find_by_registration(self, registration_id: str) -> ProvenRow | None:
        """Find the one that waits for the address of a registration to be confirmed."""
        found = BY_REGISTRATION.fetch_first(self.connection, registration_id=registration_id)
        return PROVEN.from_row_or_none(found)

    def insert(self, row: ProvenRow) -> None:
        INSERT.execute(self.connection, **asdict(row))

    def spend(self, row_id: str, user_id: str | None, now: datetime) -> bool:
        """Mark it as used, for a user. Return False where it was used before."""
        return SPEND.execute(self.connection, row_id=row_id, owner=user_id, now=now) == 1

    def end_all(self, user_id: str) -> None:
        """End all that wait for one user."""
        END_ALL.execute(self.connection, user_id=user_id)
