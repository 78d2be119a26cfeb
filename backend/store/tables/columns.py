"""What tables are made of."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, MetaData, String, TypeDecorator
from sqlalchemy.engine import Dialect

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored as microseconds since 1970: the same in every database, and sortable."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else (value - EPOCH) // MICROSECOND

    def result_processor(self, dialect: Dialect, coltype: Any) -> Callable[[Any | None], datetime | None]:  # noqa: ARG002
        return _load_instant  # itself: what SQLAlchemy would put around a `process_result_value` costs as much again


def _load_instant(value: Any | None) -> datetime | None:
    return None if value is None else EPOCH + timedelta(microseconds=value)


metadata = MetaData()

# Of an index of only those rows whose first column is not NULL: where most are NULL, SQLite would rather scan all.
# Migrations make them; here it is only said. `postgresql_where=` would load PostgreSQL's modules at each start.
NOT_NULL = {"only": "rows whose first column is not NULL"}


def make_id() -> Column[str]:
    """Make the column of a row's id."""
    return Column("id", String(24), primary_key=True)


def make_owner(*, nullable: bool = False) -> Column[str]:
    """Make the column of the user whose row it is, with whom it is deleted."""
    return Column("user_id", String(24), ForeignKey("users.id", ondelete="CASCADE"), nullable=nullable)
