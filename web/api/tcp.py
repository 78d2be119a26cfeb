"""The transport to a backend in another process: httpx requests, sent by aiohttp."""

from typing import Any, Self

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from serving.networks import widest_network
from web.api.errors import Unreachable
from web.api.transport import DEADLINE, Answer, Call, check_length
from web.api.turns import Turns

CONNECTIONS = 100
KEPT_SECONDS = 5.0  # less than any server keeps an idle connection, or it would be closed just as it is used
TIMEOUT = {"timeout": httpx.Timeout(DEADLINE).as_dict()}
COMPRESSED = {b"accept-encoding": b"gzip, deflate"}


class OverHttp:
    """Sends calls by an httpx transport."""

    def __init__(self, base_url: str, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport
        self._base = httpx.URL(base_url)
        self._urls: dict[str, httpx.URL] = {}  # by path: parsing one costs more than a call in process

    async def __aenter__(self) -> Self:
        await self._transport.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self._transport.__aexit__(*error)

    async def send(self, call: Call) -> Answer:
        """See Transport.send."""
        try:
            response = await self._transport.handle_async_request(self._build_request(call))
            try:
                body = await _read_body(response)
            finally:
                await response.aclose()
        except httpx.TransportError as error:
            raise ConnectionError(type(error).__name__) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreachable(type(error).__name__) from error
        return Answer(response.status_code, response.headers, body)

    def _build_request(self, call: Call) -> httpx.Request:
        """Build a request for the transport itself: redirects, cookies and credentials, which an httpx.Client would
        handle, do not occur here."""
        if call.path not in self._urls:
            self._urls[call.path] = self._base.copy_with(path=call.path)
        url = self._urls[call.path]
        url = url.copy_with(query=call.query.encode()) if call.query else url
        headers = {**COMPRESSED, **call.headers}
        return httpx.Request(call.method, url, headers=headers, content=call.body or None, extensions=TIMEOUT)


async def _read_body(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        check_length(body)
    return bytes(body)


class OverTcp(AiohttpTransport):
    """One for the whole site; it opens with the first call. Visitors' networks take turns at its connections."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._turns = Turns(CONNECTIONS)

    def get_client(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=KEPT_SECONDS, ssl=self.ssl_context)
        no_cookies = aiohttp.DummyCookieJar()  # a visitor's is never sent for another
        return aiohttp.ClientSession(connector=connector, cookie_jar=no_cookies, skip_auto_headers=["User-Agent"])

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        line = widest_network(request.headers.get("X-Forwarded-For", ""))
        try:
            async with self._turns.take(line):
                return await super().handle_async_request(request)
        except aiohttp.ClientError as error:  # httpx has no name for some of them
            raise httpx.TransportError(str(error)) from error
