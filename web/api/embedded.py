"""The transport to a backend in this process: its ASGI application is called without a client and a server between."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Self

from starlette.types import ASGIApp, Message

from web.api.errors import Unreachable
from web.api.transport import Answer, Call, StreamedAnswer, check_length

SCOPE: dict[str, Any] = {
    "type": "http",
    "asgi": {"version": "3.0", "spec_version": "2.3"},
    "http_version": "1.1",
    "scheme": "http",
    "server": ("127.0.0.1", 80),
    "client": ("127.0.0.1", 0),
    "root_path": "",
}


class InProcess:
    """Calls an ASGI application, whose `lifespan` is entered and left with the transport."""

    def __init__(self, app: ASGIApp, lifespan: AbstractAsyncContextManager[Any]) -> None:
        self._app = app
        self._lifespan = lifespan

    async def __aenter__(self) -> Self:
        await self._lifespan.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self._lifespan.__aexit__(*error)

    async def send(self, call: Call) -> Answer:
        """See Transport.send."""
        exchange = Exchange(call)
        try:
            await self._app(exchange.scope, exchange.receive, exchange.send)
        except Exception as error:  # which the backend has written to the log
            raise Unreachable(f"the backend failed: {type(error).__name__}") from error
        return exchange.answer()

    @asynccontextmanager
    async def stream(self, call: Call) -> AsyncIterator[StreamedAnswer]:
        """See Transport.stream."""
        exchange = StreamedExchange(call)
        running = asyncio.create_task(exchange.run(self._app))
        try:
            await exchange.begun.wait()
            yield StreamedAnswer(exchange.status, exchange.headers, exchange.read())
        finally:
            running.cancel()
            await asyncio.wait([running])


class Exchange:
    """One call and its answer, as the messages of ASGI."""

    def __init__(self, call: Call) -> None:
        self.scope = {
            **SCOPE,
            "method": call.method,
            "path": call.path,
            "raw_path": call.path.encode("ascii"),
            "query_string": call.query.encode("ascii"),
            "headers": list(call.headers.items()),
        }
        self._requests: list[Message] = [{"type": "http.request", "body": call.body, "more_body": False}]
        self.status = 0
        self.headers: dict[str, str] = {}
        self._body = bytearray()

    async def receive(self) -> Message:
        """Hand over the body, and then nothing: nobody leaves before the answer."""
        return self._requests.pop() if self._requests else await asyncio.get_running_loop().create_future()

    async def send(self, message: Message) -> None:
        """Take a part of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in message["headers"]}
        elif message["type"] == "http.response.body":
            await self._take(message.get("body", b""))

    async def _take(self, content: bytes) -> None:
        self._body += content

    def answer(self) -> Answer:
        """Return the whole answer."""
        check_length(self._body)
        return Answer(self.status, self.headers, bytes(self._body))


class StreamedExchange(Exchange):
    """One call whose answer is read while it is made. The application waits until each piece is taken."""

    def __init__(self, call: Call) -> None:
        super().__init__(call)
        self.begun = asyncio.Event()  # or failed before it began
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue(1)
        self._is_whole = False

    async def run(self, app: ASGIApp) -> None:
        """Make the call. A failure, which the backend has written to the log, is told to whoever reads the pieces."""
        with contextlib.suppress(Exception):
            await app(self.scope, self.receive, self.send)
        self.begun.set()
        await self._pieces.put(None)

    async def send(self, message: Message) -> None:
        """Take a part of the answer."""
        await super().send(message)
        self.begun.set()
        self._is_whole = message["type"] == "http.response.body" and not message.get("more_body", False)

    async def read(self) -> AsyncIterator[bytes]:
        """Yield the pieces. Raises ConnectionError where the application ends before the answer does."""
        while (piece := await self._pieces.get()) is not None:
            yield piece
        if not self._is_whole:
            raise ConnectionError("the backend did not finish its answer")

    async def _take(self, content: bytes) -> None:
        if content:
            await self._pieces.put(content)
