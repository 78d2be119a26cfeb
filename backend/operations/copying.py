"""The whole of the data, taken elsewhere: a backup of a running SQLite file, and the move to another database."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, NullPool, Table, create_engine, delete, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from backend.store import StoreError, check_database
from backend.store.opening import file_of, is_file
from backend.store.postgres import shown
from backend.store.tables import file_pieces, meta, metadata
from serving.private_files import create_private, draft_of

ROWS_AT_ONCE = 500
PIECES_AT_ONCE = 16  # of files


class MoveError(Exception):
    """It cannot be copied or moved. One line."""


def back_up(database: URL, target: Path) -> None:
    """Make a consistent copy, while programs go on writing. Raises MoveError; never overwrites."""
    if not is_file(database):
        raise MoveError("backup copies an SQLite file; for PostgreSQL there is pg_dump")
    source = file_of(database)
    if not source.is_file():
        raise MoveError(f"there is no database {source}")
    if os.path.lexists(target):
        raise MoveError(f"{target} cannot be made: it exists")
    draft = draft_of(target)  # so that FILE, where there is one, is whole
    try:
        os.close(create_private(draft))
        _copy_file(source, draft)
        os.close(create_private(target))  # whoever was faster keeps it
        draft.rename(target)
    except FileExistsError:
        raise MoveError(f"{target} cannot be made: it exists") from None
    except (sqlite3.Error, OSError) as error:
        raise MoveError(f"{source} cannot be copied to {target}: {error}") from error
    finally:
        draft.unlink(missing_ok=True)


def _copy_file(source: Path, target: Path) -> None:
    use_locale, writing = sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True), sqlite3.connect(target)
    with closing(use_locale), closing(writing):
        writing.execute("PRAGMA journal_mode=OFF")  # a journal left by a kill would be applied to the next copy
        use_locale.backup(writing)
        verdict = writing.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict)
    with target.open("rb") as copied:
        os.fsync(copied.fileno())


def move(source: URL, target: URL) -> dict[str, int]:
    """Every row, as it is at one moment, into an empty database; all or nothing. How many rows, by table.

    Raises MoveError.
    """
    if is_file(source) and not file_of(source).is_file():
        raise MoveError(f"there is no database {file_of(source)}")
    _check(source, "--from")
    _check(target, "--to")
    try:
        with _snapshot_of(source) as use_locale, _transaction_in(target) as writing:
            _refuse_filled(writing)
            return {table.name: _copy(table, use_locale, writing) for table in metadata.sorted_tables}
    except SQLAlchemyError as error:
        cause = str(getattr(error, "orig", None) or error)
        raise MoveError(f"{_name(source)} cannot be moved to {_name(target)}: {' '.join(cause.split())}") from error


def _check(database: URL, option: str) -> None:
    try:
        check_database(database)
    except StoreError as error:
        raise MoveError(str(error).replace("DATABASE_URL", option, 1)) from error


@contextmanager
def _snapshot_of(database: URL) -> Iterator[Connection]:
    with _connected(database) as connection:
        if is_file(database):
            connection.exec_driver_sql("BEGIN")
        yield connection


@contextmanager
def _transaction_in(database: URL) -> Iterator[Connection]:
    with _connected(database) as connection, connection.begin():
        if is_file(database):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection


@contextmanager
def _connected(database: URL) -> Iterator[Connection]:
    if is_file(database):
        engine = create_engine(database, poolclass=NullPool, connect_args={"isolation_level": None})
    else:
        from backend.store.connections import open_plain_engine  # only where there is a server

        engine = open_plain_engine(database, isolation_level="REPEATABLE READ")
    with engine.connect() as connection:
        yield connection


def _refuse_filled(connection: Connection) -> None:
    """The facts of a new installation are in it already, and replaced."""
    for table in metadata.sorted_tables:
        if table is not meta and connection.execute(select(table).limit(1)).first() is not None:
            raise MoveError(f"the database to move to is not empty: it has rows in {table.name}")
    connection.execute(delete(meta))


def _copy(table: Table, use_locale: Connection, writing: Connection) -> int:
    size = PIECES_AT_ONCE if table is file_pieces else ROWS_AT_ONCE
    streamed = use_locale.execute(select(table), execution_options={"yield_per": size})
    for rows in streamed.mappings().partitions():
        writing.execute(insert(table), [dict(row) for row in rows])
    return int(writing.execute(select(func.count()).select_from(table)).scalar_one())


def _name(database: URL) -> str:
    return str(file_of(database)) if is_file(database) else shown(database)
