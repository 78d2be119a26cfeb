"""The database as a PostgreSQL server, for any number of processes.

Writes are SERIALIZABLE: what the rules have read still holds when they commit, as it does with SQLite's one writer. If
two collide the server aborts one, which is then retried from the start.
"""

import asyncio
import itertools
import logging
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import psycopg
from psycopg import IsolationLevel
from sqlalchemy import URL, Connection, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.util import greenlet_spawn

from backend.store.connections import ServerConnection, connect, open_plain_engine
from backend.store.interface import StoreError, StoreUnavailableError, bind
from backend.store.migrating import migrate
from backend.store.pool import Pool
from backend.store.queries import Queries
from backend.store.tables import meta

P = ParamSpec("P")
T = TypeVar("T")
log = logging.getLogger("backend.store")

READ_CONNECTIONS, WRITE_CONNECTIONS = 10, 5  # of one process, at most
COLLISIONS = frozenset({"40001", "40P01"})  # SQLSTATE: serialization failure, deadlock
READ_ONLY = "25006"
ATTEMPTS = {"collision": 25, "constraint": 3, "lost": 3}
FIRST_PAUSE, LONGEST_PAUSE = 0.002, 0.2  # seconds
ANSWER_TIMEOUT = 20.0  # seconds, of one attempt: the server ends a statement sooner, so the connection is dead
CANCEL_AGAIN = 0.1  # seconds


class LostConnectionError(Exception):
    """The connection is lost, or leads to a server that has become read-only: a standby. Nothing was changed."""


class PostgresStore:
    """See `Store`. The tables have been migrated by `prepare`."""

    def __init__(self, url: URL, environment_id: str, answer_timeout: float = ANSWER_TIMEOUT) -> None:
        self.environment_id = environment_id
        self._answer_timeout = answer_timeout
        self._writing = Pool(partial(connect, url, IsolationLevel.SERIALIZABLE), WRITE_CONNECTIONS)
        self._reading = Pool(partial(connect, url, None), READ_CONNECTIONS)
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
        await self._drop_connections()

    async def _finish(self, work: Coroutine[Any, Any, T]) -> T:
        """Finish the work even if the request is cancelled: no connection is dropped in the middle of a message."""
        task = asyncio.create_task(work)
        self._begun.add(task)
        task.add_done_callback(self._begun.discard)
        return await asyncio.shield(task)

    async def _run_read(self, work: Callable[[Queries], T]) -> T:
        async with self._lend(self._reading) as connection:
            return await greenlet_spawn(work, connection.queries)

    async def _run_transaction(self, work: Callable[[Queries], T]) -> T:
        async with self._lend(self._writing) as connection:
            async with _rollback_on_failure(connection):
                await connection.set_up_transaction()
                result = await greenlet_spawn(work, connection.queries)
            await _commit(connection)
            return result

    @asynccontextmanager
    async def _lend(self, pool: Pool) -> AsyncIterator[ServerConnection]:
        """Lend a connection. If it is lost all others are dropped too, which would be found as dead one by one."""
        async with pool.lend() as connection:
            try:
                yield connection
            except psycopg.Error as error:
                if connection.connection.closed or error.sqlstate == READ_ONLY:
                    await self._drop_connections()
                    raise LostConnectionError(str(error)) from error
                raise

    async def _drop_connections(self) -> None:
        await self._writing.drop_all()
        await self._reading.drop_all()


@asynccontextmanager
async def _rollback_on_failure(connection: ServerConnection) -> AsyncIterator[None]:
    try:
        yield
    except Exception:
        with suppress(psycopg.Error):  # the pool closes what is not idle
            await connection.connection.rollback()
        raise


async def _commit(connection: ServerConnection) -> None:
    try:
        await connection.connection.commit()
    except psycopg.Error as error:
        if connection.connection.closed:  # committed or not, nobody knows: no retry
            raise _refuse(error) from error
        raise


def _check_writable(queries: Queries) -> None:
    queries.meta.check_writable()


def prepare(url: URL) -> str:
    """Migrate the tables and return the environment's id. Needs no event loop. Raises StoreError."""
    engine = open_plain_engine(url)
    try:
        with engine.connect() as connection:
            _check_server(connection, url)
            migrate(connection)
            environment_id = select(meta.c.value).where(meta.c.key == "environment_id")
            return connection.execute(environment_id).scalar() or ""
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
            with _deadline(answer_timeout):
                return await attempt()
        except TimeoutError as silence:
            log.error("the database says nothing: a connection to it is given up")
            raise StoreUnavailableError("the database says nothing") from silence
        except (psycopg.Error, LostConnectionError) as error:
            if count >= ATTEMPTS.get(_classify(error), 1):
                raise _translate_error(error) from error
        await asyncio.sleep(random.uniform(0, min(FIRST_PAUSE * 2**count, LONGEST_PAUSE)))  # noqa: S311
    raise AssertionError("the attempts end")


@contextmanager
def _deadline(seconds: float) -> Iterator[None]:
    """Raise TimeoutError after so many seconds, and not ten later: when it is cancelled, psycopg asks the server, which
    says nothing, to cancel the statement. A second time it is cancelled it closes the connection.
    """
    task, loop, is_over = cast("asyncio.Task[Any]", asyncio.current_task()), asyncio.get_running_loop(), False
    timer: asyncio.TimerHandle

    def cancel() -> None:
        nonlocal timer, is_over
        timer, is_over = loop.call_later(CANCEL_AGAIN, cancel), True
        task.cancel()

    timer = loop.call_later(seconds, cancel)
    try:
        yield
    except BaseException as error:
        if is_over:
            raise TimeoutError from error
        raise
    finally:
        timer.cancel()


def _classify(error: psycopg.Error | LostConnectionError) -> str:
    """Return the key of ATTEMPTS for an error after which nothing has been committed."""
    if isinstance(error, LostConnectionError):
        return "lost"
    if isinstance(error, psycopg.IntegrityError):
        return "constraint"
    return "collision" if error.sqlstate in COLLISIONS else ""


def _translate_error(error: Exception) -> Exception:
    if isinstance(error, (psycopg.IntegrityError, psycopg.ProgrammingError, psycopg.DataError)):
        return error  # a bug of ours, not the database's trouble
    return _refuse(error)


def _refuse(error: Exception) -> StoreUnavailableError:
    log.error("the database refused: %s", _to_line(error))
    return StoreUnavailableError(_to_line(error))


def _to_line(error: Exception) -> str:
    said = error.orig if isinstance(error, DBAPIError) else error
    return " ".join(str(said).split())
