"""People at the site: each test about a `visitor` runs twice, without JavaScript and with htmx."""

import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
from starlette.types import ASGIApp

from tests.kit.app import NewBrowser, open_browser, run_app
from tests.kit.backend import file_new_database
from tests.kit.bare import PlainAltogic
from tests.kit.clock import Clock
from tests.kit.htmx_visitor import HtmxVisitor
from tests.kit.postgres import address, server
from tests.kit.ram_disk import use_ram_disk
from tests.kit.room_times import RoomTimes
from tests.kit.visitor import Visitor
from tests.kit.wire import Wire, over_wire
from web.asgi import create


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
    parser.addoption("--all-databases", action="store_true", help="all tests of the contract on both databases")


def pytest_configure(config: pytest.Config) -> None:
    use_ram_disk()
    if not hasattr(config, "workerinput"):  # those who run for another tell it
        config.pluginmanager.register(RoomTimes(), "room-times")


def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are cores, up to four: tests wait for programs, databases and browsers."""
    return min(4, (os.cpu_count() or 1) + 1)


@pytest.fixture
def environ(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """The environment the site is started in; a test may change it before it asks for a visitor."""
    environ = {"DATA_DIR": str(tmp_path / "var"), "OUTBOX": "on", "PASSWORD_HASHING": "quick"}
    if request.config.getoption("--database") == "sqlite":
        file_new_database(environ)
        yield environ
    else:
        url = server().lend()
        yield {**environ, "DATABASE_URL": address(url)}
        server().take_back(url)


@pytest.fixture
def wired(environ: Mapping[str, str], clock: Clock) -> tuple[ASGIApp, Wire]:
    """A site, and the wire between it and its backend."""
    return over_wire(environ, clock)


@pytest.fixture
def wire(wired: tuple[ASGIApp, Wire]) -> Wire:
    """The wire between `app` and its backend. Where a test asks for it, there is one."""
    return wired[1]


@pytest.fixture
async def app(environ: Mapping[str, str], clock: Clock, request: pytest.FixtureRequest) -> AsyncIterator[ASGIApp]:
    is_plain = getattr(request, "param", "") == "plain-altogic"
    if is_plain or "wire" in request.fixturenames:
        site, wire = request.getfixturevalue("wired")
        wire.whole = PlainAltogic(wire.whole) if is_plain else wire.whole
    else:
        site = create(environ, clock)
    async with run_app(site) as app:
        yield app


@pytest.fixture(params=[Visitor, HtmxVisitor], ids=["without-js", "with-htmx"])
def kind(request: pytest.FixtureRequest) -> type[Visitor]:
    kind: type[Visitor] = request.param
    return kind


@pytest.fixture
async def visitor(app: ASGIApp, kind: type[Visitor]) -> AsyncIterator[Visitor]:
    async with open_browser(app) as http:
        yield kind(http)


@pytest.fixture
async def new_browser(app: ASGIApp, kind: type[Visitor]) -> AsyncIterator[NewBrowser]:
    """More browsers, each with cookies of its own: `new_browser(CHROME)`."""
    async with AsyncExitStack() as browsers:
        clients = [await browsers.enter_async_context(open_browser(app)) for _ in range(3)]
        yield lambda user_agent: kind(clients.pop(), user_agent=user_agent)


@pytest.fixture
async def plain(app: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    """No browser at all: requests as they are, redirects not followed."""
    async with open_browser(app) as http:
        yield http
