"""A line between two programs that can be broken, and mended again: a TCP proxy in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from tests.faults.ways_to_break import PASSES, Ends, Link, Way
from tests.kit.mailbox import free_port

BLOCK = 65_536  # bytes
PATIENCE = 10.0  # seconds


@dataclass
class Proxy:
    """Listens on `port` and passes everything on to `to`, as long as nothing else is asked of it."""

    to: int
    port: int = field(default_factory=free_port)
    way: Way = PASSES
    refuses: bool = False
    links: set[Link] = field(default_factory=set)
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    server: asyncio.Server | None = None

    def __enter__(self) -> Self:
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self._does(self._listens())
        return self

    def __exit__(self, *error: object) -> None:
        self._does(self._closes())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(PATIENCE)
        self.loop.close()

    @contextmanager
    def breaks(self, way: Way) -> Iterator[None]:
        """What happens meanwhile to whoever is or gets connected. Those who were are not healed afterwards."""
        self.way = way
        if isinstance(way, Ends):
            self._does(self._ends_all())
        try:
            yield
        finally:
            self.way = PASSES

    def end_all(self) -> None:
        """Everybody who is connected; who connects anew gets through."""
        self._does(self._ends_all())

    @contextmanager
    def stops_listening(self) -> Iterator[None]:
        """Nobody listens, as when the program behind is not there."""
        self._does(self._closes())
        try:
            yield
        finally:
            self._does(self._listens())

    def _does(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE)

    async def _listens(self) -> None:
        self.server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)

    async def _closes(self) -> None:
        if self.server:
            self.server.close()
        await self._ends_all()
        await asyncio.sleep(0.05)

    async def _ends_all(self) -> None:
        for link in tuple(self.links):
            link.is_cut()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = Link(writer)
        self.links.add(link)
        try:
            there, link.server = await asyncio.open_connection("127.0.0.1", self.to)
            await self._carries(link, reader, there)
        except OSError:
            pass
        finally:
            link.is_cut()
            self.links.discard(link)

    async def _carries(self, link: Link, here: asyncio.StreamReader, there: asyncio.StreamReader) -> None:
        """Until either side ends it; which way it goes is asked anew for each block."""
        asking = asyncio.create_task(self._asks(link, here))
        answering = asyncio.create_task(self._answers(link, there))
        _, pending = await asyncio.wait({asking, answering}, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        await asyncio.gather(asking, answering, return_exceptions=True)

    async def _asks(self, link: Link, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(ConnectionError):
            while block := await reader.read(BLOCK):
                await self.way.asked(link, block)

    async def _answers(self, link: Link, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(ConnectionError):
            while block := await reader.read(BLOCK):
                await self.way.answered(link, block)
