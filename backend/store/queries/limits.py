"""Statements about what is counted, and about known devices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Table, case, delete, select
from sqlalchemy.dialects import sqlite

from backend.store.records import Count
from backend.store.rows import Shape, Statements
from backend.store.tables import devices, limits

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

COUNT = Shape(limits, Count)


class Upserts(Statements):
    """ON CONFLICT is in neither standard nor SQLAlchemy's core, but reads the same in both databases."""

    def _insert_into(self, table: Table) -> postgresql.Insert | sqlite.Insert:
        if self.connection.dialect.name == "sqlite":
            return sqlite.insert(table)
        from sqlalchemy.dialects import postgresql  # here, see opening.py

        return postgresql.insert(table)


class Limits(Upserts):
    def add(self, bucket: str, *, now: datetime, expires_at: datetime) -> Count:
        """One more; the count as it is then. One that has expired begins anew."""
        insert = self._insert_into(limits)
        new, is_over = insert.excluded, limits.c.expires_at <= now
        counted = insert.values(id=bucket, count=1, expires_at=expires_at).on_conflict_do_update(
            index_elements=[limits.c.id],
            set_={
                "count": case((is_over, new.count), else_=limits.c.count + new.count),
                "expires_at": case((is_over, new.expires_at), else_=limits.c.expires_at),
            },
        )
        return COUNT.one(self.connection.execute(counted.returning(*COUNT.columns)).one())

    def standing(self, buckets: Sequence[str], now: datetime) -> list[Count]:
        """Those of the counts that have not expired."""
        living = limits.c.id.in_(buckets) & (limits.c.expires_at > now)
        return COUNT.all(self.connection.execute(select(*COUNT.columns).where(living)).all())


class Devices(Upserts):
    def is_known(self, device_id: str) -> bool:
        return self.connection.execute(select(devices.c.id).where(devices.c.id == device_id)).first() is not None

    def remember(self, device_id: str, user_id: str, *, expires_at: datetime) -> None:
        insert = self._insert_into(devices)
        seen = insert.values(id=device_id, user_id=user_id, expires_at=expires_at)
        renewed = {"expires_at": insert.excluded.expires_at}
        self.connection.execute(seen.on_conflict_do_update(index_elements=[devices.c.id], set_=renewed))

    def forget_all(self, user_id: str, *, except_for: str = "") -> None:
        others = (devices.c.user_id == user_id) & (devices.c.id != except_for)
        self.connection.execute(delete(devices).where(others))

    def forget_oldest(self, user_id: str, *, keep: int) -> None:
        """All but so many of the user's, the latest."""
        latest_first = select(devices.c.id).where(devices.c.user_id == user_id).order_by(devices.c.expires_at.desc())
        found = self.connection.execute(latest_first.offset(keep)).scalars().all()
        if found:
            self.connection.execute(delete(devices).where(devices.c.id.in_(found)))
