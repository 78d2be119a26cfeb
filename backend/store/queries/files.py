"""Statements about stored files."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from functools import cache
from itertools import islice
from typing import IO, Any

from sqlalchemy import ColumnElement, Integer, String, bindparam, delete, func, insert, select, update

from backend.store.compiled import Compiled
from backend.store.queries.listing import Listing
from backend.store.records import Bucket, File, ListPage, Usage
from backend.store.rows import RecordMapper, Statements, from_parameters
from backend.store.tables import file_pieces, files

FILE = RecordMapper(files, File)
PIECE = 32 * 1024  # bytes; another number needs a migration
PIECES_AT_ONCE = 16
BY_AGE = ("uploaded_at", "id")
PHOTO_TAG = '"avatar"'  # in the JSON of a file's tags: a photo uploaded by the site

_FILES = select(*FILE.columns)
_IS_IT = files.c.id == bindparam("file_id")
_OF_USER = files.c.user_id == bindparam("user_id")
_IS_NAMED = files.c.id.in_(bindparam("names_or_ids")) | files.c.name.in_(bindparam("names_or_ids"))
_IS_PHOTO = _IS_IT & _OF_USER & files.c.tags.contains(PHOTO_TAG)
_IS_PIECE = (file_pieces.c.file_id == bindparam("file_id")) & (file_pieces.c.number == bindparam("number"))


def _measure(condition: ColumnElement[bool]) -> Compiled:
    sizes = (func.coalesce(of(files.c.size), 0) for of in (func.sum, func.min, func.max))
    return Compiled(select(func.count(), *sizes).where(condition))


BY_ID, OF_USER_BY_ID = Compiled(_FILES.where(_IS_IT)), Compiled(_FILES.where(_OF_USER & _IS_IT))
BY_NAME = Compiled(select(files.c.id).where(files.c.name == bindparam("name")))
USAGE = _measure(_OF_USER)
INSERT = Compiled(insert(files))
SET_LEFT_AT = Compiled(update(files).where(_IS_PHOTO).values(left_at=bindparam("when")))
DELETE = Compiled(delete(files).where(_IS_IT))
SOME = Compiled(select(files.c.id).where(_OF_USER).limit(bindparam("count", type_=Integer)))
DELETE_SOME = Compiled(delete(files).where(files.c.id.in_(bindparam("ids"))))
COPY_PIECES = Compiled(
    insert(file_pieces).from_select(
        ["file_id", "number", "content"],
        select(bindparam("file_id", type_=String), file_pieces.c.number, file_pieces.c.content).where(
            file_pieces.c.file_id == bindparam("source_id")
        ),
    )
)
PIECE_CONTENT = Compiled(select(file_pieces.c.content).where(_IS_PIECE))


@cache
def _update_columns(*names: str) -> Compiled:
    """Make the statement that sets these columns."""
    return Compiled(update(files).where(_IS_IT).values(from_parameters(*names)))


class _InBucket:
    """The statements about the files of one bucket of a user's: `root`, which is None, or any other."""

    def __init__(self, bucket_id: Any) -> None:
        condition = _OF_USER & (files.c.bucket_id == bucket_id)
        self.usage = _measure(condition)
        self.listing = Listing(FILE, files, condition, *BY_AGE)
        self.named = Compiled(_FILES.where(condition & _IS_NAMED))
        self.delete_named = Compiled(delete(files).where(condition & _IS_NAMED))
        self.delete_all = Compiled(delete(files).where(condition))
        self.set_visibility = Compiled(
            update(files)
            .where(condition & (files.c.is_public != bindparam("public")))
            .values(is_public=bindparam("public"), updated_at=bindparam("now"))
        )


IN_ROOT, IN_BUCKET = _InBucket(None), _InBucket(bindparam("bucket_id"))
EVERYWHERE = Listing(FILE, files, _OF_USER, *BY_AGE)


def _in_bucket(user_id: str, bucket: Bucket | None) -> tuple[_InBucket, dict[str, str]]:
    """Return the statements about a bucket, and the parameters that all of them take."""
    if bucket is None:
        return IN_ROOT, {"user_id": user_id}
    return IN_BUCKET, {"user_id": user_id, "bucket_id": bucket.id}


