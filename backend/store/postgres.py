"""The database as a PostgreSQL server, for any number of processes.

Writes are SERIALIZABLE: what the rules have read still holds when they commit, as it does with SQLite's one writer. If
two collide the server aborts one, which is then retried from the start.
"""

import asyncio
import itertools
import logging
import random
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import URL, Connection, event
from sqlalchemy.exc import DataError as UnfitError
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionFreeError

from backend.store.connections import leave_standby, open_engine, open_plain_engine, set_up_transaction
from backend.store.interface import StoreError, StoreUnavailableError, bind
from backend.store.migrating import migrate
from backend.store.queries import Queries

P = ParamSpec("P")
T = TypeVar("T")
log = logging.getLogger("backend.store")

READ_CONNECTIONS, WRITE_CONNECTIONS = 10, 5  # of one process, at most
COLLISIONS = frozenset({"40001", "40P01"})  # serialization failure, deadlock
ATTEMPTS = {"collision": 25, "constraint": 3, "lost": 3}
FIRST_PAUSE, LONGEST_PAUSE = 0.002, 0.2  # seconds
ANSWER_TIMEOUT = 20.0  # seconds, of one attempt: the server ends a statement sooner, so the connection is dead
CANCEL_AGAIN = 0.1  # seconds


class PostgresStore:
    """See `Store`. The tables have been migrated by `prepare`."""

    def __init__(self, url: URL, environment_id: str, answer_timeout: float = ANSWER_TIMEOUT) -> None:
        self.environment_id = environment_id
        self._answer_timeout = answer_timeout
        self._writing = open_engine(url, WRITE_CONNECTIONS, isolation_level="SERIALIZABLE")
        self._reading = open_engine(url, READ_CONNECTIONS, isolation_level="AUTOCOMMIT", pool_reset_on_return=None)
        event.listen(self._writing.sync_engine, "begin", set_up_transaction)
        event.listen(self._writing.sync_engine, "handle_error", partial(leave_standby, others=(self._reading,)))
        self._begun: set[asyncio.Task[Any]] = set()

    async def read(self, work: Callable[Concatenate[Queries, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        bound = bind(work, *args, **kwargs)
        return await self._finish(_retry(partial(self._run_read, bound), self._answer_timeout))

    async def write(self, work: Callable[Concatenate[Queries, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        bound = bind(work, *args, **kwargs)
        return await self._finish(_retry(partial(self._run_transaction, bound), self._answer_timeout))

    async def erase_deleted(self) -> None:
        """Do nothing: PostgreSQL's own vacuum does it, in its own time."""

    async def check(self) -> None:
        await self.write(_check_writable)

    async def close(self) -> None:
        """Close all connections once running work is finished."""
        await asyncio.gather(*self._begun, return_exceptions=True)
        await self._writing.dispose()
        await self._reading.dispose()

    async def _finish(self, work: Coroutine[Any, Any, T]) -> T:
        """Finish the work even if the request is cancelled: no connection is dropped in the middle of a message."""
        task = asyncio.create_task(work)
        self._begun.add(task)
        task.add_done_callback(self._begun.discard)
        return await asyncio.shield(task)

    async def _run_read(self, work: Callable[[Queries], T]) -> T:
        async with self._reading.connect() as connection:
            return await connection.run_sync(lambda plain: work(Queries(plain)))

    async def _run_transaction(self, work: Callable[[Queries], T]) -> T:
        async with self._writing.connect() as connection:
            result = await connection.run_sync(lambda plain: work(Queries(plain)))
            try:
                await connection.commit()
            except DBAPIError as error:
                if error.connection_invalidated:  # committed or not, nobody knows: no retry
                    raise _translate_error(error) from error
                raise
            return result


def _check_writable(queries: Queries) -> None:
    queries.meta.check_writable()


def prepare(url: URL) -> str:
    """Migrate the tables and return the environment's id. Needs no event loop. Raises StoreError."""
    engine = open_plain_engine(url)
    try:
        with engine.connect() as connection:
            _check_server(connection, url)
            migrate(connection)
            return Queries(connection).meta.get("environment_id") or ""
    except SQLAlchemyError as error:
        raise StoreError(f"the database {redact_url(url)} cannot be used: {_to_line(error)}") from error


def redact_url(url: URL) -> str:
    """Return the URL without user, password and options."""
    return URL.create("postgresql", host=url.host, port=url.port, database=url.database).render_as_string()


def _check_server(connection: Connection, url: URL) -> None:
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    read_only = connection.exec_driver_sql("SHOW transaction_read_only").scalar_one()
    connection.commit()
    if encoding != "UTF8":
        raise StoreError(f"the database {redact_url(url)} cannot be used: its encoding is {encoding}, it must be UTF8")
    if read_only == "on":
        raise StoreError(f"the database {redact_url(url)} cannot be used: it is read-only")


async def _retry(attempt: Callable[[], Coroutine[Any, Any, T]], answer_timeout: float) -> T:
    """Retry with exponential backoff when that may help. The pauses are random, so that collisions do not repeat.

    After `answer_timeout` seconds (of one attempt) the connection is given up, or in the end all of them would wait for
    a dead server. Whether the work was done is unknown then, so it is not retried. Raises StoreUnavailableError.
    """
    for count in itertools.count(1):
        try:
            return await _wait_for(attempt(), answer_timeout)
        except TimeoutError as silence:
            log.error("the database says nothing: a connection to it is given up")
            raise StoreUnavailableError("the database says nothing") from silence
        except (DBAPIError, NoConnectionFreeError) as error:
            if count >= ATTEMPTS.get(_classify(error), 1):
                raise _translate_error(error) from error
        await asyncio.sleep(random.uniform(0, min(FIRST_PAUSE * 2**count, LONGEST_PAUSE)))  # noqa: S311
    raise AssertionError("the tries end")


async def _wait_for(attempt: Coroutine[Any, Any, T], seconds: float) -> T:
    """Raise TimeoutError after so many seconds, and not ten later: when it is cancelled, psycopg asks the server, which
    says nothing, to cancel the statement. A second time it is cancelled it closes the connection.
    """
    task = asyncio.create_task(attempt)
    await asyncio.wait([task], timeout=seconds)
    if task.done():
        return task.result()
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=CANCEL_AGAIN)
    raise TimeoutError


def _classify(error: SQLAlchemyError) -> str:
    """Return the key of ATTEMPTS for an error after which nothing has been committed."""
    if isinstance(error, IntegrityError):
        return "constraint"
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return "lost"
    return "collision" if getattr(getattr(error, "orig", None), "sqlstate", None) in COLLISIONS else ""


def _translate_error(error: SQLAlchemyError) -> Exception:
    if isinstance(error, (IntegrityError, ProgrammingError, UnfitError)):
        return error  # a bug of ours, not the database's trouble
    log.error("the database refused: %s", _to_line(error))
    return StoreUnavailableError(_to_line(error))


def _to_line(error: SQLAlchemyError) -> str:
    said = error.orig if isinstance(error, DBAPIError) else error
    return " ".join(str(said).split())
