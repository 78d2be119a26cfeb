"""Records of files."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Bucket:
    """A bucket of files; two users may have buckets of the same name. `tags` is a JSON list.

    `is_public`: the default for its files.
    """

    id: str
    user_id: str
    name: str
    is_public: bool
    tags: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class File:
    """A stored file without its bytes, which are read in pieces. `tags` is a JSON list.

    `bucket_id` is None in the bucket `root`.
    """

    id: str
    user_id: str
    name: str
    size: int
    mime_type: str
    is_public: bool
    tags: str
    uploaded_at: datetime
    updated_at: datetime
    bucket_id: str | None = None


@dataclass(frozen=True)
class Usage:
    """The usage of a user's files, of all or of one bucket. Sizes in bytes, 0 if there is no file."""

    count: int
    bytes: int
    smallest: int
    largest: int


@dataclass(frozen=True)
class ListPage:
    """Which part of a list of files or buckets to load: `limit` of them from `offset` on, sorted by a column.

    `is_public` and `tag`, written as JSON, are those of all that are wanted; None: any.
    """

    column: str
    descending: bool
    offset: int
    limit: int
    is_public: bool | None = None
    tag: str | None = None
