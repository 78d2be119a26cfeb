"""Statements about people's own buckets."""

from dataclasses import replace
from typing import Any

from sqlalchemy import delete, func, select, update

from backend.store.records import Bucket
from backend.store.rows import Shape, Statements
from backend.store.tables import buckets, files

BUCKET = Shape(buckets, Bucket)


class Buckets(Statements):
    def of_user(self, user_id: str, name_or_id: str) -> Bucket | None:
        """A name never looks like an id."""
        is_it = (buckets.c.id == name_or_id) | (buckets.c.name == name_or_id)
        found = select(*BUCKET.columns).where((buckets.c.user_id == user_id) & is_it)
        return BUCKET.maybe(self.connection.execute(found).first())

    def count(self, user_id: str) -> int:
        counted = select(func.count()).select_from(buckets).where(buckets.c.user_id == user_id)
        return int(self.connection.execute(counted).scalar_one())

    def add(self, bucket: Bucket) -> None:
        self._insert(buckets, bucket)

    def changed(self, bucket: Bucket, **values: Any) -> Bucket:
        """The bucket as it is afterwards."""
        self.connection.execute(update(buckets).where(buckets.c.id == bucket.id).values(**values))
        return replace(bucket, **values)

    def remove(self, bucket: Bucket) -> None:
        """With all files in it."""
        self.connection.execute(delete(files).where(files.c.bucket_id == bucket.id))
        self.connection.execute(delete(buckets).where(buckets.c.id == bucket.id))
