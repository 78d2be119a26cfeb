"""Statements about passkeys."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from backend.store.compiled import Compiled
from backend.store.records import Passkey
from backend.store.rows import RecordMapper, Statements, begin_upsert, from_parameters
from backend.store.tables import Instant, passkeys, users

PASSKEY = RecordMapper(passkeys, Passkey)
_IS_IT = passkeys.c.id == bindparam("passkey_id")
_OF_USER = passkeys.c.user_id == bindparam("user_id")


def _insert(driver: str) -> Any:
    return begin_upsert(passkeys, driver).on_conflict_do_nothing(index_elements=[passkeys.c.credential_id])


BY_CREDENTIAL = Compiled(select(*PASSKEY.columns).where(passkeys.c.credential_id == bindparam("credential_id")))
OF_USER = Compiled(select(*PASSKEY.columns).where(_OF_USER).order_by(passkeys.c.created_at, passkeys.c.id))
BY_ID = Compiled(select(*PASSKEY.columns).where(_OF_USER & _IS_IT))
COUNT = Compiled(select(func.count()).select_from(passkeys).where(_OF_USER))
INSERT = Compiled(_insert)
RECORD_USE = Compiled(
    update(passkeys)
    .where(_IS_IT & (passkeys.c.sign_count == bindparam("old_count")))
    .values(from_parameters("sign_count", "is_backed_up", "is_verifying", "last_used_at", "suspected_at"))
)
RENAME = Compiled(update(passkeys).where(_IS_IT).values(name=bindparam("new_name")))
DELETE = Compiled(delete(passkeys).where(_OF_USER & _IS_IT))
_SINCE = bindparam("since", type_=Instant)
DELETE_SINCE = Compiled(
    delete(passkeys).where(_OF_USER & ((passkeys.c.created_at >= _SINCE) | (passkeys.c.suspected_at >= _SINCE)))
)
DELETE_ALL = Compiled(delete(passkeys).where(_OF_USER))
SET_HANDLE = Compiled(
    update(users)
    .where((users.c.id == bindparam("user_id")) & users.c.passkey_handle.is_(None))
    .values(passkey_handle=bindparam("handle"))
)
HANDLE = Compiled(select(users.c.passkey_handle).where(users.c.id == bindparam("user_id")))


class Passkeys(Statements):
    def find_by_credential(self, credential_id: str) -> Passkey | None:
        return PASSKEY.from_row_or_none(BY_CREDENTIAL.fetch_first(self.connection, credential_id=credential_id))

    def find(self, user_id: str, passkey_id: str) -> Passkey | None:
        """Find one of the user's passkeys."""
        return PASSKEY.from_row_or_none(BY_ID.fetch_first(self.connection, user_id=user_id, passkey_id=passkey_id))

    def list_for_user(self, user_id: str) -> list[Passkey]:
        """List a user's passkeys, oldest first."""
        return PASSKEY.from_rows(OF_USER.fetch_all(self.connection, user_id=user_id))

    def count(self, user_id: str) -> int:
        return int(COUNT.fetch_column(self.connection, user_id=user_id)[0])

    def insert(self, passkey: Passkey) -> bool:
        """Insert a passkey. Return False, and change nothing, where somebody has one of this credential id."""
        return INSERT.execute(self.connection, **asdict(passkey)) == 1

    def record_use(
        self,
        passkey: Passkey,
        *,
        sign_count: int,
        is_backed_up: bool,
        is_verifying: bool,
        suspected_at: datetime | None,
        now: datetime,
    ) -> bool:
        """Note what a passkey said of itself when it was used. Return False, and change nothing, where another request
        has moved its counter since it was read."""
        said = {"sign_count": sign_count, "is_backed_up": is_backed_up, "is_verifying": is_verifying}
        times = {"last_used_at": now, "suspected_at": suspected_at}
        old = {"passkey_id": passkey.id, "old_count": passkey.sign_count}
        return RECORD_USE.execute(self.connection, **old, **said, **times) == 1

    def rename(self, passkey_id: str, name: str | None) -> None:
        RENAME.execute(self.connection, passkey_id=passkey_id, new_name=name)

    def delete(self, user_id: str, passkey_id: str) -> bool:
        """Delete one of the user's passkeys. Return whether it was there."""
        return DELETE.execute(self.connection, user_id=user_id, passkey_id=passkey_id) == 1

    def delete_since(self, user_id: str, since: datetime) -> int:
        """Delete the user's passkeys that were added, or suspected, at this time or later. Return how many."""
        return DELETE_SINCE.execute(self.connection, user_id=user_id, since=since)

    def delete_all(self, user_id: str) -> int:
        """Delete the user's passkeys. Return how many."""
        return DELETE_ALL.execute(self.connection, user_id=user_id)

    def ensure_handle(self, user_id: str, handle: str) -> str:
        """Give the user a handle, unless there is one. Return the one that there is."""
        SET_HANDLE.execute(self.connection, user_id=user_id, handle=handle)
        return str(HANDLE.fetch_column(self.connection, user_id=user_id)[0])
