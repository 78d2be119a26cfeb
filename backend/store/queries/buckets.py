"""Statements about people's own buckets of files."""

from dataclasses import replace
from typing import Any

from sqlalchemy import delete, func, select, update

from backend.store.records import Bucket
from backend.store.rows import RecordMapper, Statements
from backend.store.tables import buckets, files

BUCKET = RecordMapper(buckets, Bucket)


class Buckets(Statements):
    def find(self, user_id: str, name_or_id: str) -> Bucket | None:
        """Find one of the user's buckets by name or id, which cannot be confused: no name looks like an id."""
        is_it = (buckets.c.id == name_or_id) | (buckets.c.name == name_or_id)
        found = select(*BUCKET.columns).where((buckets.c.user_id == user_id) & is_it)
        return BUCKET.from_row_or_none(self.connection.execute(found).first())

    def count(self, user_id: str) -> int:
        counted = select(func.count()).select_from(buckets).where(buckets.c.user_id == user_id)
        return int(self.connection.execute(counted).scalar_one())

    def insert(self, bucket: Bucket) -> None:
        self._insert(buckets, bucket)

    def update(self, bucket: Bucket, **values: Any) -> Bucket:
        """Set columns of a bucket, and return the bucket with them."""
        self.connection.execute(update(buckets).where(buckets.c.id == bucket.id).values(**values))
        return replace(bucket, **values)

    def delete(self, bucket: Bucket) -> None:
        """Delete a bucket with all files in it."""
        self.connection.execute(delete(files).where(files.c.bucket_id == bucket.id))
        self.connection.execute(delete(buckets).where(buckets.c.id == bucket.id))
