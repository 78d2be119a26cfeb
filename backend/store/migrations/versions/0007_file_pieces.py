"""Files are kept in pieces, so that none has to be read, or held in memory, whole."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

PIECE = 32 * 1024  # as in store/queries/files.py


def upgrade() -> None:
    op.create_table(
        "file_pieces",
        sa.Column("file_id", sa.String(24), sa.ForeignKey("files.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.execute(
        "INSERT INTO file_pieces (file_id, number, content) "  # noqa: S608  # a number of ours
        "WITH RECURSIVE pieces (file_id, number) AS ("
        " SELECT id, 0 FROM files WHERE length(content) > 0"
        " UNION ALL SELECT files.id, pieces.number + 1 FROM pieces JOIN files ON files.id = pieces.file_id"
        f" WHERE (pieces.number + 1) * {PIECE} < length(files.content)) "
        f"SELECT files.id, pieces.number, substr(files.content, pieces.number * {PIECE} + 1, {PIECE})"
        " FROM pieces JOIN files ON files.id = pieces.file_id"
    )
    op.drop_column("files", "content")
