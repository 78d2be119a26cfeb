"""The transport to a backend in this process: its ASGI application is called without a client and a server between."""

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import Any, Self

from starlette.types import ASGIApp, Message

from web.api.errors import Unreachable
from web.api.transport import Answer, Call, check_length

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
        self._status = 0
        self._headers: dict[str, str] = {}
        self._body = bytearray()

    async def receive(self) -> Message:
        """Hand over the body, and then nothing: nobody leaves before the answer."""
        return self._requests.pop() if self._requests else await asyncio.get_running_loop().create_future()

    async def send(self, message: Message) -> None:
        """Take a part of the answer."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in message["headers"]}
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")

    def answer(self) -> Answer:
        """Return the whole answer."""
        check_length(self._body)
        return Answer(self._status, self._headers, bytes(self._body))
