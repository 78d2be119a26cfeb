"""The transport to a backend in another process: HTTP by aiohttp."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Self

import aiohttp
import httpx
from yarl import URL

from serving.networks import widest_network
from web.api.transport import Answer, Call, StreamedAnswer, check_length
from web.api.turns import Turns

CONNECTIONS = 100
KEPT_SECONDS = 5.0  # less than any server keeps an idle connection, or it would be closed just as it is used
NO_TIMERS = aiohttp.ClientTimeout()  # a call has its deadline
COMPRESSED = {"accept-encoding": "gzip, deflate"}


class OverTcp:
    """Sends calls to a server. Visitors' networks take turns at its connections."""

    def __init__(self, base_url: str) -> None:
        self._origin = str(URL(base_url).origin())
        self._turns = Turns(CONNECTIONS)

    async def __aenter__(self) -> Self:
        trusted = httpx.create_ssl_context() if self._origin.startswith("https:") else True
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=KEPT_SECONDS, ssl=trusted),
            cookie_jar=aiohttp.DummyCookieJar(),  # a visitor's cookie is never sent for another
            skip_auto_headers=["User-Agent"],
            timeout=NO_TIMERS,
        )
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._session.close()

    async def send(self, call: Call) -> Answer:
        """See Transport.send."""
        try:
            async with self._turns.take(self._find_line(call)):
                return await self._exchange(call)
        except aiohttp.ClientError as error:
            raise ConnectionError(type(error).__name__) from error

    @asynccontextmanager
    async def stream(self, call: Call) -> AsyncIterator[StreamedAnswer]:
        """See Transport.stream."""
        try:
            async with self._turns.take(self._find_line(call)), self._request(call) as response:
                yield StreamedAnswer(response.status, response.headers, _read_pieces(response))
        except aiohttp.ClientError as error:
            raise ConnectionError(type(error).__name__) from error

    def _find_line(self, call: Call) -> str:
        """Return the line to wait in, which is a network's, if there is anything to wait for."""
        return widest_network(call.headers.get(b"x-forwarded-for", b"").decode()) if self._turns.are_taken else ""

    async def _exchange(self, call: Call) -> Answer:
        async with self._request(call) as response:
            body = bytearray()
            async for part in response.content.iter_any():
                body += part
                check_length(body)
            return Answer(response.status, response.headers, bytes(body))

    def _request(self, call: Call) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        url = URL(f"{self._origin}{call.path}{'?' if call.query else ''}{call.query}", encoded=True)
        headers, content = _encode_headers(call.headers), call.body or None
        return self._session.request(call.method, url, headers=headers, data=content, allow_redirects=False)


async def _read_pieces(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    try:
        async for piece in response.content.iter_any():
            yield piece
    except aiohttp.ClientError as error:
        raise ConnectionError(type(error).__name__) from error


def _encode_headers(headers: Mapping[bytes, bytes]) -> dict[str, Any]:
    """Return headers as aiohttp takes them, which writes text as UTF-8."""
    return COMPRESSED | {name.decode(): _decode(value) for name, value in headers.items()}


def _decode(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
