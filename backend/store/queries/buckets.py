"""Statements about people's own buckets of files."""

from dataclasses import asdict, replace
from functools import cache
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from backend.store.compiled import Compiled
from backend.store.queries.listing import Listing
from backend.store.records import Bucket, ListPage
from backend.store.rows import RecordMapper, Statements, from_parameters
from backend.store.tables import buckets, files

BUCKET = RecordMapper(buckets, Bucket)
_IS_IT = buckets.c.id == bindparam("bucket_id")
_OF_USER = buckets.c.user_id == bindparam("user_id")
_IS_NAMED = (buckets.c.id == bindparam("name_or_id")) | (buckets.c.name == bindparam("name_or_id"))
NAMED = Compiled(select(*BUCKET.columns).where(_OF_USER & _IS_NAMED))
LISTING = Listing(BUCKET, buckets, _OF_USER, "created_at", "id")
COUNT = Compiled(select(func.count()).select_from(buckets).where(_OF_USER))
INSERT = Compiled(insert(buckets))
DELETE = Compiled(delete(buckets).where(_IS_IT))
DELETE_FILES = Compiled(delete(files).where(files.c.bucket_id == bindparam("bucket_id")))


@cache
def _update_columns(*names: str) -> Compiled:
    """Make the statement that sets these columns."""
    return Compiled(update(buckets).where(_IS_IT).values(from_parameters(*names)))


class Buckets(Statements):
    def find(self, user_id: str, name_or_id: str) -> Bucket | None:
        """Find one of the user's buckets by name or id, which cannot be confused: no name looks like an id."""
        return BUCKET.from_row_or_none(NAMED.fetch_first(self.connection, user_id=user_id, name_or_id=name_or_id))

    def list_page(self, user_id: str, page: ListPage) -> list[Bucket]:
        """List a page of the user's buckets, equal ones by age."""
        return LISTING.load(self, page, user_id=user_id)

    def count_listed(self, user_id: str, page: ListPage) -> int:
        """Count what all such pages list."""
        return LISTING.count(self, page, user_id=user_id)

    def count(self, user_id: str) -> int:
        return int(COUNT.fetch_column(self.connection, user_id=user_id)[0])

    def insert(self, bucket: Bucket) -> None:
        INSERT.execute(self.connection, **asdict(bucket))

    def update(self, bucket: Bucket, **values: Any) -> Bucket:
        """Set columns of a bucket, and return the bucket with them."""
        _update_columns(*sorted(values)).execute(self.connection, bucket_id=bucket.id, **values)
        return replace(bucket, **values)

    def delete(self, bucket: Bucket) -> None:
        """Delete a bucket with all files in it."""
        DELETE_FILES.execute(self.connection, bucket_id=bucket.id)
        DELETE.execute(self.connection, bucket_id=bucket.id)
