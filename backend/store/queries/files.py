"""Statements about stored files."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from itertools import islice
from typing import IO, Any

from sqlalchemy import ColumnElement, delete, func, insert, select, update

from backend.store.records import Bucket, File, Usage
from backend.store.rows import RecordMapper, Statements
from backend.store.tables import file_pieces, files

FILE = RecordMapper(files, File)
PIECE = 32 * 1024  # bytes; another number needs a migration
PIECES_AT_ONCE = 16
PHOTO_TAG = '"avatar"'  # in the JSON of a file's tags: a photo uploaded by the site


class Files(Statements):
    """A bucket of None is `root`."""

    def find_by_id(self, file_id: str) -> File | None:
        return self._find(files.c.id == file_id)

    def find_for_user(self, user_id: str, file_id: str) -> File | None:
        """Find one of the user's files, in whichever bucket."""
        return self._find((files.c.user_id == user_id) & (files.c.id == file_id))

    def find_in_bucket(self, user_id: str, bucket: Bucket | None, name_or_id: str) -> File | None:
        return self._find(_in_bucket(user_id, bucket) & _has_name_or_id([name_or_id]))

    def list_page(
        self, user_id: str, bucket: Bucket | None, column: str, *, descending: bool, offset: int, limit: int
    ) -> list[File]:
        """List a page of the user's files in a bucket, sorted by a column, equal ones by age."""
        order = [files.c[column].desc() if descending else files.c[column].asc(), files.c.uploaded_at, files.c.id]
        found = select(*FILE.columns).where(_in_bucket(user_id, bucket)).order_by(*order).offset(offset).limit(limit)
        return FILE.from_rows(self.connection.execute(found).all())

    def measure_usage(self, user_id: str) -> Usage:
        """Count a user's files and add up their sizes, those of all buckets together."""
        return self._measure(files.c.user_id == user_id)

    def measure_bucket(self, user_id: str, bucket: Bucket | None) -> Usage:
        """Count the files of one bucket and add up their sizes."""
        return self._measure(_in_bucket(user_id, bucket))

    def _measure(self, condition: ColumnElement[bool]) -> Usage:
        sizes = (func.coalesce(of(files.c.size), 0) for of in (func.sum, func.min, func.max))
        return Usage(*map(int, self.connection.execute(select(func.count(), *sizes).where(condition)).one()))

    def is_name_taken(self, name: str) -> bool:
        return self.connection.execute(select(files.c.id).where(files.c.name == name)).first() is not None

    def read_piece(self, file_id: str, number: int) -> bytes | None:
        """Read the PIECE bytes from `number * PIECE` on, fewer at the end of the file. None: there is no such piece."""
        condition = (file_pieces.c.file_id == file_id) & (file_pieces.c.number == number)
        content = self.connection.execute(select(file_pieces.c.content).where(condition)).scalar_one_or_none()
        return None if content is None else bytes(content)

    def insert(self, file: File, content: IO[bytes]) -> None:
        """Store a file; `content` is read from its start, in pieces. A photo counts as unused until `mark_used`."""
        left_at = file.uploaded_at if PHOTO_TAG in file.tags else None
        self.connection.execute(insert(files), {**asdict(file), "left_at": left_at})
        content.seek(0)
        pieces = enumerate(iter(lambda: content.read(PIECE), b""))
        while batch := list(islice(pieces, PIECES_AT_ONCE)):
            rows = [{"file_id": file.id, "number": number, "content": piece} for number, piece in batch]
            self.connection.execute(insert(file_pieces), rows)

    def update(self, file: File, **values: Any) -> File:
        """Set columns of a file, and return the file with them."""
        self.connection.execute(update(files).where(files.c.id == file.id).values(**values))
        return replace(file, **values)

    def mark_unused(self, user_id: str, file_id: str, now: datetime) -> None:
        """Note that the user's profile no longer points to a photo: the clean-up may delete it later."""
        self._set_left_at(user_id, file_id, now)

    def mark_used(self, user_id: str, file_id: str) -> None:
        """Note that the user's profile points to a photo, which keeps it."""
        self._set_left_at(user_id, file_id, None)

    def _set_left_at(self, user_id: str, file_id: str, left_at: datetime | None) -> None:
        photo = (files.c.id == file_id) & (files.c.user_id == user_id) & files.c.tags.contains(PHOTO_TAG)
        self.connection.execute(update(files).where(photo).values(left_at=left_at))

    def set_visibility(self, user_id: str, bucket: Bucket | None, *, is_public: bool, now: datetime) -> None:
        """Make every file of a bucket public or private."""
        condition = _in_bucket(user_id, bucket) & (files.c.is_public != is_public)
        self.connection.execute(update(files).where(condition).values(is_public=is_public, updated_at=now))

    def delete(self, file_id: str) -> None:
        self.connection.execute(delete(files).where(files.c.id == file_id))

    def delete_named(self, user_id: str, bucket: Bucket | None, names_or_ids: Sequence[str]) -> None:
        condition = _in_bucket(user_id, bucket) & _has_name_or_id(names_or_ids)
        self.connection.execute(delete(files).where(condition))

    def delete_bucket_files(self, user_id: str, bucket: Bucket | None) -> None:
        self.connection.execute(delete(files).where(_in_bucket(user_id, bucket)))

    def _find(self, condition: ColumnElement[bool]) -> File | None:
        return FILE.from_row_or_none(self.connection.execute(select(*FILE.columns).where(condition)).first())


def _in_bucket(user_id: str, bucket: Bucket | None) -> ColumnElement[bool]:
    return (files.c.user_id == user_id) & (files.c.bucket_id == (bucket.id if bucket else None))


def _has_name_or_id(names_or_ids: Sequence[str]) -> ColumnElement[bool]:
    return files.c.id.in_(names_or_ids) | files.c.name.in_(names_or_ids)
