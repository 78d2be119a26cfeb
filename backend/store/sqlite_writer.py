"""The one writer of a SQLite file: writes that wait at the same time are committed together.

A commit waits for the disk, and each hand-over between the event loop and the thread costs as much as a statement. So
what has come while a transaction ran is the next one, each write of it behind a savepoint of its own. Where that fails,
each of them is tried by itself.
"""

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar, cast

from backend.store.compiled import SQLITE, PlainConnection
from backend.store.interface import StoreUnavailableError
from backend.store.queries import Queries

T = TypeVar("T")
log = logging.getLogger("backend.store")

WRITE_TIMEOUT_MS = 5000
ATTEMPTS = 3
MOST_AT_ONCE = 50  # writes of one transaction: the first of them waits for the last


@dataclass(eq=False)
class Write:
    """A write that waits for the thread, and what came of it there."""

    work: Callable[[Queries], Any]
    answer: asyncio.Future[Any]
    queued_at: float = field(default_factory=time.monotonic)
    result: Any = None
    error: Exception | None = field(default_factory=lambda: StoreUnavailableError("it was not tried"))

    def do(self, work: Callable[[], Any]) -> None:
        """Do the work in the thread, and keep what it returns or raises."""
        try:
            self.result, self.error = work(), None
        except Exception as error:
            self.error = error

    def tell(self) -> None:
        """Tell whoever waits, who may have gone."""
        if self.answer.done():
            return
        if self.error is None:
            self.answer.set_result(self.result)
        else:
            self.answer.set_exception(self.error)


class SqliteWriter:
    """Does the writes of a process in one thread, on one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._queries = Queries(PlainConnection(SQLITE, connection))
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="database-writer")
        self._waiting: list[Write] = []
        self._running: asyncio.Future[None] | None = None

    async def write(self, work: Callable[[Queries], T]) -> T:
        """Do the work in a transaction. If the request is cancelled, it does all of it or nothing."""
        write = Write(work, asyncio.get_running_loop().create_future())
        self._waiting.append(write)
        if self._running is None:
            self._start()
        return cast("T", await write.answer)

    async def run(self, work: Callable[[], None]) -> None:
        """Do something else with the connection, between two transactions."""
        await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def finish(self) -> None:
        """Wait for the writes that are waiting."""
        while self._running:
            await asyncio.wait([self._running])

    def close(self) -> None:
        """Close the connection when the thread has nothing more to do."""
        self._thread.shutdown()
        self.connection.close()

    def _start(self) -> None:
        """Start the next transaction, if anything waits for one."""
        writes, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
        if not writes:
            self._running = None
            return
        self._running = asyncio.get_running_loop().run_in_executor(self._thread, self._do_all, writes)
        self._running.add_done_callback(partial(self._end, writes))

    def _end(self, writes: Sequence[Write], _done: asyncio.Future[None]) -> None:
        for write in writes:
            write.tell()
        self._start()

    # In the thread

    def _do_all(self, writes: Sequence[Write]) -> None:
        if len(writes) > 1 and self._can_do_together(writes):
            return
        for write in writes:
            write.do(partial(self._do_alone, write))

    def _can_do_together(self, writes: Sequence[Write]) -> bool:
        """Do all in one transaction. False where the database refused something, and then none of them is done."""
        try:
            self._run_transaction(partial(self._do_behind_savepoints, writes))
        except sqlite3.Error as error:
            log.warning("%d writes could not be committed together: %s", len(writes), error)
            return False
        return True

    def _do_behind_savepoints(self, writes: Sequence[Write]) -> None:
        for write in writes:
            self.connection.execute("SAVEPOINT write")
            write.do(partial(write.work, self._queries))
            if isinstance(write.error, sqlite3.Error):
                raise write.error
            if write.error:
                self.connection.execute("ROLLBACK TO write")
            self.connection.execute("RELEASE write")

    def _do_alone(self, write: Write) -> Any:
        """Run a transaction, again if it collides with another process's write (a unique key), which it then sees.

        Work that has waited too long behind others is refused instead of waiting for the file as well.
        """
        if time.monotonic() - write.queued_at > WRITE_TIMEOUT_MS / 1000:
            raise StoreUnavailableError("too many writes are waiting")
        for _ in range(ATTEMPTS):
            try:
                return self._run_transaction(partial(write.work, self._queries))
            except sqlite3.IntegrityError as error:
                collision = error
            except sqlite3.DatabaseError as error:
                raise translate_error(error) from error
        raise collision

    def _run_transaction(self, work: Callable[[], T]) -> T:
        self.connection.rollback()  # if there is anything left of a transaction that could not be rolled back
        with self.connection:
            # Immediate: a transaction that turns into a writer half-way fails at once, whatever the timeout.
            self.connection.execute("BEGIN IMMEDIATE")
            return work()


def translate_error(error: sqlite3.DatabaseError) -> Exception:
    """Return the error to raise instead of the driver's."""
    if isinstance(error, (sqlite3.IntegrityError, sqlite3.ProgrammingError)):
        return error  # a bug of ours, not the database's trouble
    log.error("the database refused: %s", error)
    return StoreUnavailableError(str(error))
