"""The site's transport over one of httpx's, behind which a test can put whatever answers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

import httpx

from web.api.errors import Unreachable
from web.api.transport import DEADLINE, Answer, Call, StreamedAnswer, check_length

TIMEOUT = {"timeout": httpx.Timeout(DEADLINE).as_dict()}


class OverHttp:
    """Sends calls by an httpx transport."""

    def __init__(self, base_url: str, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport
        self._base = httpx.URL(base_url)

    async def __aenter__(self) -> Self:
        await self._transport.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self._transport.__aexit__(*error)

    async def send(self, call: Call) -> Answer:
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

    @asynccontextmanager
    async def stream(self, call: Call) -> AsyncIterator[StreamedAnswer]:
        try:
            response = await self._transport.handle_async_request(self._build_request(call))
            try:
                yield StreamedAnswer(response.status_code, response.headers, response.aiter_bytes())
            finally:
                await response.aclose()
        except httpx.TransportError as error:
            raise ConnectionError(type(error).__name__) from error

    def _build_request(self, call: Call) -> httpx.Request:
        """Build a request for the transport itself: redirects, cookies and credentials, which an httpx.Client would
        handle, do not occur here."""
        url = self._base.copy_with(path=call.path, query=call.query.encode() or None)
        return httpx.Request(
            call.method, url, headers=dict(call.headers), content=call.body or None, extensions=TIMEOUT
        )


async def _read_body(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        check_length(body)
    return bytes(body)


class Broken(httpx.AsyncBaseTransport):
    """The way to a backend, with a mistake of a kind that nobody foresaw."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/account/capabilities"):
            return httpx.Response(404)  # asked for by nobody's request
        raise ZeroDivisionError(f"on the way to {request.url.path}")
