"""The database as a PostgreSQL server, for any number of processes.

Writes are SERIALIZABLE: what the rules have read still holds when they commit, as it does with SQLite's one writer. Of
two that collide the server ends one, which then runs again from the start.
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
from backend.store.migrating import bring_up_to_date
from backend.store.queries import Queries

P = ParamSpec("P")
T = TypeVar("T")
log = logging.getLogger("backend.store")

READING, WRITING = 10, 5  # connections, held by one process at most
COLLISIONS = frozenset({"40001", "40P01"})  # serialization failure, deadlock
TRIES = {"collision": 25, "constraint": 3, "lost": 3}
FIRST_PAUSE, LONGEST_PAUSE = 0.002, 0.2  # seconds
SILENT_SECONDS = 20.0  # of one attempt: the server ends a statement sooner, so it is the line that says nothing


class PostgresStore:
    """See `Store`. The tables have been prepared."""

    def __init__(self, url: URL, environment_id: str, silent_seconds: float = SILENT_SECONDS) -> None:
        self.environment_id = environment_id
        self._silent_seconds = silent_seconds
        self._writing = open_engine(url, WRITING, isolation_level="SERIALIZABLE")
        self._reading = open_engine(url, READING, isolation_level="AUTOCOMMIT", pool_reset_on_return=None)
        event.listen(self._writing.sync_engine, "begin", set_up_transaction)
        event.listen(self._writing.sync_engine, "handle_error", partial(leave_standby, others=(self._reading,)))
        self._begun: set[asyncio.Task[Any]] = set()

    async def read(self, work: Callable[Concatenate[Queries, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        bound = bind(work, *args, **kwargs)
        return await self._finished(_persist(partial(self._look, bound), self._silent_seconds))

    async def write(self, work: Callable[Concatenate[Queries, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        bound = bind(work, *args, **kwargs)
        return await self._finished(_persist(partial(self._transaction, bound), self._silent_seconds))

    async def erase_deleted(self) -> None:
        """Nothing to do: PostgreSQL's own vacuum does it, in its own time."""

    async def check(self) -> None:
        await self.write(lambda queries: queries.meta.check_writable())

    async def close(self) -> None:
        """Finishes what has begun."""
        await asyncio.gather(*self._begun, return_exceptions=True)
        await self._writing.dispose()
        await self._reading.dispose()

    async def _finished(self, persisting: Coroutine[Any, Any, T]) -> T:
        """A cancelled request leaves its work to be done: a connection must not be dropped amid a word."""
        task = asyncio.create_task(persisting)
        self._begun.add(task)
        task.add_done_callback(self._begun.discard)
        return await asyncio.shield(task)

    async def _look(self, work: Callable[[Queries], T]) -> T:
        async with self._reading.connect() as connection:
            return await connection.run_sync(lambda plain: work(Queries(plain)))

    async def _transaction(self, work: Callable[[Queries], T]) -> T:
        async with self._writing.connect() as connection:
            result = await connection.run_sync(lambda plain: work(Queries(plain)))
            try:
                await connection.commit()
            except DBAPIError as error:
                if error.connection_invalidated:  # done or not, nobody knows: not to be done twice
                    raise _unavailable(error) from error
                raise
            return result


def prepare(url: URL) -> str:
    """Brings the tables up to date and answers the environment's id. Raises StoreError; runs before the event loop."""
    engine = open_plain_engine(url)
    try:
        with engine.connect() as connection:
            _check(connection, url)
            bring_up_to_date(connection)
            return Queries(connection).meta.get("environment_id") or ""
    except SQLAlchemyError as error:
        raise StoreError(f"the database {shown(url)} cannot be used: {_one_line(error)}") from error


def shown(url: URL) -> str:
    """The address without user, password and options."""
    return URL.create("postgresql", host=url.host, port=url.port, database=url.database).render_as_string()


def _check(connection: Connection, url: URL) -> None:
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    read_only = connection.exec_driver_sql("SHOW transaction_read_only").scalar_one()
    connection.commit()
    if encoding != "UTF8":
        raise StoreError(f"the database {shown(url)} cannot be used: its encoding is {encoding}, it must be UTF8")
    if read_only == "on":
        raise StoreError(f"the database {shown(url)} cannot be used: it is read-only")


async def _persist(attempt: Callable[[], Coroutine[Any, Any, T]], silent_seconds: float) -> T:
    """Runs it again when that may help. The pauses are random, so that those who collided meet no more.

    A connection that takes questions and never answers is given up: with all of them waiting nobody would be served
    again. What was asked may have been done or not, so it is not asked once more.
    """
    for count in itertools.count(1):
        try:
            async with asyncio.timeout(silent_seconds):
                return await attempt()
        except TimeoutError as silence:
            log.error("the database says nothing: a connection to it is given up")
            raise StoreUnavailableError("the database says nothing") from silence
        except (DBAPIError, NoConnectionFreeError) as error:
            if count >= TRIES.get(_trouble(error), 1):
                raise _unavailable(error) from error
        await asyncio.sleep(random.uniform(0, min(FIRST_PAUSE * 2**count, LONGEST_PAUSE)))  # noqa: S311
    raise AssertionError("the tries end")


def _trouble(error: SQLAlchemyError) -> str:
    """The key of TRIES. Whatever it is, nothing has been committed."""
    if isinstance(error, IntegrityError):
        return "constraint"
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return "lost"
    return "collision" if getattr(getattr(error, "orig", None), "sqlstate", None) in COLLISIONS else ""


def _unavailable(error: SQLAlchemyError) -> Exception:
    if isinstance(error, (IntegrityError, ProgrammingError, UnfitError)):
        return error  # ours, not the database's
    log.error("the database refused: %s", _one_line(error))
    return StoreUnavailableError(_one_line(error))


def _one_line(error: SQLAlchemyError) -> str:
    said = error.orig if isinstance(error, DBAPIError) else error
    return " ".join(str(said).split())
