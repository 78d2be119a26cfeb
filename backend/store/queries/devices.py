"""Statements about known devices: browsers that have logged in to an account, which are counted apart."""

from datetime import datetime

from sqlalchemy import delete, select

from backend.store.rows import Statements
from backend.store.tables import devices


class Devices(Statements):
    def is_known(self, device_id: str) -> bool:
        return self.connection.execute(select(devices.c.id).where(devices.c.id == device_id)).first() is not None

    def remember(self, device_id: str, user_id: str, *, expires_at: datetime) -> None:
        insert = self._upsert_into(devices)
        row = insert.values(id=device_id, user_id=user_id, expires_at=expires_at)
        renewed = {"expires_at": insert.excluded.expires_at}
        self.connection.execute(row.on_conflict_do_update(index_elements=[devices.c.id], set_=renewed))

    def forget_all(self, user_id: str, *, except_for: str = "") -> None:
        others = (devices.c.user_id == user_id) & (devices.c.id != except_for)
        self.connection.execute(delete(devices).where(others))

    def forget_oldest(self, user_id: str, *, keep: int) -> None:
        """Forget all of a user's devices but the `keep` latest."""
        latest_first = select(devices.c.id).where(devices.c.user_id == user_id).order_by(devices.c.expires_at.desc())
        oldest = self.connection.execute(latest_first.offset(keep)).scalars().all()
        if oldest:
            self.connection.execute(delete(devices).where(devices.c.id.in_(oldest)))
