"""The wire between the site and its backend, which a test may cut: the one place where something is faked."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, NoReturn, Self

import httpx
from starlette.types import ASGIApp

from backend.app import create_app as create_backend
from backend.embedding import OUTBOX, PUBLIC_PREFIXES, Embedded
from backend.settings import Settings as BackendSettings
from tests.kit.over_http import OverHttp
from web.app import create_app
from web.settings import Settings
from web.state import Clock

Answer = Callable[[httpx.Request], Awaitable[httpx.Response]]


class Wire(httpx.AsyncBaseTransport):
    """Passes everything on, or answers in the backend's place while `instead` is set."""

    def __init__(self, whole: httpx.AsyncBaseTransport, lifespan: AbstractAsyncContextManager[Any]) -> None:
        self.whole = whole
        self.lifespan = lifespan  # of the backend at the other end
        self.instead: Answer | None = None
        self.asked: list[str] = []  # the paths of all calls

    async def __aenter__(self) -> Self:
        await self.lifespan.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self.lifespan.__aexit__(*error)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        return await (self.instead or self.whole.handle_async_request)(request)


def over_wire(environ: Mapping[str, str], clock: Clock, *, outbox: str = OUTBOX) -> tuple[ASGIApp, Wire]:
    """The site with its embedded backend, put together as web/asgi.py does it."""
    settings = Settings.from_environment(environ)
    backend = BackendSettings.from_environment(environ, site=settings)
    embedded = Embedded(create_backend(backend, clock))
    wire = Wire(httpx.ASGITransport(embedded.api, raise_app_exceptions=False), embedded)
    transport = OverHttp(settings.public.url, wire)
    public_prefixes = dict.fromkeys(PUBLIC_PREFIXES, embedded.public)
    return create_app(settings, transport, clock, public_prefixes=public_prefixes, outbox=outbox), wire


# Ways to be silent


async def nobody(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("connection refused", request=request)


async def hang(_request: httpx.Request) -> NoReturn:
    """Never answers. The loop's time, not ours, is what passes."""
    loop = asyncio.get_running_loop()
    time_of_now, later = loop.time, itertools.count(100, 100)
    setattr(loop, "time", lambda: time_of_now() + next(later))  # noqa: B010
    try:
        await asyncio.Future()
    finally:
        setattr(loop, "time", time_of_now)  # noqa: B010
    raise AssertionError("nothing ends this future")


def say(status: int, content: str, media_type: str = "text/html", **headers: str) -> Answer:
    async def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, headers={"Content-Type": media_type, **headers}, text=content, request=request)

    return answer


SILENCES: dict[str, Answer] = {
    "nobody": nobody,
    "hanging": hang,
    "a proxy's page": say(502, "<html><body>Foreign page</body></html>"),
    "a page that says yes": say(200, "<html><body>Foreign page</body></html>"),
    "a page that says no": say(401, "<html><body>Foreign page</body></html>"),
    "an error of its own": say(500, '{"errors": [{"code": "internal_server_error"}]}', "application/json"),
    "cut off": say(200, '{"_id": "1', "application/json"),
    "deep": say(200, "[" * 100_000, "application/json"),
    "another shape": say(200, "[]", "application/json"),
    "a stranger's refusal": say(403, '{"error": "Forbidden"}', "application/json"),
    "a redirect": say(302, "", Location="https://evil.example/"),
}
