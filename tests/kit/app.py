"""The site in this process, and browsers that reach it without a socket."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.kit.visitor import Visitor

SITE = "http://127.0.0.1:8000"
NewBrowser = Callable[[str], Visitor]


def open_browser(app: ASGIApp, base_url: str = SITE) -> httpx.AsyncClient:
    """One browser, with cookies of its own."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, client=("127.0.0.1", 50_000)), base_url=base_url)


@asynccontextmanager
async def run_app(app: ASGIApp) -> AsyncIterator[ASGIApp]:
    """The application between start and stop, as a server runs it: what its lifespan yields is on each request."""
    state: dict[str, object] = {}
    to_app: asyncio.Queue[Message] = asyncio.Queue()
    from_app: asyncio.Queue[Message] = asyncio.Queue()
    life = asyncio.ensure_future(app({"type": "lifespan", "state": state}, to_app.get, from_app.put))

    async def with_state(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "state": dict(state)}, receive, send)

    await to_app.put({"type": "lifespan.startup"})
    started = await from_app.get()
    assert started["type"] == "lifespan.startup.complete", started.get("message")
    try:
        yield with_state
    finally:
        await to_app.put({"type": "lifespan.shutdown"})
        await from_app.get()
        await life
