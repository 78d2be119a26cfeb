"""The transport to a backend in another process: httpx requests, sent by aiohttp."""

from typing import Any

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from serving.networks import widest_network
from web.api.turns import Turns

CONNECTIONS = 100
KEPT_SECONDS = 5.0  # less than any server keeps an idle connection, or it would be closed just as it is used


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
