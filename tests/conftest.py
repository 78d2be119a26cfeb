"""People at the site: each test about a `visitor` runs twice, without JavaScript and with htmx."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.kit.htmx_visitor import HtmxVisitor
from tests.kit.postgres import address, server
from tests.kit.visitor import Visitor
from web.asgi import create

SITE = "http://127.0.0.1:8000"
NewBrowser = Callable[[str], Visitor]


@dataclass
class Clock:
    """A clock that tests move."""

    time: datetime = field(default_factory=lambda: datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **duration: float) -> None:
        self.time += timedelta(**duration)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def clock() -> Clock:
    return Clock()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database", choices=("sqlite", "postgres"), default="sqlite", help="what the site's journeys use"
    )


@pytest.fixture
def environ(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """The environment the site is started in; a test may change it before it asks for a visitor."""
    environ = {"DATA_DIR": str(tmp_path / "var"), "OUTBOX": "on"}
    if request.config.getoption("--database") == "sqlite":
        yield environ
    else:
        url = server().lend()
        yield {**environ, "DATABASE_URL": address(url)}
        server().take_back(url)


@pytest.fixture
async def app(environ: Mapping[str, str], clock: Clock) -> AsyncIterator[ASGIApp]:
    async with running(create(environ, clock)) as app:
        yield app


@pytest.fixture(params=[Visitor, HtmxVisitor], ids=["without-js", "with-htmx"])
def kind(request: pytest.FixtureRequest) -> type[Visitor]:
    kind: type[Visitor] = request.param
    return kind


@pytest.fixture
async def visitor(app: ASGIApp, kind: type[Visitor]) -> AsyncIterator[Visitor]:
    async with browsing(app) as http:
        yield kind(http)


@pytest.fixture
async def new_browser(app: ASGIApp, kind: type[Visitor]) -> AsyncIterator[NewBrowser]:
    """More browsers, each with cookies of its own: `new_browser(CHROME)`."""
    async with AsyncExitStack() as browsers:
        clients = [await browsers.enter_async_context(browsing(app)) for _ in range(3)]
        yield lambda user_agent: kind(clients.pop(), user_agent=user_agent)


@pytest.fixture
async def plain(app: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    """No browser at all: requests as they are, redirects not followed."""
    async with browsing(app) as http:
        yield http


def browsing(app: ASGIApp, base_url: str = SITE) -> httpx.AsyncClient:
    """One browser, with cookies of its own."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, client=("127.0.0.1", 50_000)), base_url=base_url)


@asynccontextmanager
async def running(app: ASGIApp) -> AsyncIterator[ASGIApp]:
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
