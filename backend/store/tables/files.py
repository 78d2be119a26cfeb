"""Tables of files."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from backend.store.tables.columns import Instant, make_id, make_owner, metadata

buckets = Table(
    "buckets",
    metadata,
    make_id(),
    make_owner(),
    Column("name", String(100), nullable=False),
    Column("is_public", Boolean, nullable=False),
    Column("tags", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Index("buckets_of_user", "user_id", "name", unique=True),
)

# A file of no bucket is in `root`. `bucket_id` is no foreign key: SQLite adds none to a table that is there.
files = Table(
    "files",
    metadata,
    make_id(),
    make_owner(),
    Column("name", String(256), nullable=False, unique=True),
    Column("size", Integer, nullable=False),
    Column("mime_type", String(100), nullable=False),
    Column("is_public", Boolean, nullable=False),
    Column("tags", Text, nullable=False),
    Column("uploaded_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("left_at", Instant),  # since when nobody points to it; only of photos of the site
    Column("bucket_id", String(24)),
    Index("files_of_user", "user_id", "uploaded_at"),
    Index("files_of_bucket", "bucket_id"),
    Index("files_left", "left_at"),
)

# All of a file's pieces but the last are of the same size (store/queries/files.py).
file_pieces = Table(
    "file_pieces",
    metadata,
    Column("file_id", String(24), ForeignKey("files.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
