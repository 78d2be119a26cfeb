"""The database as one SQLite file.

Reads run at once on the event loop, on a connection kept open: a key lookup takes microseconds, handing it to a thread
takes a hundred. Writes wait for the disk, so they queue for one writer thread.
"""

import asyncio
import contextlib
import logging
import os
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import StaticPool, create_engine
from sqlalchemy.exc import DatabaseError

from backend.store.compiled import SQLITE, PlainConnection
from backend.store.interface import StoreError, StoreUnavailableError, bind
from backend.store.migrating import migrate
from backend.store.queries import Queries
from serving.private_files import create_private, make_private

P = ParamSpec("P")
T = TypeVar("T")
log = logging.getLogger("backend.store")

WRITE_TIMEOUT_MS = 5000
READ_TIMEOUT_MS = 1000  # reads block the event loop, in WAL mode hardly ever
ATTEMPTS = 3
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
                self._writer = on_failure.enter_context(closing(_connect(path, *WRITER)))
                _check_file(self._writer, path)
                _migrate(self._writer)
                self._reader = on_failure.enter_context(closing(_connect(path, *READER)))
            except (sqlite3.DatabaseError, DatabaseError) as error:
                raise StoreError(f"the database {path} cannot be used: {getattr(error, 'orig', error)}") from error
            on_failure.pop_all()
        self._reading = Queries(PlainConnection(SQLITE, self._reader))
        self._writing = Queries(PlainConnection(SQLITE, self._writer))
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="database-writer")
        self.environment_id = self._read(_get_environment_id) or ""

    async def read(self, work: Callable[Concatenate[Queries, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self._read(bind(work, *args, **kwargs))

    async def write(self, work: Callable[Concatenate[Queries, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do the work in the writer thread. If the request is cancelled, it does all of it or nothing."""
        queued_at = time.monotonic()
        bound = bind(work, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._write, bound, queued_at)

    async def erase_deleted(self) -> None:
        """Truncate the journal, which keeps deleted rows until it is overwritten.

        A long read, such as a backup, prevents that until the next time.
        """
        await asyncio.get_running_loop().run_in_executor(self._thread, self._truncate_journal)

    def _truncate_journal(self) -> None:
        try:
            self._writer.execute(f"PRAGMA busy_timeout={CHECKPOINT_TIMEOUT_MS}").close()
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
            self._writer.execute(f"PRAGMA busy_timeout={WRITE_TIMEOUT_MS}").close()
        except sqlite3.DatabaseError as error:
            raise _translate_error(error) from error

    async def check(self) -> None:
        self._read(_get_environment_id)

    async def close(self) -> None:
        """Close the file once the running write is finished."""
        await asyncio.get_running_loop().run_in_executor(None, self.close_now)

    def close_now(self) -> None:
        """Close as `close` does, without an event loop."""
        self._thread.shutdown()
        self._writer.close()
        self._reader.close()

    def _read(self, work: Callable[[Queries], T]) -> T:
        try:
            return work(self._reading)
        except sqlite3.DatabaseError as error:
            raise _translate_error(error) from error

    def _write(self, work: Callable[[Queries], T], queued_at: float) -> T:
        """Run a transaction, again if it collides with another process's write (a unique key), which it then sees.

        Work that has waited too long behind others is refused instead of waiting for the file as well.
        """
        if time.monotonic() - queued_at > WRITE_TIMEOUT_MS / 1000:
            raise StoreUnavailableError("too many writes are waiting")
        for _ in range(ATTEMPTS):
            try:
                return self._run_transaction(work)
            except sqlite3.IntegrityError as error:
                collision = error
            except sqlite3.DatabaseError as error:
                raise _translate_error(error) from error
        raise collision

    def _run_transaction(self, work: Callable[[Queries], T]) -> T:
        self._writer.rollback()  # if there is anything left of a transaction that could not be rolled back
        with self._writer:
            # Immediate: a transaction that turns into a writer half-way fails at once, whatever the timeout.
            self._writer.execute("BEGIN IMMEDIATE")
            return work(self._writing)


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


def _translate_error(error: sqlite3.DatabaseError) -> Exception:
    if isinstance(error, (sqlite3.IntegrityError, sqlite3.ProgrammingError)):
        return error  # a bug of ours, not the database's trouble
    log.error("the database refused: %s", error)
    return StoreUnavailableError(str(error))
