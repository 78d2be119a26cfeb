"""A site that is opened by its name: a browser offers no passkeys at a number."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest
from starlette.types import ASGIApp

from tests.kit.app import NewBrowser, open_browser
from tests.kit.passkey_steps import NAMED_SITE
from tests.kit.visitor import Visitor


@pytest.fixture
def environ(environ: dict[str, str]) -> dict[str, str]:
    environ["PUBLIC_URL"] = NAMED_SITE
    return environ


@pytest.fixture
async def visitor(app: ASGIApp, kind: type[Visitor]) -> AsyncIterator[Visitor]:
    async with open_browser(app, NAMED_SITE) as http:
        yield kind(http)


@pytest.fixture
async def new_browser(app: ASGIApp, kind: type[Visitor]) -> AsyncIterator[NewBrowser]:
    async with AsyncExitStack() as browsers:
        clients = [await browsers.enter_async_context(open_browser(app, NAMED_SITE)) for _ in range(3)]
        yield lambda user_agent: kind(clients.pop(), user_agent=user_agent)


@pytest.fixture
async def plain(app: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    async with open_browser(app, NAMED_SITE) as http:
        yield http
