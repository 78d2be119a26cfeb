"""Copying all data: the backup of an SQLite file in use, and the export to another database."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, NullPool, Table, create_engine, delete, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from backend.store import StoreError, check_database
from backend.store.opening import get_sqlite_path, is_sqlite
from backend.store.postgres import redact_url
from backend.store.tables import file_pieces, meta, metadata
from serving.private_files import create_private, draft_of

ROWS_AT_ONCE = 500
PIECES_AT_ONCE = 16  # of files


class CopyError(Exception):
    """The data cannot be copied. The message is one line."""


def back_up(database: URL, target: Path) -> None:
    """Copy an SQLite file consistently while programs write to it. Raises CopyError, also if the target exists."""
    if not is_sqlite(database):
        raise CopyError("backup copies an SQLite file; for PostgreSQL there is pg_dump")
    source = get_sqlite_path(database)
    if not source.is_file():
        raise CopyError(f"there is no database {source}")
    if os.path.lexists(target):
        raise CopyError(f"{target} cannot be made: it exists")
    draft = draft_of(target)  # so that the target is complete as soon as it exists
    try:
        os.close(create_private(draft))
        _copy_file(source, draft)
        os.close(create_private(target))  # fails if it exists by now
        draft.rename(target)
    except FileExistsError:
        raise CopyError(f"{target} cannot be made: it exists") from None
    except (sqlite3.Error, OSError) as error:
        raise CopyError(f"{source} cannot be copied to {target}: {error}") from error
    finally:
        draft.unlink(missing_ok=True)


def _copy_file(source: Path, target: Path) -> None:
    reading, writing = sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True), sqlite3.connect(target)
    with closing(reading), closing(writing):
        writing.execute("PRAGMA journal_mode=OFF")  # a journal left by a kill would be applied to the next copy
        reading.backup(writing)
        verdict = writing.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict)
    with target.open("rb") as copied:
        os.fsync(copied.fileno())


def export(source: URL, target: URL) -> dict[str, int]:
    """Copy a snapshot of every row into an empty database, all or nothing. Returns the number of rows by table.

    Raises CopyError.
    """
    if is_sqlite(source) and not get_sqlite_path(source).is_file():
        raise CopyError(f"there is no database {get_sqlite_path(source)}")
    _check_database(source, "--from")
    _check_database(target, "--to")
    try:
        with _open_snapshot(source) as reading, _open_transaction(target) as writing:
            _refuse_filled(writing)
            return {table.name: _copy_table(table, reading, writing) for table in metadata.sorted_tables}
    except SQLAlchemyError as error:
        cause = str(getattr(error, "orig", None) or error)
        names = f"{_describe(source)} cannot be moved to {_describe(target)}"
        raise CopyError(f"{names}: {' '.join(cause.split())}") from error


def _check_database(database: URL, option: str) -> None:
    try:
        check_database(database)
    except StoreError as error:
        raise CopyError(str(error).replace("DATABASE_URL", option, 1)) from error


@contextmanager
def _open_snapshot(database: URL) -> Iterator[Connection]:
    with _connect(database) as connection:
        if is_sqlite(database):
            connection.exec_driver_sql("BEGIN")
        yield connection


@contextmanager
def _open_transaction(database: URL) -> Iterator[Connection]:
    with _connect(database) as connection, connection.begin():
        if is_sqlite(database):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection


@contextmanager
def _connect(database: URL) -> Iterator[Connection]:
    if is_sqlite(database):
        engine = create_engine(database, poolclass=NullPool, connect_args={"isolation_level": None})
    else:
        from backend.store.connections import open_plain_engine  # only where there is a server

        engine = open_plain_engine(database, isolation_level="REPEATABLE READ")
    with engine.connect() as connection:
        yield connection


def _refuse_filled(connection: Connection) -> None:
    """Raise CopyError unless all tables are empty but `meta`, whose rows of a new installation are deleted."""
    for table in metadata.sorted_tables:
        if table is not meta and connection.execute(select(table).limit(1)).first() is not None:
            raise CopyError(f"the database to move to is not empty: it has rows in {table.name}")
    connection.execute(delete(meta))


def _copy_table(table: Table, reading: Connection, writing: Connection) -> int:
    size = PIECES_AT_ONCE if table is file_pieces else ROWS_AT_ONCE
    streamed = reading.execute(select(table), execution_options={"yield_per": size})
    for rows in streamed.mappings().partitions():
        writing.execute(insert(table), [dict(row) for row in rows])
    return int(writing.execute(select(func.count()).select_from(table)).scalar_one())


def _describe(database: URL) -> str:
    return str(get_sqlite_path(database)) if is_sqlite(database) else redact_url(database)