class Files(Statements):
    """A bucket of None is `root`."""

    def find_by_id(self, file_id: str) -> File | None:
        return FILE.from_row_or_none(BY_ID.fetch_first(self.connection, file_id=file_id))

    def find_for_user(self, user_id: str, file_id: str) -> File | None:
        """Find one of the user's files, in whichever bucket."""
        return FILE.from_row_or_none(OF_USER_BY_ID.fetch_first(self.connection, user_id=user_id, file_id=file_id))

    def find_in_bucket(self, user_id: str, bucket: Bucket | None, name_or_id: str) -> File | None:
        statements, whose = _in_bucket(user_id, bucket)
        return FILE.from_row_or_none(statements.named.fetch_first(self.connection, **whose, names_or_ids=[name_or_id]))

    def list_page(self, user_id: str, bucket: Bucket | None, page: ListPage) -> list[File]:
        """List a page of the user's files in a bucket, equal ones by age."""
        statements, whose = _in_bucket(user_id, bucket)
        return statements.listing.load(self, page, **whose)

    def count_listed(self, user_id: str, bucket: Bucket | None, page: ListPage) -> int:
        """Count what all such pages list."""
        statements, whose = _in_bucket(user_id, bucket)
        return statements.listing.count(self, page, **whose)

    def list_everywhere(self, user_id: str, page: ListPage) -> list[File]:
        """List a page of the user's files in all buckets, equal ones by age."""
        return EVERYWHERE.load(self, page, user_id=user_id)

    def count_everywhere(self, user_id: str, page: ListPage) -> int:
        return EVERYWHERE.count(self, page, user_id=user_id)

    def measure_usage(self, user_id: str) -> Usage:
        """Count a user's files and add up their sizes, those of all buckets together."""
        return Usage(*map(int, USAGE.fetch_all(self.connection, user_id=user_id)[0]))

    def measure_bucket(self, user_id: str, bucket: Bucket | None) -> Usage:
        """Count the files of one bucket and add up their sizes."""
        statements, whose = _in_bucket(user_id, bucket)
        return Usage(*map(int, statements.usage.fetch_all(self.connection, **whose)[0]))

    def is_name_taken(self, name: str) -> bool:
        return BY_NAME.fetch_first(self.connection, name=name) is not None

    def read_piece(self, file_id: str, number: int) -> bytes | None:
        """Read the PIECE bytes from `number * PIECE` on, fewer at the end of the file. None: there is no such piece."""
        row = PIECE_CONTENT.fetch_first(self.connection, file_id=file_id, number=number)
        return None if row is None else bytes(row[0])

    def insert(self, file: File, content: IO[bytes]) -> None:
        """Store a file; `content` is read from its start, in pieces. A photo counts as unused until `mark_used`."""
        left_at = file.updated_at if PHOTO_TAG in file.tags else None
        INSERT.execute(self.connection, **asdict(file), left_at=left_at)
        content.seek(0)
        pieces = enumerate(iter(lambda: content.read(PIECE), b""))
        while batch := list(islice(pieces, PIECES_AT_ONCE)):
            rows = [{"file_id": file.id, "number": number, "content": piece} for number, piece in batch]
            Compiled(insert(file_pieces).values(rows)).execute(self.connection)

    def copy(self, source: File, copy: File) -> None:
        """Store a file with the content of another."""
        INSERT.execute(self.connection, **asdict(copy), left_at=None)
        COPY_PIECES.execute(self.connection, file_id=copy.id, source_id=source.id)

    def update(self, file: File, **values: Any) -> File:
        """Set columns of a file, and return the file with them."""
        _update_columns(*sorted(values)).execute(self.connection, file_id=file.id, **values)
        return replace(file, **values)

    def mark_unused(self, user_id: str, file_id: str, now: datetime) -> None:
        """Note that the user's profile no longer points to a photo: the clean-up may delete it later."""
        SET_LEFT_AT.execute(self.connection, user_id=user_id, file_id=file_id, when=now)

    def mark_used(self, user_id: str, file_id: str) -> None:
        """Note that the user's profile points to a photo, which keeps it."""
        SET_LEFT_AT.execute(self.connection, user_id=user_id, file_id=file_id, when=None)

    def set_visibility(self, user_id: str, bucket: Bucket | None, *, is_public: bool, now: datetime) -> None:
        """Make every file of a bucket public or private."""
        statements, whose = _in_bucket(user_id, bucket)
        statements.set_visibility.execute(self.connection, **whose, public=is_public, now=now)

    def delete(self, file_id: str) -> None:
        DELETE.execute(self.connection, file_id=file_id)

    def delete_some(self, user_id: str, count: int) -> int:
        """Delete at most `count` of a user's files, whichever, and return how many it were."""
        found = SOME.fetch_column(self.connection, user_id=user_id, count=count)
        if found:
            DELETE_SOME.execute(self.connection, ids=found)
        return len(found)

    def delete_named(self, user_id: str, bucket: Bucket | None, names_or_ids: Sequence[str]) -> None:
        statements, whose = _in_bucket(user_id, bucket)
        statements.delete_named.execute(self.connection, **whose, names_or_ids=names_or_ids)

    def delete_bucket_files(self, user_id: str, bucket: Bucket | None) -> None:
        statements, whose = _in_bucket(user_id, bucket)
        statements.delete_all.execute(self.connection, **whose)
