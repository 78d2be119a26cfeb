"""Statements about known devices: browsers that have logged in to an account, which are counted apart."""

from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam, delete, select

from backend.store.compiled import Compiled
from backend.store.rows import Statements, begin_upsert
from backend.store.tables import devices


def _remember(driver: str) -> Any:
    insert = begin_upsert(devices, driver)
    renewed = {"expires_at": insert.excluded.expires_at}
    return insert.on_conflict_do_update(index_elements=[devices.c.id], set_=renewed)


_OF_USER = devices.c.user_id == bindparam("user_id")
BY_ID = Compiled(select(devices.c.id).where(devices.c.id == bindparam("device_id")))
OF_USER = Compiled(select(devices.c.id).where(_OF_USER).limit(1))
REMEMBER = Compiled(_remember)
DELETE_ALL = Compiled(delete(devices).where(_OF_USER & (devices.c.id != bindparam("except_for"))))
OLDEST = Compiled(
    select(devices.c.id).where(_OF_USER).order_by(devices.c.expires_at.desc()).offset(bindparam("keep", type_=Integer))
)
DELETE_SOME = Compiled(delete(devices).where(devices.c.id.in_(bindparam("ids"))))


class Devices(Statements):
    def is_known(self, device_id: str) -> bool:
        return BY_ID.fetch_first(self.connection, device_id=device_id) is not None

    def has_any(self, user_id: str) -> bool:
        return OF_USER.fetch_first(self.connection, user_id=user_id) is not None

    def remember(self, device_id: str, user_id: str, *, expires_at: datetime) -> None:
        REMEMBER.execute(self.connection, id=device_id, user_id=user_id, expires_at=expires_at)

    def forget_all(self, user_id: str, *, except_for: str = "") -> None:
        DELETE_ALL.execute(self.connection, user_id=user_id, except_for=except_for)

    def forget_oldest(self, user_id: str, *, keep: int) -> None:
        """Forget all of a user's devices but the `keep` latest."""
        oldest = OLDEST.fetch_column(self.connection, user_id=user_id, keep=keep)
        if oldest:
            DELETE_SOME.execute(self.connection, ids=oldest)
