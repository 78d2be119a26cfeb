"""The database as one SQLite file.

Reads run at once, on a held connection: a key lookup takes microseconds, handing it to a thread takes a hundred.
Writes wait for the disk, so they queue for one writer thread.
"""

import asyncio
import contextlib
import logging
import os
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event
from sqlalchemy.exc import DatabaseError, IntegrityError, ProgrammingError

from backend.store.interface import StoreError, StoreUnavailableError, bind
from backend.store.migrating import bring_up_to_date
from backend.store.queries import Queries
from serving.private_files import create_private, make_private

P = ParamSpec("P")
T = TypeVar("T")
log = logging.getLogger("backend.store")

WRITER_WAITS_MS = 5000
READER_WAITS_MS = 1000  # readers wait on the event loop, and in WAL mode hardly ever
TRIES = 3
CHECKPOINT_WAITS_MS = 200  # the writers of all processes wait with it
# What is deleted is overwritten, or it would stay in the file for long.
PRAGMAS = (
    *("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"),
    f"busy_timeout={WRITER_WAITS_MS}",
)
JOURNALS = ("-wal", "-shm")
CHECKED_WHOLE = 32 * 1024 * 1024  # bytes; checking a larger file at each start would take too long


class SqliteStore:
    """See `Store`. Opening brings the tables up to date; raises StoreError if the file cannot be used."""

    def __init__(self, path: Path) -> None:
        _keep_private(path)
        self._engine = _engine(path)
        with ExitStack() as on_failure:
            try:
                self._writer = on_failure.enter_context(self._engine.connect())
                _check(self._writer, path)
                bring_up_to_date(self._writer)
                self._reader = on_failure.enter_context(self._engine.connect())
            except DatabaseError as error:
                raise StoreError(f"the database {path} cannot be used: {error.orig}") from error
            on_failure.pop_all()
        self._reader.exec_driver_sql("PRAGMA query_only=ON")
        self._reader.exec_driver_sql(f"PRAGMA busy_timeout={READER_WAITS_MS}")
        self._reader.rollback()
        self._reading, self._writing = Queries(self._reader), Queries(self._writer)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="database-writer")
        self.environment_id = self._read(lambda queries: queries.meta.get("environment_id")) or ""

    async def read(self, work: Callable[Concatenate[Queries, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self._read(bind(work, *args, **kwargs))

    async def write(self, work: Callable[Concatenate[Queries, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """A cancelled request leaves its work to the writer thread, which does all of it or, not yet begun, nothing."""
        queued_at = time.monotonic()
        bound = bind(work, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._write, bound, queued_at)

    async def erase_deleted(self) -> None:
        """Empty the journal, in which what was deleted stands until it is overwritten.

        Somebody who reads for long, as a backup does, keeps it from that until the next time.
        """
        await asyncio.get_running_loop().run_in_executor(self._thread, self._truncate_journal)

    def _truncate_journal(self) -> None:
        try:
            self._writer.exec_driver_sql(f"PRAGMA busy_timeout={CHECKPOINT_WAITS_MS}")
            self._writer.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").close()
            self._writer.exec_driver_sql(f"PRAGMA busy_timeout={WRITER_WAITS_MS}")
        except DatabaseError as error:
            raise _unavailable(error) from error
        finally:
            self._writer.rollback()

    async def check(self) -> None:
        self._read(lambda queries: queries.meta.get("environment_id"))

    async def close(self) -> None:
        """Lets the writer finish what it has begun."""
        await asyncio.get_running_loop().run_in_executor(None, self.close_now)

    def close_now(self) -> None:
        """The same before there is an event loop."""
        self._thread.shutdown()
        self._writer.close()
        self._reader.close()
        self._engine.dispose()

    def _read(self, work: Callable[[Queries], T]) -> T:
        try:
            return work(self._reading)
        except DatabaseError as error:
            raise _unavailable(error) from error
        finally:
            self._reader.rollback()

    def _write(self, work: Callable[[Queries], T], queued_at: float) -> T:
        """What collides with another process's write (a unique key) is done again and then sees that write.

        What has queued behind others that waited in vain is not made to wait all over again.
        """
        if time.monotonic() - queued_at > WRITER_WAITS_MS / 1000:
            raise StoreUnavailableError("too many writes are waiting")
        for _ in range(TRIES):
            try:
                return self._transaction(work)
            except IntegrityError as error:
                collision = error
            except DatabaseError as error:
                raise _unavailable(error) from error
        raise collision

    def _transaction(self, work: Callable[[Queries], T]) -> T:
        if self._writer.in_transaction():
            self._writer.rollback()  # left over from one that could not even be rolled back
        with self._writer.begin():
            # Immediate: a transaction that turns into a writer half-way fails at once, whatever the timeout.
            self._writer.exec_driver_sql("BEGIN IMMEDIATE")
            return work(self._writing)


def _keep_private(path: Path) -> None:
    """Make the file before SQLite does, which gives its journals the mode of the file."""
    with contextlib.suppress(FileExistsError, FileNotFoundError, NotADirectoryError):  # SQLite says it better
        os.close(create_private(path))
    for file in (path, *(path.with_name(path.name + suffix) for suffix in JOURNALS)):
        try:
            make_private(file)
        except (FileNotFoundError, NotADirectoryError):
            pass
        except OSError as error:
            raise StoreError(f"the file {file} can be read by others, which cannot be changed: {error}") from error


def _engine(path: Path) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        poolclass=NullPool,
        # No implicit BEGIN of the driver's: statements outside a transaction of ours commit by themselves.
        connect_args={"isolation_level": None, "check_same_thread": False, "timeout": WRITER_WAITS_MS / 1000},
    )
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    try:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").close()
    except sqlite3.Error:
        connection.close()
        raise


def _check(connection: Connection, path: Path) -> None:
    mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
    if mode != "wal":
        raise StoreError(f"the database {path} cannot be used: it must be a file on a local disk that can be written")
    if path.stat().st_size <= CHECKED_WHOLE:
        verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        if verdict != "ok":
            raise StoreError(f"the database {path} is damaged: {' '.join(str(verdict).split())}")
    connection.rollback()


def _unavailable(error: DatabaseError) -> Exception:
    if isinstance(error, (IntegrityError, ProgrammingError)):
        return error  # ours, not the database's
    log.error("the database refused: %s", error.orig)
    return StoreUnavailableError(str(error.orig))
