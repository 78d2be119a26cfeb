"""The connections of a process to a PostgreSQL server, lent to one piece of work at a time."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from backend.store.connections import CONNECT_TIMEOUT, ServerConnection
from backend.store.interface import StoreUnavailableError

log = logging.getLogger("backend.store")


class Pool:
    """At most `size` connections, each made when it is needed and then kept. The last used is the first lent."""

    def __init__(self, connect: Callable[[], Awaitable[ServerConnection]], size: int) -> None:
        self._connect = connect
        self._places = asyncio.Semaphore(size)
        self._free: list[ServerConnection] = []
        self._dropped = 0  # how often all connections were

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[ServerConnection]:
        """Lend a connection, which is closed if it comes back in the middle of something.

        Raises StoreUnavailableError if none is free in time, and psycopg's errors if the server cannot be reached.
        """
        await self._take_place()
        try:
            dropped = self._dropped
            connection = self._free.pop() if self._free else await self._connect()
            try:
                yield connection
            finally:
                if connection.is_idle and dropped == self._dropped:
                    self._free.append(connection)
                else:
                    await connection.connection.close()
        finally:
            self._places.release()

    async def drop_all(self) -> None:
        """Close every connection: the free ones now, those that are lent when they come back."""
        self._dropped += 1
        while self._free:
            await self._free.pop().connection.close()

    async def _take_place(self) -> None:
        if not self._places.locked():
            await self._places.acquire()  # at once: a timer would cost more
            return
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT):
                await self._places.acquire()
        except TimeoutError:
            log.error("the database refused: no connection was free for %s seconds", CONNECT_TIMEOUT)
            raise StoreUnavailableError("no connection is free") from None
