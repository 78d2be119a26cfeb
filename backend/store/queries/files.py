"""Statements about stored files."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from itertools import islice
from typing import IO, Any

from sqlalchemy import ColumnElement, delete, func, insert, select, update

from backend.store.records import Bucket, File, Usage
from backend.store.rows import Shape, Statements
from backend.store.tables import file_pieces, files

FILE = Shape(files, File)
PIECE = 32 * 1024  # bytes; another number needs a migration
PIECES_AT_ONCE = 16
PHOTO_TAG = '"avatar"'  # in the JSON of a file's tags: a photo of the site's


class Files(Statements):
    """A bucket that is None is `root`."""

    def by_id(self, file_id: str) -> File | None:
        return self._one(files.c.id == file_id)

    def of_user(self, user_id: str, file_id: str) -> File | None:
        """In whichever bucket."""
        return self._one((files.c.user_id == user_id) & (files.c.id == file_id))

    def in_bucket(self, user_id: str, bucket: Bucket | None, name_or_id: str) -> File | None:
        return self._one(_are_in(user_id, bucket) & _are_called([name_or_id]))

    def page(
        self, user_id: str, bucket: Bucket | None, column: str, falling: bool, start: int, limit: int
    ) -> list[File]:
        order = [files.c[column].desc() if falling else files.c[column].asc(), files.c.uploaded_at, files.c.id]
        found = select(*FILE.columns).where(_are_in(user_id, bucket)).order_by(*order).offset(start).limit(limit)
        return FILE.all(self.connection.execute(found).all())

    def usage(self, user_id: str) -> Usage:
        return self._usage(files.c.user_id == user_id)

    def usage_in_bucket(self, user_id: str, bucket: Bucket | None) -> Usage:
        return self._usage(_are_in(user_id, bucket))

    def _usage(self, which: ColumnElement[bool]) -> Usage:
        sizes = (func.coalesce(of(files.c.size), 0) for of in (func.sum, func.min, func.max))
        return Usage(*map(int, self.connection.execute(select(func.count(), *sizes).where(which)).one()))

    def name_taken(self, name: str) -> bool:
        return self.connection.execute(select(files.c.id).where(files.c.name == name)).first() is not None

    def piece(self, file_id: str, number: int) -> bytes | None:
        """The bytes from `number * PIECE` on, PIECE of them unless the file ends before."""
        which = (file_pieces.c.file_id == file_id) & (file_pieces.c.number == number)
        content = self.connection.execute(select(file_pieces.c.content).where(which)).scalar_one_or_none()
        return None if content is None else bytes(content)

    def add(self, file: File, content: IO[bytes]) -> None:
        """A photo is nobody's until a user points to it. `content` is read from its beginning, in pieces."""
        left_at = file.uploaded_at if PHOTO_TAG in file.tags else None
        self.connection.execute(insert(files), {**asdict(file), "left_at": left_at})
        content.seek(0)
        pieces = enumerate(iter(lambda: content.read(PIECE), b""))
        while some := list(islice(pieces, PIECES_AT_ONCE)):
            rows = [{"file_id": file.id, "number": number, "content": piece} for number, piece in some]
            self.connection.execute(insert(file_pieces), rows)

    def changed(self, file: File, **values: Any) -> File:
        """The file as it is afterwards."""
        self.connection.execute(update(files).where(files.c.id == file.id).values(**values))
        return replace(file, **values)

    def leave(self, user_id: str, file_id: str, now: datetime) -> None:
        """The user points to it no longer."""
        self._point(user_id, file_id, now)

    def point_to(self, user_id: str, file_id: str) -> None:
        self._point(user_id, file_id, None)

    def _point(self, user_id: str, file_id: str, left_at: datetime | None) -> None:
        photo = (files.c.id == file_id) & (files.c.user_id == user_id) & files.c.tags.contains(PHOTO_TAG)
        self.connection.execute(update(files).where(photo).values(left_at=left_at))

    def open_or_close(self, user_id: str, bucket: Bucket | None, *, is_public: bool, now: datetime) -> None:
        """Every file of the bucket."""
        which = _are_in(user_id, bucket) & (files.c.is_public != is_public)
        self.connection.execute(update(files).where(which).values(is_public=is_public, updated_at=now))

    def remove(self, file_id: str) -> None:
        self.connection.execute(delete(files).where(files.c.id == file_id))

    def remove_called(self, user_id: str, bucket: Bucket | None, names_or_ids: Sequence[str]) -> None:
        self.connection.execute(delete(files).where(_are_in(user_id, bucket) & _are_called(names_or_ids)))

    def remove_all_in(self, user_id: str, bucket: Bucket | None) -> None:
        self.connection.execute(delete(files).where(_are_in(user_id, bucket)))

    def _one(self, which: ColumnElement[bool]) -> File | None:
        return FILE.maybe(self.connection.execute(select(*FILE.columns).where(which)).first())


def _are_in(user_id: str, bucket: Bucket | None) -> ColumnElement[bool]:
    return (files.c.user_id == user_id) & (files.c.bucket_id == (bucket.id if bucket else None))


def _are_called(names_or_ids: Sequence[str]) -> ColumnElement[bool]:
    return files.c.id.in_(names_or_ids) | files.c.name.in_(names_or_ids)
