"""Statements about the counts of rate limits."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import case, select

from backend.store.records import Count
from backend.store.rows import RecordMapper, Statements
from backend.store.tables import limits

COUNT = RecordMapper(limits, Count)


class Limits(Statements):
    def increment(self, bucket: str, *, now: datetime, expires_at: datetime) -> Count:
        """Add one to a count and return it. A count that has expired starts again from one, until `expires_at`."""
        insert = self._upsert_into(limits)
        new, is_over = insert.excluded, limits.c.expires_at <= now
        counted = insert.values(id=bucket, count=1, expires_at=expires_at).on_conflict_do_update(
            index_elements=[limits.c.id],
            set_={
                "count": case((is_over, new.count), else_=limits.c.count + new.count),
                "expires_at": case((is_over, new.expires_at), else_=limits.c.expires_at),
            },
        )
        return COUNT.from_row(self.connection.execute(counted.returning(*COUNT.columns)).one())

    def list_active(self, buckets: Sequence[str], now: datetime) -> list[Count]:
        """List those of the counts that have not expired."""
        active = limits.c.id.in_(buckets) & (limits.c.expires_at > now)
        return COUNT.from_rows(self.connection.execute(select(*COUNT.columns).where(active)).all())
