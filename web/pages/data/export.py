"""Your data: what can be done with it, and the download of everything kept about the account."""

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from web.api.errors import Unreachable
from web.rendering.pages import Page, redirect
from web.state import SignedIn

log = logging.getLogger("web")

HERE = "/profile/data"
DATA = Page("templates/data/data.html")
TYPE = "application/zip"


async def show(request: Request[SignedIn]) -> Response:
    """Show what can be done."""
    return await DATA.show(request)


async def download(request: Request[SignedIn]) -> Response:
    """Answer with the export, as it comes from the backend. Whoever comes from another site sees the page first."""
    if request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        return redirect(request, to=HERE)
    headers = {"Content-Disposition": f'attachment; filename="{_name_file(request)}"', "Cache-Control": "no-store"}
    if request.method == "HEAD":
        response = Response(headers=headers, media_type=TYPE)
        del response.headers["content-length"]
        return response
    async with AsyncExitStack() as opened:
        pieces = await opened.enter_async_context(request.state["api"].export())
        return _Download(pieces, headers, opened.pop_all())


class _Download(StreamingResponse):
    """A download that ends its call to the backend, whatever becomes of the browser."""

    def __init__(self, pieces: AsyncIterator[bytes], headers: dict[str, str], opened: AsyncExitStack) -> None:
        super().__init__(pieces, headers=headers, media_type=TYPE)
        self._opened = opened

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with self._opened:
                await super().__call__(scope, receive, send)
        except Unreachable as failure:  # the server ends the connection: nobody takes it for a whole file
            log.warning("a download was broken off: %s", failure)


def _name_file(request: Request[SignedIn]) -> str:
    """Return a name that sorts by day and says nothing of the person."""
    return f"account-{request.state['site'].clock():%Y-%m-%d}.zip"
