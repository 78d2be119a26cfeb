"""The export of everything kept about oneself."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing

from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from backend.http.requests import BackendRequest, authenticate, get_services, read_client
from backend.rules.exports import stream_export
from backend.store import StoreUnavailableError

log = logging.getLogger("backend")

LONGEST_EXPORT = 600.0  # seconds, however slowly it is read: it holds one of few places
HEADERS = {
    "Content-Disposition": 'attachment; filename="account.zip"',
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


async def export(request: BackendRequest) -> Response:
    """Answer with a ZIP of everything kept about the caller, which is made while it is sent.

    Where it cannot be finished, the connection ends before the answer does.
    """
    me = await authenticate(request)
    pieces = stream_export(get_services(request), me, read_client(request))
    first = await anext(pieces)  # what is refused is refused before the answer begins
    return _Download(_chain(first, pieces))


ROUTES: list[Route] = [Route("/account/export", export, methods=["GET"])]


class _Download(StreamingResponse):
    """An answer that ends its source, whatever becomes of the client."""

    def __init__(self, pieces: AsyncGenerator[bytes]) -> None:
        super().__init__(pieces, headers=HEADERS, media_type="application/zip")
        self._pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with aclosing(self._pieces), asyncio.timeout(LONGEST_EXPORT):
                await super().__call__(scope, receive, send)
        except (StoreUnavailableError, TimeoutError) as error:  # the server ends the connection
            log.warning("an export was broken off: %s", type(error).__name__)


async def _chain(first: bytes, rest: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    async with aclosing(rest):
        yield first
        async for piece in rest:
            yield piece
