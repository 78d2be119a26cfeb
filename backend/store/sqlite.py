"""The database as one SQLite file.

Reads run at once on the event loop, on a connection kept open: a key lookup takes microseconds, handing it to a thread
takes a hundred. Writes wait for the disk, so a thread does them: see sqlite_writer.py.
"""

import asyncio
import contextlib
import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import StaticPool, create_engine
from sqlalchemy.exc import DatabaseError

from backend.store.compiled import SQLITE, PlainConnection
from backend.store.interface import StoreError, bind
from backend.store.migrating import migrate
from backend.store.queries import Queries
from backend.store.sqlite_writer import WRITE_TIMEOUT_MS, SqliteWriter, translate_error
from serving.private_files import create_private, make_private

P = ParamSpec("P")
T = TypeVar("T")

READ_TIMEOUT_MS = 1000  # reads block the event loop, in WAL mode hardly ever
RETRY_SECONDS = 0.01
CHECKPOINT_TIMEOUT_MS = 200  # during which the writers of all processes wait
# secure_delete: deleted rows are overwritten, or they would stay in the file for long.
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")
WRITER_CACHE_KIB = 500  # of the file in memory, for inner pages: it finds rows by their keys, where 2000 save no time
WRITER = (*PRAGMAS, f"busy_timeout={WRITE_TIMEOUT_MS}", f"cache_size=-{WRITER_CACHE_KIB}")
READER = (*PRAGMAS, f"busy_timeout={READ_TIMEOUT_MS}", "query_only=ON")
JOURNALS = ("-wal", "-shm")
FULL_CHECK_LIMIT = 32 * 1024 * 1024  # bytes; checking a larger file at each start would take too long


class SqliteStore:
    """See `Store`. Opening it migrates the tables, and raises StoreError if the file cannot be used."""

    def __init__(self, path: Path) -> None:
        _keep_private(path)
        with ExitStack() as on_failure:
            try:
                writer = on_failure.enter_context(closing(_connect(path, *WRITER)))
                _check_file(writer, path)
                _migrate(writer)
                self._reader = on_failure.enter_context(closing(_connect(path, *READER)))
            except (sqlite3.DatabaseError, DatabaseError) as error:
                raise StoreError(f"the database {path} cannot be used: {getattr(error, 'orig', error)}") from error
            on_failure.pop_all()
        self._reading = Queries(PlainConnection(SQLITE, self._reader))
        self._writer = SqliteWriter(writer)
        self.environment_id = self._read(_get_environment_id) or ""

    async def read(self, work: Callable[Concatenate[Queries, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self._read(bind(work, *args, **kwargs))

    async def write(self, work: Callable[Concatenate[Queries, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._writer.write(bind(work, *args, **kwargs))

    async def erase_deleted(self) -> None:
        """Truncate the journal, which keeps deleted rows until it is overwritten.

        A long read, such as a backup, prevents that until the next time.
        """
        await self._writer.run(self._truncate_journal)

    def _truncate_journal(self) -> None:
        connection = self._writer.connection
        try:
            connection.execute(f"PRAGMA busy_timeout={CHECKPOINT_TIMEOUT_MS}").close()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
            connection.execute(f"PRAGMA busy_timeout={WRITE_TIMEOUT_MS}").close()
        except sqlite3.DatabaseError as error:
            raise translate_error(error) from error

    async def check(self) -> None:
        self._read(_get_environment_id)

    async def close(self) -> None:
        """Close the file once the writes that wait are finished."""
        await self._writer.finish()
        await asyncio.get_running_loop().run_in_executor(None, self.close_now)

    def close_now(self) -> None:
        """Close as `close` does, without an event loop."""
        self._writer.close()
        self._reader.close()

    def _read(self, work: Callable[[Queries], T]) -> T:
        try:
            return work(self._reading)
        except sqlite3.DatabaseError as error:
            raise translate_error(error) from error


def _get_environment_id(queries: Queries) -> str | None:
    return queries.meta.get("environment_id")


def _keep_private(path: Path) -> None:
    """Make the file before SQLite does, which gives its journals the mode of the file."""
    with contextlib.suppress(FileExistsError, FileNotFoundError, NotADirectoryError):  # SQLite reports it
        os.close(create_private(path))
    for file in (path, *(path.with_name(path.name + suffix) for suffix in JOURNALS)):
        try:
            make_private(file)
        except (FileNotFoundError, NotADirectoryError):
            pass
        except OSError as error:
            raise StoreError(f"the file {file} can be read by others, which cannot be changed: {error}") from error


def _connect(path: Path, *pragmas: str) -> sqlite3.Connection:
    """Connect without the driver's implicit BEGIN: statements outside a transaction of ours commit by themselves."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=WRITE_TIMEOUT_MS / 1000)
    try:
        for pragma in pragmas:
            _execute_when_free(connection, f"PRAGMA {pragma}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _execute_when_free(connection: sqlite3.Connection, statement: str) -> None:
    """Execute a statement, and wait for the file as long as for a write.

    SQLite itself does not wait where a file is put into WAL mode while another process writes its first tables.
    """
    until = time.monotonic() + WRITE_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute(statement).close()
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        time.sleep(RETRY_SECONDS)


def _migrate(connection: sqlite3.Connection) -> None:
    """Migrate the tables over SQLAlchemy, which borrows the connection."""
    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
    with engine.connect() as borrowed:
        migrate(borrowed)


def _check_file(connection: sqlite3.Connection, path: Path) -> None:
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    if mode != "wal":
        raise StoreError(f"the database {path} cannot be used: it must be a file on a local disk that can be written")
    if path.stat().st_size <= FULL_CHECK_LIMIT:
        verdict = connection.execute("PRAGMA quick_check(1)").fetchall()[0][0]
        if verdict != "ok":
            raise StoreError(f"the database {path} is damaged: {' '.join(str(verdict).split())}")
