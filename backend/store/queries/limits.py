"""Statements about the counts of rate limits, and leases: counts of one, for whoever knows until when they last."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, delete, select, update

from backend.store.compiled import Compiled
from backend.store.records import Count
from backend.store.rows import RecordMapper, Statements, begin_upsert
from backend.store.tables import limits

COUNT = RecordMapper(limits, Count)
ACTIVE = Compiled(
    select(*COUNT.columns).where(limits.c.id.in_(bindparam("ids")) & (limits.c.expires_at > bindparam("now")))
)


def _increment(driver: str) -> Any:
    insert = begin_upsert(limits, driver)
    new, is_over = insert.excluded, limits.c.expires_at <= bindparam("now")
    counted = insert.on_conflict_do_update(
        index_elements=[limits.c.id],
        set_={
            "count": case((is_over, new.count), else_=limits.c.count + new.count),
            "expires_at": case((is_over, new.expires_at), else_=limits.c.expires_at),
        },
    )
    return counted.returning(*COUNT.columns)


INCREMENT = Compiled(_increment)
TAKE_BACK = Compiled(
    update(limits).where(limits.c.id.in_(bindparam("ids")) & (limits.c.count > 0)).values(count=limits.c.count - 1)
)
_IS_IT = (limits.c.id == bindparam("bucket")) & (limits.c.expires_at == bindparam("until"))
RENEW = Compiled(update(limits).where(_IS_IT).values(expires_at=bindparam("later")))
DELETE = Compiled(delete(limits).where(_IS_IT))


class Limits(Statements):
    def increment(self, bucket: str, *, now: datetime, expires_at: datetime) -> Count:
        """Add one to a count and return it. A count that has expired starts again from one, until `expires_at`."""
        rows = INCREMENT.fetch_all(self.connection, id=bucket, count=1, expires_at=expires_at, now=now)
        return COUNT.from_row(rows[0])

    def take_back(self, buckets: Sequence[str]) -> None:
        """Subtract one again from each of the counts."""
        TAKE_BACK.execute(self.connection, ids=buckets)

    def list_active(self, buckets: Sequence[str], now: datetime) -> list[Count]:
        """List those of the counts that have not expired."""
        return COUNT.from_rows(ACTIVE.fetch_all(self.connection, ids=buckets, now=now))

    def renew(self, bucket: str, until: datetime, later: datetime) -> bool:
        """Let the count that lasts until a time last longer. Returns False if it is another's by now."""
        return RENEW.execute(self.connection, bucket=bucket, until=until, later=later) == 1

    def delete(self, bucket: str, until: datetime) -> None:
        """Delete the count that lasts until a time, unless it is another's by now."""
        DELETE.execute(self.connection, bucket=bucket, until=until)
