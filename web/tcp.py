"""The way to a backend in another process: httpx's requests, carried by aiohttp."""

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

CONNECTIONS = 100
KEPT_SECONDS = 5.0  # less than any server keeps an idle connection, or it would be closed just as it is used


class OverTcp(AiohttpTransport):
    """One for the whole site; it opens with the first call."""

    def get_client(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=KEPT_SECONDS, ssl=self.ssl_context)
        no_cookies = aiohttp.DummyCookieJar()  # a visitor's is never sent for another
        return aiohttp.ClientSession(connector=connector, cookie_jar=no_cookies, skip_auto_headers=["User-Agent"])

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await super().handle_async_request(request)
        except aiohttp.ClientError as error:  # of which not all have a name in httpx
            raise httpx.TransportError(str(error)) from error
